import type { ObjectStore, ObjectWriter } from '../../shared/ports/object-store.ts';
import type { BatchManifest, ManifestInput } from '../run/batch-manifest.ts';
import { manifestFolder } from '../run/batch-plan.ts';
import type { InputResult } from './file-totals.ts';

/** A manifest with more inputs names an object that lists them. */
export const INLINE_INPUTS_MAX = 10_000;

/** Lines that are written at once. */
const LINES_AT_ONCE = 5_000;

/** Takes the inputs of a run one by one, for its manifest. The same inputs give the same bytes. */
export class ManifestInputs {
  readonly #lake: ObjectStore;
  readonly #key: string;
  #held: ManifestInput[] = [];
  #writer: ObjectWriter | null = null;
  #files = 0;
  #bytes = 0;

  constructor(lake: ObjectStore, runId: string) {
    this.#lake = lake;
    this.#key = `${manifestFolder(runId)}inputs.ndjson`;
  }

  /** Takes the next input, in order of keys; rejected ones are left out. */
  async add({ input, totals, rejected }: InputResult): Promise<void> {
    if (rejected !== null) return;
    const { key, etag, sizeBytes } = input;
    this.#held.push({ key, etag, bytes: sizeBytes, records: totals?.readRecords ?? 0 });
    this.#files += 1;
    const isTooMany = this.#files > INLINE_INPUTS_MAX;
    if (isTooMany && this.#held.length >= LINES_AT_ONCE) await this.#write();
  }

  /** The part of the manifest, whose object is there then. */
  async finish(): Promise<Pick<BatchManifest, 'inputs' | 'inputs_object'>> {
    if (this.#files <= INLINE_INPUTS_MAX) return { inputs: this.#held };
    const writer = await this.#write();
    await writer.commit();
    return { inputs_object: { key: this.#key, files: this.#files, bytes: this.#bytes } };
  }

  /** Discards an object that was begun. */
  async abort(): Promise<void> {
    await this.#writer?.abort();
  }

  async #write(): Promise<ObjectWriter> {
    this.#writer ??= this.#lake.openWriter(this.#key);
    const lines = this.#held.map((input) => `${JSON.stringify(input)}\n`).join('');
    const bytes = new TextEncoder().encode(lines);
    this.#bytes += bytes.length;
    this.#held = [];
    if (bytes.length > 0) await this.#writer.write(bytes);
    return this.#writer;
  }
}
