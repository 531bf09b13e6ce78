import { copyBytes } from '../bytes/bytes.ts';
import type { ColumnData } from '../bytes/column-data.ts';
import type { KernelMemory } from '../kernels/kernel-memory.ts';

/** Kernels copy texts 16 bytes at a time. */
const SLACK_BYTES = 16;

/**
 * One text column under construction, row by row, in the kernels' memory: a kernel adds rows too,
 * and finds the start of the next text in the last offset.
 */
export class TextColumn {
  readonly heapAt: number;
  readonly offsetsAt: number;
  readonly #heap: Uint8Array;
  readonly #view: DataView;
  readonly #offsets: Uint32Array;
  /** 1 wherever no null was set. */
  readonly #validity: Uint8Array;
  #hasNulls = false;

  /** Pages of the heap that are never touched cost nothing. */
  constructor(memory: KernelMemory, maxRows: number, maxHeapBytes: number) {
    this.heapAt = memory.allocate(maxHeapBytes + SLACK_BYTES);
    this.offsetsAt = memory.allocate((maxRows + 1) * 4);
    this.#heap = memory.bytes(this.heapAt, maxHeapBytes + SLACK_BYTES);
    this.#view = new DataView(this.#heap.buffer, this.heapAt, this.#heap.length);
    this.#offsets = memory.uint32s(this.offsetsAt, maxRows + 1);
    this.#validity = new Uint8Array(maxRows).fill(1);
  }

  /** Bytes of the texts before a row. */
  sizeBytesAt(row: number): number {
    return this.#offsets[row];
  }

  clear(): void {
    this.#offsets[0] = 0;
    if (this.#hasNulls) this.#validity.fill(1);
    this.#hasNulls = false;
  }

  setNull(row: number): void {
    this.#hasNulls = true;
    this.#validity[row] = 0;
    this.#offsets[row + 1] = this.#offsets[row];
  }

  /** Rows are set in order. Throws `RangeError` where the heap has no room. */
  set(row: number, bytes: DataView, start: number, end: number): void {
    const size = this.#offsets[row];
    copyBytes(bytes, start, end, this.#view, size);
    this.#offsets[row + 1] = size + end - start;
  }

  /** Valid until `clear`. */
  column(): ColumnData {
    const values = { heap: this.#heap, offsets: this.#offsets };
    return { kind: 'plain', values, validity: this.#hasNulls ? this.#validity : null };
  }
}
