import type { BytesValues } from '../bytes/column-data.ts';
import { COLUMN_KERNEL_CODE } from '../kernels/compiled/column-kernel-code.ts';
import { KernelMemory } from '../kernels/kernel-memory.ts';
import { loadKernel } from '../kernels/load-kernel.ts';
import type { ByteBuffer } from './byte-buffer.ts';

/** What the module exports; `assembly/column-kernel.ts` says what each does. */
interface KernelExports {
  place(rests: number): void;
  packInts(values: number, count: number, out: number): number;
  packInt64s(values: number, count: number, out: number): number;
  packDoubles(values: number, count: number, out: number): number;
  packNarrowDoubles(values: number, count: number, out: number): number;
  packNarrowMillis(values: number, count: number, out: number): number;
  rangeOfInts(values: number, count: number, into: number): void;
  rangeOfDoubles(values: number, count: number, into: number): void;
  listKeys(keys: number, count: number, keyCount: number, seen: number, used: number): number;
  mapKeys(keys: number, count: number, table: number, into: number): void;
  packIndexes(values: number, count: number, width: number, out: number): number;
  packLengths(offsets: number, count: number, list: number, out: number): number;
  packPrefixed(
    heap: number,
    offsets: number,
    count: number,
    lists: number,
    suffixes: number,
    out: number,
  ): number;
  rangeOfTexts(heap: number, offsets: number, count: number, into: number): void;
}

type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array | BigInt64Array;

/** Bytes that encoders may write past their result, or read past a text. */
const SLACK_BYTES = 64;
const RESTS_BYTES = 128 * 8;
const RESULT_BYTES = 64;

/**
 * Upper bound of DELTA_BINARY_PACKED: per block of 128 values, 10 bytes for the smallest delta and
 * 4 widths.
 */
function deltaBytesMax(count: number, valueBytes: number): number {
  const blocks = Math.ceil(count / 128);
  return 32 + blocks * (14 + 128 * valueBytes) + SLACK_BYTES;
}

/**
 * The WebAssembly encoders of Parquet pages. They take arrays in any memory: what is not in the
 * kernel's memory is copied there first, one page at a time.
 */
export class ColumnKernel {
  readonly memory: KernelMemory;
  readonly #exports: KernelExports;
  readonly #resultAt: number;
  readonly #ints: Int32Array;
  readonly #doubles: Float64Array;
  #scratchAt = 0;
  #scratchBytes = 0;
  /** First free byte of the scratch memory, during a call. */
  #at = 0;

  constructor(memory: KernelMemory = KernelMemory.create()) {
    this.memory = memory;
    this.#exports = loadKernel(COLUMN_KERNEL_CODE, memory.memory);
    this.#exports.place(memory.allocate(RESTS_BYTES));
    this.#resultAt = memory.allocate(RESULT_BYTES);
    this.#ints = memory.int32s(this.#resultAt, 2);
    this.#doubles = memory.doubles(this.#resultAt, 2);
  }

  /** DELTA_BINARY_PACKED of INT32 values. */
  packInts(buffer: ByteBuffer, values: Int32Array, from: number, to: number): void {
    const count = to - from;
    this.#begin(count * 4 + deltaBytesMax(count, 4));
    const at = this.#placed(values, from, to);
    const out = this.#at;
    this.#append(buffer, out, this.#exports.packInts(at, count, out));
  }

  /**
   * DELTA_BINARY_PACKED of INT64 values. Doubles are integers below 2^53; `isNarrow`: they are
   * below 2^51 and their range is below 2^31.
   */
  packLongs(
    buffer: ByteBuffer,
    values: Float64Array | BigInt64Array,
    { from, to }: { from: number; to: number },
    isNarrow: boolean,
  ): void {
    const count = to - from;
    this.#begin(count * 8 + deltaBytesMax(count, 8));
    const at = this.#placed(values, from, to);
    const out = this.#at;
    this.#append(buffer, out, this.#packLongs(values, isNarrow)(at, count, out));
  }

