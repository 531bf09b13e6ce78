import type { KernelArena } from '../../shared/runtime/kernel-arena.ts';
import type { BucketKernel } from './kernel/bucket-kernel.ts';
import type { RowColumns } from './row-columns.ts';

/** A table of sums by window and product has so many cells at most: 16 MiB. */
export const MAX_CELLS = 1024 * 1024;

const CELL_BYTES = 16;
const ENTRY_BYTES = 24;
const HOURS = 24;

/** Takes a count, and a sum of cents as `CentSums` holds it, of a cell. */
export type CellVisitor = (cell: number, count: number, low: number, carries: number) => void;

/** Sums of the rows of one group by window and product, and by hour, in tables of the kernel. */
export class CellSums {
  readonly #kernel: BucketKernel;
  readonly #arena: KernelArena;
  #hoursAt = 0;

  /** `arena` is for these sums alone. */
  constructor(kernel: BucketKernel, arena: KernelArena) {
    this.#kernel = kernel;
    this.#arena = arena;
  }

  /**
   * Adds the rows up and visits the cells that have some, whose number is
   * `(window - firstWindow) * products + product`, in ascending order. `visitHours` says what the
   * rows sum up to by hour until the next call.
   */
  add(
    { timeMs, product, hour, totalCents, rowCount }: RowColumns,
    windowLengthMs: number,
    firstWindow: number,
    cellCount: number,
    visit: CellVisitor,
  ): void {
    this.#arena.reset();
    const cellsAt = this.#empty(cellCount);
    this.#hoursAt = this.#empty(HOURS);
    this.#kernel.addRows(
      timeMs.byteOffset,
      product.at,
      hour.at,
      totalCents.byteOffset,
      rowCount,
      windowLengthMs,
      firstWindow,
      product.used.length,
      cellsAt,
      this.#hoursAt,
    );
    this.#visit(cellsAt, cellCount, visit);
  }

  /** A cell is an hour as the rows number it. */
  visitHours(visit: CellVisitor): void {
    this.#visit(this.#hoursAt, HOURS, visit);
  }

  #empty(cellCount: number): number {
    const at = this.#arena.take(cellCount * CELL_BYTES);
    this.#arena.memory.bytes(at, cellCount * CELL_BYTES).fill(0);
    return at;
  }

  #visit(cellsAt: number, cellCount: number, visit: CellVisitor): void {
    const { memory } = this.#arena;
    const at = this.#arena.take(cellCount * ENTRY_BYTES);
    const count = this.#kernel.listCells(cellsAt, cellCount, at);
    const lows = memory.doubles(at, count * 3);
    const words = memory.uint32s(at, count * 6);
    for (let i = 0; i < count; i++) {
      const word = i * 6;
      visit(words[word + 4], words[word + 3], lows[i * 3], words[word + 2]);
    }
  }
}
