import type { ByteDictionary } from '../../shared/ingest/byte-dictionary.ts';
import { MS_PER_DAY } from '../../shared/model/time.ts';
import { RevenueSums } from '../../shared/transform/revenue-sums.ts';
import { rankProducts } from '../../shared/transform/window-sums.ts';
import type { BlockSink } from '../exchange/block-encoder.ts';
import { encodeRuns } from '../exchange/sum-run.ts';
import { type CellSums, MAX_CELLS } from './cell-sums.ts';
import type { RowColumns } from './row-columns.ts';

/** Sums over the active orders of a bucket. */
export class BucketAggregates extends RevenueSums {
  readonly #cells: CellSums;

  constructor(windowLengthMs: number, productCount: number, cells: CellSums) {
    super(windowLengthMs, productCount);
    this.#cells = cells;
  }

  /** Hands the window sums to `sink`: one sorted run per range of products. */
  async writeRuns(products: ByteDictionary, rangeCount: number, sink: BlockSink): Promise<void> {
    const ranks = rankProducts(products);
    const of = (product: number) => rangeOf(products.hashAt(product), rangeCount);
    const ranges = { count: rangeCount, of };
    const sorted = this.windows.sorted(ranks);
    const allocate = (sizeBytes: number) => sink.allocate(sizeBytes);
    const { sums } = this.windows;
    const { block, ends } = encodeRuns(sums, sorted, products, ranges, ranks, allocate);
    await sink.keep(block, ends);
  }

  /** In a table with a cell for each window of the day and product, where that is small enough. */
  protected override addRows(day: number, rows: RowColumns): void {
    const { windowLengthMs } = this;
    const firstWindow = Math.floor((day * MS_PER_DAY) / windowLengthMs);
    const endWindow = Math.ceil(((day + 1) * MS_PER_DAY) / windowLengthMs);
    const cellCount = (endWindow - firstWindow) * rows.product.used.length;
    if (cellCount <= MAX_CELLS) this.#addCells(rows, firstWindow, cellCount);
    else super.addRows(day, rows);
  }

  #addCells(rows: RowColumns, firstWindow: number, cellCount: number): void {
    const { product, hour } = rows;
    const productCount = product.used.length;
    const codes = Uint32Array.from(product.used);
    let window = 0;
    const addWindow = (cell: number, count: number, low: number, carries: number) => {
      while (cell >= (window + 1) * productCount) window++;
      const code = codes[cell - window * productCount];
      this.windows.addParts(firstWindow + window, code, count, low, carries);
    };
    this.#cells.add(rows, this.windowLengthMs, firstWindow, cellCount, addWindow);
    this.#cells.visitHours((cell, count, low, carries) => {
      this.hourOfDay.addParts(hour.used[cell], count, low, carries);
    });
  }
}

/** Which range of products a product falls into. */
export function rangeOf(hash: number, rangeCount: number): number {
  return ((hash >>> 16) * rangeCount) >>> 16;
}