  #packLongs(values: Float64Array | BigInt64Array, isNarrow: boolean) {
    if (values instanceof BigInt64Array) return this.#exports.packInt64s;
    return isNarrow ? this.#exports.packNarrowDoubles : this.#exports.packDoubles;
  }

  /**
   * DELTA_BINARY_PACKED of instants in milliseconds, each times 1000: microseconds. They are below
   * 2^51 and their range is below 2^31.
   */
  packMillis(buffer: ByteBuffer, values: Float64Array, from: number, to: number): void {
    const count = to - from;
    this.#begin(count * 8 + deltaBytesMax(count, 8));
    const at = this.#placed(values, from, to);
    const out = this.#at;
    this.#append(buffer, out, this.#exports.packNarrowMillis(at, count, out));
  }

  /** DELTA_LENGTH_BYTE_ARRAY. */
  packTexts(buffer: ByteBuffer, { heap, offsets }: BytesValues, from: number, to: number): void {
    const count = to - from;
    this.#begin((count + 1) * 4 + count * 4 + deltaBytesMax(count, 4));
    const at = this.#placed(offsets, from, to + 1);
    const list = this.#room(count * 4);
    const out = this.#at;
    this.#append(buffer, out, this.#exports.packLengths(at, count, list, out));
    buffer.writeBytes(heap.subarray(offsets[from], offsets[to]));
  }

  /** DELTA_BYTE_ARRAY. */
  packPrefixedTexts(buffer: ByteBuffer, values: BytesValues, from: number, to: number): void {
    const count = to - from;
    const bytes = values.offsets[to] - values.offsets[from];
    const listBytes = 2 * deltaBytesMax(count, 4);
    this.#begin((count + 1) * 4 + count * 8 + 3 * (bytes + SLACK_BYTES) + listBytes);
    const { heap, offsets } = this.#placedTexts(values, from, to);
    const lists = this.#room(count * 8);
    const suffixes = this.#room(bytes + SLACK_BYTES);
    const out = this.#at;
    const end = this.#exports.packPrefixed(heap, offsets, count, lists, suffixes, out);
    this.#append(buffer, out, end);
  }

  /** Runs and bit-packed groups of values below `2^width`, `width` from 1 to 32. */
  packIndexes(buffer: ByteBuffer, values: Int32Array, count: number, width: number): void {
    this.#begin((count + 8) * 4 + packedBytesMax(count, width));
    const at = this.#copied(values, 0, count);
    this.#room(8 * 4);
    const out = this.#at;
    this.#append(buffer, out, this.#exports.packIndexes(at, count, width, out));
  }

  /** Bit-packs `table[key]` for each key of `[from, to)`, `width` bits each. */
  packKeys(
    buffer: ByteBuffer,
    keys: Uint32Array,
    { from, to }: { from: number; to: number },
    table: Int32Array,
    width: number,
  ): void {
    const count = to - from;
    this.#begin(count * 4 + table.length * 4 + (count + 8) * 4 + packedBytesMax(count, width));
    const keysAt = this.#placed(keys, from, to);
    const tableAt = this.#placed(table, 0, table.length);
    const indexes = this.#room((count + 8) * 4);
    const out = this.#at;
    this.#exports.mapKeys(keysAt, count, tableAt, indexes);
    this.#append(buffer, out, this.#exports.packIndexes(indexes, count, width, out));
  }

  /**
   * The keys that occur in the first `count` rows, in the order of their first row. All are below
   * `keyCount`; otherwise one that is not is the last one listed.
   */
  listKeys(keys: Uint32Array, count: number, keyCount: number): Uint32Array {
    const usedBytes = (Math.min(count, keyCount) + 1) * 4;
    this.#begin(count * 4 + keyCount + usedBytes);
    const keysAt = this.#placed(keys, 0, count);
    const seen = this.#room(keyCount);
    this.memory.bytes(seen, keyCount).fill(0);
    const used = this.#room(usedBytes);
    const size = this.#exports.listKeys(keysAt, count, keyCount, seen, used);
    return Uint32Array.from(this.memory.uint32s(used, size));
  }

  /** Range of `values[from … to)`, which must not be empty. */
  rangeOfInts(values: Int32Array, from: number, to: number): { min: number; max: number } {
    this.#begin((to - from) * 4);
    this.#exports.rangeOfInts(this.#placed(values, from, to), to - from, this.#resultAt);
    return { min: this.#ints[0], max: this.#ints[1] };
  }

  rangeOfDoubles(values: Float64Array, from: number, to: number): { min: number; max: number } {
    this.#begin((to - from) * 8);
    this.#exports.rangeOfDoubles(this.#placed(values, from, to), to - from, this.#resultAt);
    return { min: this.#doubles[0], max: this.#doubles[1] };
  }

  /** The indexes of the first and the last of at least one text, in bytewise order. */
  rangeOfTexts(values: BytesValues, from: number, to: number): { min: number; max: number } {
    const bytes = values.offsets[to] - values.offsets[from];
    this.#begin((to - from + 1) * 4 + bytes + SLACK_BYTES);
    const { heap, offsets } = this.#placedTexts(values, from, to);
    this.#exports.rangeOfTexts(heap, offsets, to - from, this.#resultAt);
    return { min: from + this.#ints[0], max: from + this.#ints[1] };
  }

  /** Room for a call; it is used again by the next one. */
  #begin(sizeBytes: number): void {
    const needed = sizeBytes + 8 * 8 + SLACK_BYTES; // Each region is rounded up.
    if (needed > this.#scratchBytes) {
      this.#scratchBytes = 2 ** Math.ceil(Math.log2(needed));
      this.#scratchAt = this.memory.allocate(this.#scratchBytes);
    }
    this.#at = this.#scratchAt;
  }

  #room(sizeBytes: number): number {
    const at = this.#at;
    this.#at += Math.ceil(sizeBytes / 8) * 8;
    return at;
  }

  /** The address of `values[from … to)` in the kernel's memory. */
  #placed(values: Numbers, from: number, to: number): number {
    if (!this.memory.holds(values)) return this.#copied(values, from, to);
    return values.byteOffset + from * values.BYTES_PER_ELEMENT;
  }

  #copied(values: Numbers, from: number, to: number): number {
    const at = this.#room((to - from) * values.BYTES_PER_ELEMENT);
    const start = values.byteOffset + from * values.BYTES_PER_ELEMENT;
    const sizeBytes = (to - from) * values.BYTES_PER_ELEMENT;
    this.memory.bytes(at, sizeBytes).set(new Uint8Array(values.buffer, start, sizeBytes));
    return at;
  }

  /** Offsets count from where the heap starts, also where only a part of it is copied. */
  #placedTexts({ heap, offsets }: BytesValues, from: number, to: number) {
    const start = offsets[from];
    const isHere = this.memory.holds(heap);
    const heapAt = isHere ? heap.byteOffset : this.#copied(heap, start, offsets[to]) - start;
    if (!isHere) this.#room(SLACK_BYTES);
    return { heap: heapAt, offsets: this.#placed(offsets, from, to + 1) };
  }

  #append(buffer: ByteBuffer, from: number, to: number): void {
    buffer.writeBytes(this.memory.bytes(from, to - from));
  }
}

/** Runs are written only where they are shorter; a header goes before each group at the worst. */
function packedBytesMax(count: number, width: number): number {
  const groups = Math.ceil(count / 8) + 1;
  return groups * (width + 10) + 32 + SLACK_BYTES;
}
