import { OVERRUN_BYTES } from '../../shared/ingest/byte-sources.ts';
import type { ByteRange, GetOptions, ObjectReader } from '../../shared/ports/object-store.ts';
import type { PlannedChunk, PlannedInput } from '../run/batch-plan.ts';

/** Size of one request: four times the window of the scanner that reads it. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** Pieces that are fetched while one is read. */
const PIECES_AHEAD = 2;

/**
 * Reads the range of a chunk in large pieces before they are asked for; passes everything else to
 * the store. A range read from begin to end is fetched once.
 */
export class RangeAhead implements ObjectReader {
  readonly #store: ObjectReader;
  #key: string | null = null;
  #etag = '';
  #startByte = 0;
  #endByte = 0;
  readonly #fetched = new Map<number, Promise<Uint8Array>>();

  constructor(store: ObjectReader) {
    this.#store = store;
  }

  /** Announces the chunk to be read next; null if unknown. */
  expect(chunk: PlannedChunk | null, { key, etag, sizeBytes }: PlannedInput): void {
    this.#fetched.clear();
    this.#key = chunk === null ? null : key;
    if (chunk === null) return;
    this.#etag = etag;
    // Includes the end of the record before the chunk, and the whole of its last one.
    this.#startByte = Math.max(0, chunk.startByte - 1);
    this.#endByte = Math.min(sizeBytes, chunk.endByte + OVERRUN_BYTES);
  }

  async get(key: string, options?: GetOptions): Promise<Uint8Array> {
    return await this.#store.get(key, options);
  }

  async getInto(
    key: string,
    target: Uint8Array,
    options: GetOptions & { readonly range: ByteRange },
  ): Promise<number> {
    const { startByte, endByte } = options.range;
    const isInside = startByte >= this.#startByte && endByte <= this.#endByte;
    if (key !== this.#key || options.ifMatch !== this.#etag || !isInside) {
      return await this.#store.getInto(key, target, options);
    }
    let at = startByte;
    while (at < endByte) {
      const index = Math.floor((at - this.#startByte) / PIECE_BYTES);
      const from = at - this.#startByte - index * PIECE_BYTES;
      const piece = await this.#piece(index);
      const bytes = piece.subarray(from, from + endByte - at);
      if (bytes.length === 0) break;
      target.set(bytes, at - startByte);
      at += bytes.length;
    }
    return at - startByte;
  }

  stream(key: string, options?: Pick<GetOptions, 'ifMatch'>): AsyncIterable<Uint8Array> {
    return this.#store.stream(key, options);
  }

  #piece(index: number): Promise<Uint8Array> {
    for (const known of this.#fetched.keys()) {
      if (known < index) this.#fetched.delete(known);
    }
    for (let next = index; next <= index + PIECES_AHEAD; next++) {
      const startByte = this.#startByte + next * PIECE_BYTES;
      if (startByte >= this.#endByte || this.#fetched.has(next)) continue;
      const range = { startByte, endByte: Math.min(startByte + PIECE_BYTES, this.#endByte) };
      const fetching = this.#store.get(this.#key as string, { range, ifMatch: this.#etag });
      fetching.catch(() => undefined); // Whoever reads the piece has the error.
      this.#fetched.set(next, fetching);
    }
    return this.#fetched.get(index) as Promise<Uint8Array>;
  }
}
