import type { ByteDictionary } from '../../shared/ingest/byte-dictionary.ts';
import { compareBytes } from '../../shared/ingest/bytes.ts';
import { MAX_INSTANT_MS } from '../../shared/model/time.ts';
import { assert } from '../../shared/runtime/errors.ts';
import type { KernelArena } from '../../shared/runtime/kernel-arena.ts';
import { CentSums } from '../../shared/transform/cent-sums.ts';
import { type ProductRanks, WindowSums } from '../../shared/transform/window-sums.ts';
import type { BlockSink } from '../exchange/block-encoder.ts';
import { encodeRuns } from '../exchange/sum-run.ts';
import { CellSums, fitsCells } from './cell-sums.ts';
import type { BucketKernel } from './kernel/bucket-kernel.ts';
import type { SummedRows } from './row-columns.ts';

/** Sums over the active orders of a bucket. */
export class BucketAggregates {
  readonly byDay = new Map<number, { orders: number; cents: bigint }>();
  readonly byHour = new CentSums(24);
  readonly #products: ByteDictionary;
  readonly #ranks: ProductRanks;
  readonly #windowLengthMs: number;
  readonly #hourOfDay = new CentSums(24);
  /** One of the two: the first where its tables are small enough. */
  readonly #cells: CellSums | null;
  readonly #windows: WindowSums;

  /** `products` are all there; `arena` is for these sums alone. */
  constructor(
    windowLengthMs: number,
    products: ByteDictionary,
    kernel: BucketKernel,
    arena: KernelArena,
  ) {
    const cellCount = Math.ceil(MAX_INSTANT_MS / windowLengthMs) * products.size;
    assert(Number.isSafeInteger(cellCount), 'windows times products are numbered exactly');
    this.#products = products;
    this.#ranks = rankProducts(products);
    this.#windowLengthMs = windowLengthMs;
    const isSmall = fitsCells(windowLengthMs, products.size);
    this.#cells = isSmall ? new CellSums(kernel, arena, this.#ranks, windowLengthMs) : null;
    this.#windows = new WindowSums(Math.max(1, products.size));
  }

  /** Adds rows of one day. Days come in ascending order, each in as many groups as it likes. */
  addDay(day: number, rows: SummedRows): void {
    const { hour } = rows;
    this.#cells?.add(day, rows, (cell, count, low, carries) => {
      this.#hourOfDay.addParts(hour.used[cell], count, low, carries);
    });
    if (this.#cells === null) this.#addRows(rows);
    this.#closeDay(day, rows.rowCount);
  }

  #addRows({ timeMs, totalCents, rowCount, product, hour }: SummedRows): void {
    for (let i = 0; i < rowCount; i++) {
      const windowNumber = Math.floor(timeMs[i] / this.#windowLengthMs);
      this.#windows.add(windowNumber, product.used[product.keys[i]], totalCents[i]);
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
  async writeRuns(rangeCount: number, sink: BlockSink): Promise<void> {
    const products = this.#products;
    const ranks = this.#ranks;
    const of = (product: number) => rangeOf(products.hashAt(product), rangeCount);
    const ranges = { count: rangeCount, of };
    const { sums, sorted } = this.#cells?.finish() ?? {
      sums: this.#windows.sums,
      sorted: this.#windows.sorted(ranks),
    };
    const allocate = (sizeBytes: number) => sink.allocate(sizeBytes);
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
