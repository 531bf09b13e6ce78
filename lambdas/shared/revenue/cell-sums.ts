import type { KernelArena } from '../kernels/kernel-arena.ts';
import { assert } from '../model/errors.ts';
import { MAX_TOTAL_CENTS } from '../model/order.ts';
import { HOURS_PER_DAY, MS_PER_DAY } from '../model/time.ts';
import type { OrderRows } from '../rows/order-rows.ts';
import type { RowsKernel } from '../rows/rows-kernel.ts';
import { CARRY_BITS, CentSums } from './cent-sums.ts';
import type { ProductRanks, SortedGroups } from './window-sums.ts';

/** A wave has fewer rows: with what dedupe needs, they would not fit 4 GiB. */
const WAVE_ROWS_LIMIT = 2 ** 26;
assert(WAVE_ROWS_LIMIT * MAX_TOTAL_CENTS < 2 ** 63, 'the sums of a wave fit 64 bits');

/** A table of the sums of one day has so many cells at most: 16 MiB. */
const MAX_CELLS = 1024 * 1024;

const CELL_BYTES = 16;
const ENTRY_BYTES = 24;
const NO_DAY = -1;

/** Takes a count, and a sum of cents as `CentSums` holds it, of a cell. */
type CellVisitor = (cell: number, count: number, low: number, carries: number) => void;

/** Whether the sums of a day have a cell each, and no window belongs to two days. */
export function fitsCells(windowLengthMs: number, productCount: number): boolean {
  const windowCount = MS_PER_DAY / windowLengthMs;
  return Number.isInteger(windowCount) && windowCount * productCount <= MAX_CELLS;
}

/**
 * Count and revenue by window and product, for rows that come day by day, ascending: each day has a
 * table in the kernel's memory with a cell per window and product, products in the order of their
 * bytes. Read from its start to its end it is sorted.
 */
export class CellSums {
  readonly #kernel: RowsKernel;
  readonly #arena: KernelArena;
  readonly #ranks: ProductRanks;
  readonly #windowLengthMs: number;
  readonly #windowCount: number;
  readonly #cellCount: number;
  readonly #cellsAt: number;
  readonly #hoursAt: number;
  readonly #rankOfKeyAt: number;
  readonly #entriesAt: number;
  #day = NO_DAY;
  /** What was read from the tables so far, in order. */
  readonly #sums = new CentSums(1024);
  #windowNumbers = new Float64Array(1024);
  #products = new Uint32Array(1024);
  #size = 0;

  /** `arena` is for these sums alone. */
  constructor(kernel: RowsKernel, arena: KernelArena, ranks: ProductRanks, windowLengthMs: number) {
    this.#kernel = kernel;
    this.#arena = arena;
    this.#ranks = ranks;
    this.#windowLengthMs = windowLengthMs;
    const productCount = ranks.productOfRank.length;
    this.#windowCount = MS_PER_DAY / windowLengthMs;
    this.#cellCount = this.#windowCount * productCount;
    arena.reset();
    this.#cellsAt = arena.take(this.#cellCount * CELL_BYTES);
    this.#hoursAt = arena.take(HOURS_PER_DAY * CELL_BYTES);
    this.#rankOfKeyAt = arena.take(productCount * 4);
    this.#entriesAt = arena.take(Math.max(this.#cellCount, HOURS_PER_DAY) * ENTRY_BYTES);
    this.#empty(this.#cellsAt, this.#cellCount);
    this.#empty(this.#hoursAt, HOURS_PER_DAY);
  }

  /** Adds rows of a day, and visits their sums by hour as the rows number hours. */
  add(day: number, rows: OrderRows, visitHour: CellVisitor): void {
    if (day !== this.#day) this.#closeDay();
    this.#day = day;
    const { used } = rows.product;
    const rankOfKey = this.#arena.memory.uint32s(this.#rankOfKeyAt, used.length);
    for (let key = 0; key < used.length; key++) {
      rankOfKey[key] = this.#ranks.rankOfProduct[used[key]];
    }
    this.#kernel.addRows(
      rows.timeMs.byteOffset,
      rows.product.at,
      this.#rankOfKeyAt,
      rows.hour.at,
      rows.totalCents.byteOffset,
      rows.rowCount,
      this.#windowLengthMs,
      day * this.#windowCount,
      this.#ranks.productOfRank.length,
      this.#cellsAt,
      this.#hoursAt,
    );
    this.#visit(this.#hoursAt, HOURS_PER_DAY, visitHour);
  }

  /** All sums, sorted by window and the bytes of the product. */
  finish(): { sums: CentSums; sorted: SortedGroups } {
    this.#closeDay();
    const size = this.#size;
    const windowNumbers = this.#windowNumbers.subarray(0, size);
    const products = this.#products.subarray(0, size);
    const groups = Uint32Array.from({ length: size }, (_, group) => group);
    return { sums: this.#sums, sorted: { windowNumbers, products, groups } };
  }

  /** Takes the sums of the day out of their table. */
  #closeDay(): void {
    if (this.#day === NO_DAY) return;
    const { productOfRank } = this.#ranks;
    const productCount = productOfRank.length;
    let windowNumber = this.#day * this.#windowCount;
    let firstCell = 0;
    this.#visit(this.#cellsAt, this.#cellCount, (cell, count, low, carries) => {
      for (; cell >= firstCell + productCount; firstCell += productCount) windowNumber += 1;
      const group = this.#size++;
      if (group === this.#products.length) this.#grow();
      this.#windowNumbers[group] = windowNumber;
      this.#products[group] = productOfRank[cell - firstCell];
      this.#sums.addParts(group, count, low, carries);
    });
  }

  #grow(): void {
    const size = this.#products.length * 2;
    const windowNumbers = new Float64Array(size);
    windowNumbers.set(this.#windowNumbers);
    this.#windowNumbers = windowNumbers;
    const products = new Uint32Array(size);
    products.set(this.#products);
    this.#products = products;
    this.#sums.growTo(size);
  }

  #empty(at: number, cellCount: number): void {
    this.#arena.memory.bytes(at, cellCount * CELL_BYTES).fill(0);
  }

  /** Leaves the cells empty: most days of years of orders use few of them. */
  #visit(cellsAt: number, cellCount: number, visit: CellVisitor): void {
    const { memory } = this.#arena;
    const at = this.#entriesAt;
    const count = this.#kernel.listCells(cellsAt, cellCount, CARRY_BITS, at);
    const lows = memory.doubles(at, count * 3);
    const words = memory.uint32s(at, count * 6);
    for (let i = 0; i < count; i++) {
      const word = i * 6;
      visit(words[word + 4], words[word + 3], lows[i * 3], words[word + 2]);
    }
  }
}
