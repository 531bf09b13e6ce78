import { ByteBuffer } from './byte-buffer.ts';
import { ColumnKernel } from './column-kernel.ts';

/**
 * Rows of a data page: what a reader decodes at least to see one row, and what the working arrays
 * hold.
 */
export const PAGE_ROWS = 32_768;

/** Bytes of texts in a data page, unless a single text is longer. */
export const PAGE_BYTES = 4 * 1024 * 1024;

/** What `localOfKey` and `localOfValue` hold for a key or value that has not occurred. */
export const UNSEEN = -2;

const FIRST_OUTPUT_BYTES = 64 * 1024;

/**
 * The memory of an encoder, kept from file to file: a run writes thousands, and fresh memory costs
 * more than encoding into it. An arena serves one row group at a time: use up what `writeRowGroup`
 * returns before any writer that shares the arena is called again.
 */
export class EncodeArena {
  /** The encoded row group. */
  readonly output = new ByteBuffer(FIRST_OUTPUT_BYTES);
  /** The page that is being encoded. */
  readonly body = new ByteBuffer(FIRST_OUTPUT_BYTES);
  /** Dictionary indexes or levels of a page, with room for padding. */
  readonly indexes = new Int32Array(PAGE_ROWS + 8);
  /** Values that were gathered or compacted: texts. */
  readonly heap = new ByteBuffer(FIRST_OUTPUT_BYTES);
  #kernel: ColumnKernel | null;
  #offsets = new Uint32Array(0);
  #rows = new Int32Array(0);
  #ints = new Int32Array(0);
  #doubles = new Float64Array(0);
  #validity = new Uint8Array(0);
  #localOfKey = new Int32Array(0);
  #localOfValue = new Int32Array(0);

  /** `kernel`: one whose memory holds columns to encode; without it the first use makes one. */
  constructor(kernel: ColumnKernel | null = null) {
    this.#kernel = kernel;
  }

  get kernel(): ColumnKernel {
    this.#kernel ??= new ColumnKernel();
    return this.#kernel;
  }

  /** Room for at least `count` offsets, with any content; the same memory at each call. */
  offsets(count: number): Uint32Array {
    if (this.#offsets.length < count) this.#offsets = new Uint32Array(roomFor(count));
    return this.#offsets;
  }

  /** One value index per row. */
  rows(count: number): Int32Array {
    if (this.#rows.length < count) this.#rows = new Int32Array(roomFor(count));
    return this.#rows;
  }

  /** Room for at least `count` integers, with any content; the same memory at each call. */
  ints(count: number): Int32Array {
    if (this.#ints.length < count) this.#ints = new Int32Array(roomFor(count));
    return this.#ints;
  }

  /** Room for at least `count` doubles, with any content; the same memory at each call. */
  doubles(count: number): Float64Array {
    if (this.#doubles.length < count) this.#doubles = new Float64Array(roomFor(count));
    return this.#doubles;
  }

  /** Room for at least `count` flags, with any content; the same memory at each call. */
  validity(count: number): Uint8Array {
    if (this.#validity.length < count) this.#validity = new Uint8Array(roomFor(count));
    return this.#validity;
  }

  /**
   * A number for each key, all `UNSEEN`. Reset the entries you set: clearing all keys for a few
   * rows would cost more.
   */
  localOfKey(keyCount: number): Int32Array {
    if (this.#localOfKey.length < keyCount) this.#localOfKey = unseen(roomFor(keyCount));
    return this.#localOfKey;
  }

  /** A number for each value, all `UNSEEN`. Reset the entries you set. */
  localOfValue(valueCount: number): Int32Array {
    if (this.#localOfValue.length < valueCount) this.#localOfValue = unseen(roomFor(valueCount));
    return this.#localOfValue;
  }
}

/** Powers of two, so that growing from file to file ends soon. */
function roomFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(count, 1024)));
}

function unseen(count: number): Int32Array<ArrayBuffer> {
  return new Int32Array(count).fill(UNSEEN);
}
