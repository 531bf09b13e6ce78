import type { ByteDictionary } from '../../shared/ingest/byte-dictionary.ts';
import { compareBytes } from '../../shared/ingest/bytes.ts';
import { MAX_INSTANT_MS } from '../../shared/model/time.ts';
import { assert } from '../../shared/runtime/errors.ts';
import { CentSums } from '../../shared/transform/cent-sums.ts';
import { type ProductRanks, WindowSums } from '../../shared/transform/window-sums.ts';
import type { BlockSink } from '../exchange/block-encoder.ts';
import { encodeRuns } from '../exchange/sum-run.ts';
import type { RowColumns } from './row-columns.ts';

/** Sums over the active orders of a bucket. */
export class BucketAggregates {
  readonly byDay = new Map<number, { orders: number; cents: bigint }>();
  readonly byHour = new CentSums(24);
  readonly #windows: WindowSums;
  readonly #windowLengthMs: number;
  readonly #hourOfDay = new CentSums(24);

  constructor(windowLengthMs: number, productCount: number) {
    const cellCount = Math.ceil(MAX_INSTANT_MS / windowLengthMs) * productCount;
    assert(Number.isSafeInteger(cellCount), 'windows times products are numbered exactly');
    this.#windowLengthMs = windowLengthMs;
    this.#windows = new WindowSums(Math.max(1, productCount));
  }

  /** Adds rows of one day. */
  addDay(day: number, rows: RowColumns): void {
    const { timeMs, totalCents, rowCount, product, hour } = rows;
    const windowLengthMs = this.#windowLengthMs;
    let windowNumber = -1;
    for (let i = 0; i < rowCount; i++) {
      const sinceWindowStart = timeMs[i] - windowNumber * windowLengthMs;
      if (sinceWindowStart < 0 || sinceWindowStart >= windowLengthMs) {
        windowNumber = Math.floor(timeMs[i] / windowLengthMs);
      }
      this.#windows.add(windowNumber, product.used[product.keys[i]], totalCents[i]);
      this.#hourOfDay.add(hour.used[hour.keys[i]], totalCents[i]);
    }
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
