import type { ByteDictionary } from '../../shared/ingest/byte-dictionary.ts';
import { RevenueSums } from '../../shared/transform/revenue-sums.ts';
import { rankProducts } from '../../shared/transform/window-sums.ts';
import type { BlockSink } from '../exchange/block-encoder.ts';
import { encodeRuns } from '../exchange/sum-run.ts';

/** Sums over the active orders of a bucket. */
export class BucketAggregates extends RevenueSums {
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
}

/** Which range of products a product falls into. */
export function rangeOf(hash: number, rangeCount: number): number {
  return ((hash >>> 16) * rangeCount) >>> 16;
}
