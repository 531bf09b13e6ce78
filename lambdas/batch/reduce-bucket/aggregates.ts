import type { ByteDictionary } from '../../shared/bytes/byte-dictionary.ts';
import { dealHash } from '../../shared/bytes/bytes.ts';
import type { KernelArena } from '../../shared/kernels/kernel-arena.ts';
import { CellSums, fitsCells } from '../../shared/revenue/cell-sums.ts';
import { RevenueSums } from '../../shared/revenue/revenue-sums.ts';
import { type ProductRanks, rankProducts } from '../../shared/revenue/window-sums.ts';
import type { OrderRows } from '../../shared/rows/order-rows.ts';
import type { RowsKernel } from '../../shared/rows/rows-kernel.ts';
import type { BlockSink } from '../exchange/block-encoder.ts';
import { encodeSumLists } from '../exchange/sum-list.ts';

/**
 * Sums over the active orders of a bucket. Days come in ascending order, each in as many groups of
 * rows as it likes.
 */
export class BucketAggregates extends RevenueSums {
  readonly #products: ByteDictionary;
  readonly #ranks: ProductRanks;
  /** Sums by window and product, where their tables are small enough; else `windows` has them. */
  readonly #cells: CellSums | null;

  /** `products` are all there; `arena` is for these sums alone. */
  constructor(
    windowLengthMs: number,
    products: ByteDictionary,
    kernel: RowsKernel,
    arena: KernelArena,
  ) {
    super(windowLengthMs, products.size);
    this.#products = products;
    this.#ranks = rankProducts(products);
    const isSmall = fitsCells(windowLengthMs, products.size);
    this.#cells = isSmall ? new CellSums(kernel, arena, this.#ranks, windowLengthMs) : null;
  }

  /** Hands the window sums to `sink`: one sorted list per range of products. */
  async writeSums(rangeCount: number, sink: BlockSink): Promise<void> {
    const products = this.#products;
    const ranks = this.#ranks;
    const of = (product: number) => dealHash(products.hashAt(product), rangeCount);
    const ranges = { count: rangeCount, of };
    const { sums, sorted } = this.#cells?.finish() ?? {
      sums: this.windows.sums,
      sorted: this.windows.sorted(ranks),
    };
    const allocate = (sizeBytes: number) => sink.allocate(sizeBytes);
    const { block, ends } = encodeSumLists(sums, sorted, products, ranges, ranks, allocate);
    await sink.keep(block, ends);
  }

  protected override addRows(day: number, rows: OrderRows): void {
    if (this.#cells === null) {
      super.addRows(day, rows);
      return;
    }
    const { hour } = rows;
    this.#cells.add(day, rows, (cell, count, low, carries) => {
      this.hourOfDay.addParts(hour.used[cell], count, low, carries);
    });
  }
}
