import type { KernelArena } from '../../shared/runtime/kernel-arena.ts';
import type { BucketKernel } from './kernel/bucket-kernel.ts';
import type { RowColumns } from './row-columns.ts';

/** A table of sums by window and product has so many cells at most: 16 MiB. */
export const MAX_CELLS = 1024 * 1024;

const CELL_BYTES = 16;
const ENTRY_BYTES = 24;
const HOURS = 24;

/** A count, and a sum of cents as `CentSums` holds it. */
export interface CellSum {
  readonly cell: number;
  readonly count: number;
  readonly low: number;
  readonly carries: number;
}

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
   * Adds the rows up; the number of a cell is `(window - firstWindow) * products + product`.
   * `hours` says what the rows sum up to by hour until the next call.
   */
  add(
    { timeMs, product, hour, totalCents, rowCount }: RowColumns,
    windowLengthMs: number,
    firstWindow: number,
    cellCount: number,
  ): CellSum[] {
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
    return this.#list(cellsAt, cellCount);
  }

  /** A cell is an hour as the rows number it. */
  hours(): CellSum[] {
    return this.#list(this.#hoursAt, HOURS);
  }

  #empty(cellCount: number): number {
    const at = this.#arena.take(cellCount * CELL_BYTES);
    this.#arena.memory.bytes(at, cellCount * CELL_BYTES).fill(0);
    return at;
  }

  #list(cellsAt: number, cellCount: number): CellSum[] {
    const { memory } = this.#arena;
    const at = this.#arena.take(cellCount * ENTRY_BYTES);
    const count = this.#kernel.listCells(cellsAt, cellCount, at);
    const lows = memory.doubles(at, count * 3);
    const words = memory.uint32s(at, count * 6);
    return Array.from({ length: count }, (_, i) => ({
      cell: words[i * 6 + 4],
      count: words[i * 6 + 3],
      low: lows[i * 3],
      carries: words[i * 6 + 2],
    }));
  }
}
