import type { ByteRange, GetOptions, ObjectReader } from '../../shared/ports/object-store.ts';
import type { PlannedInput } from '../run/batch-plan.ts';

type ExpectedFile = Pick<PlannedInput, 'key' | 'etag' | 'sizeBytes' | 'kind'>;

/** A larger file is read piece by piece, as its records are needed. */
const SMALL_BYTES = 256 * 1024;

/** Files that are fetched while one is read: a request waits far longer than it transfers. */
const FILES_AHEAD = 16;

/** Reads a task's small files before they are asked for; passes everything else to the store. */
export class FilesAhead implements ObjectReader {
  readonly #store: ObjectReader;
  #files: readonly ExpectedFile[] = [];
  readonly #fetched = new Map<string, Promise<Uint8Array>>();

  constructor(store: ObjectReader) {
    this.#store = store;
  }

  /** Announces the files to be read next, in order. */
  expect(files: readonly ExpectedFile[]): void {
    this.#fetched.clear();
    this.#files = files;
  }

  /** The file at `index` is read now. */
  start(index: number): void {
    if (index > 0) this.#fetched.delete(this.#files[index - 1].key);
    for (const { key, etag, sizeBytes, kind } of this.#files.slice(index, index + FILES_AHEAD)) {
      // Segments are in the lake.
      const isSmall = kind !== 'segment' && sizeBytes > 0 && sizeBytes <= SMALL_BYTES;
      if (!isSmall || this.#fetched.has(key)) continue;
      const fetching = this.#store.get(key, { ifMatch: etag });
      fetching.catch(() => undefined); // Whoever reads the file has the error.
      this.#fetched.set(key, fetching);
    }
  }

  async get(key: string, options: GetOptions = {}): Promise<Uint8Array> {
    const fetched = this.#fetched.get(key);
    if (fetched === undefined) return await this.#store.get(key, options);
    const { startByte = 0, endByte } = options.range ?? {};
    return (await fetched).subarray(startByte, endByte);
  }

  async getInto(
    key: string,
    target: Uint8Array,
    options: GetOptions & { readonly range: ByteRange },
  ): Promise<number> {
    if (!this.#fetched.has(key)) return await this.#store.getInto(key, target, options);
    const bytes = await this.get(key, options);
    target.set(bytes);
    return bytes.length;
  }

  async *stream(key: string, options: Pick<GetOptions, 'ifMatch'> = {}): AsyncIterable<Uint8Array> {
    if (this.#fetched.has(key)) yield await this.get(key);
    else yield* this.#store.stream(key, options);
  }
}
