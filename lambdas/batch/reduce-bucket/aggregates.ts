import type { ByteDictionary } from '../../shared/ingest/byte-dictionary.ts';
import { compareBytes } from '../../shared/ingest/bytes.ts';
import { MAX_INSTANT_MS, MS_PER_DAY } from '../../shared/model/time.ts';
import { assert } from '../../shared/runtime/errors.ts';
import { CentSums } from '../../shared/transform/cent-sums.ts';
import { type ProductRanks, WindowSums } from '../../shared/transform/window-sums.ts';
import type { BlockSink } from '../exchange/block-encoder.ts';
import { encodeRuns } from '../exchange/sum-run.ts';
import { type CellSums, MAX_CELLS } from './cell-sums.ts';
import type { RowColumns } from './row-columns.ts';

/** Sums over the active orders of a bucket. */
export class BucketAggregates {
  readonly byDay = new Map<number, { orders: number; cents: bigint }>();
  readonly byHour = new CentSums(24);
  readonly #cells: CellSums;
  readonly #windows: WindowSums;
  readonly #windowLengthMs: number;
  readonly #hourOfDay = new CentSums(24);

  constructor(windowLengthMs: number, productCount: number, cells: CellSums) {
    this.#cells = cells;
    const cellCount = Math.ceil(MAX_INSTANT_MS / windowLengthMs) * productCount;
    assert(Number.isSafeInteger(cellCount), 'windows times products are numbered exactly');
    this.#windowLengthMs = windowLengthMs;
    this.#windows = new WindowSums(Math.max(1, productCount));
  }

  /** Adds rows of one day. */
  addDay(day: number, rows: RowColumns): void {
    const windowLengthMs = this.#windowLengthMs;
    const firstWindow = Math.floor((day * MS_PER_DAY) / windowLengthMs);
    const endWindow = Math.ceil(((day + 1) * MS_PER_DAY) / windowLengthMs);
    const cellCount = (endWindow - firstWindow) * rows.product.used.length;
    if (cellCount <= MAX_CELLS) {
      this.#addCells(rows, firstWindow, cellCount);
    } else {
      this.#addRows(rows);
    }
    this.#closeDay(day, rows.rowCount);
  }

  /** Sums by window and product in a table that has a cell for each pair. */
  #addCells(rows: RowColumns, firstWindow: number, cellCount: number): void {
    const { product, hour } = rows;
    const productCount = product.used.length;
    const codes = Uint32Array.from(product.used);
    let window = 0;
    const addWindow = (cell: number, count: number, low: number, carries: number) => {
      while (cell >= (window + 1) * productCount) window++;
      const code = codes[cell - window * productCount];
      this.#windows.addParts(firstWindow + window, code, count, low, carries);
    };
    this.#cells.add(rows, this.#windowLengthMs, firstWindow, cellCount, addWindow);
    this.#cells.visitHours((cell, count, low, carries) => {
      this.#hourOfDay.addParts(hour.used[cell], count, low, carries);
    });
  }

  /** The same where such a table would be too large. */
  #addRows({ timeMs, totalCents, rowCount, product, hour }: RowColumns): void {
    for (let i = 0; i < rowCount; i++) {
      const windowNumber = Math.floor(timeMs[i] / this.#windowLengthMs);
      this.#windows.addParts(windowNumber, product.used[product.keys[i]], 1, totalCents[i], 0);
      this.#hourOfDay.add(hour.used[hour.keys[i]], totalCents[i]);
    }
  }

  #closeDay(day: number, rowCount: number): void {
    let dayCents = 0n;
    for (let h = 0; h < 24; h++) {
      const { counts } = this.#hourOfDay;
      const low = this.#hourOfDay.lowAt(h);
      this.byHour.addParts(h, counts[h], low, this.#hourOfDay.carriesAt(h));
      dayCents += this.#hourOfDay.centsAt(h);
    }
    const before = this.byDay.get(day) ?? { orders: 0, cents: 0n };
    this.byDay.set(day, { orders: before.orders + rowCount, cents: before.cents + dayCents });
    this.#hourOfDay.clear();
  }

  /** Hands the window sums to `sink`: one sorted run per range of products. */
  async writeRuns(products: ByteDictionary, rangeCount: number, sink: BlockSink): Promise<void> {
    const ranks = rankProducts(products);
    const of = (product: number) => rangeOf(products.hashAt(product), rangeCount);
    const ranges = { count: rangeCount, of };
    const sorted = this.#windows.sorted(ranks);
    const allocate = (sizeBytes: number) => sink.allocate(sizeBytes);
    const { sums } = this.#windows;
    const { block, ends } = encodeRuns(sums, sorted, products, ranges, ranks, allocate);
    await sink.keep(block, ends);
  }
}

/** Which range of products a product falls into. */
export function rangeOf(hash: number, rangeCount: number): number {
  return ((hash >>> 16) * rangeCount) >>> 16;
}

/** The order of products by their bytes. */
function rankProducts({ size, view, offsets }: ByteDictionary): ProductRanks {
  const productOfRank = Uint32Array.from({ length: size }, (_, product) => product);
  productOfRank.sort((a, b) =>
    compareBytes(view, offsets[a], offsets[a + 1], view, offsets[b], offsets[b + 1]),
  );
  const rankOfProduct = new Uint32Array(size);
  productOfRank.forEach((product, rank) => {
    rankOfProduct[product] = rank;
  });
  return { productOfRank, rankOfProduct };
}
