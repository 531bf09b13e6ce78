import type { StoredBlocks } from '../exchange/stored-exchange.ts';
import type { BucketResult } from './bucket-result.ts';
import type { RangeResult } from './range-result.ts';

/** What a reduce step leaves for the steps after it. */
export interface ReducedBucket {
  readonly result: BucketResult;
  /** Window sums, a slice per range of products. */
  readonly sums: StoredBlocks | null;
}

interface TextSum {
  readonly orders: number;
  readonly cents: string;
}

/** A bucket's result as JSON: 64-bit sums are text. */
export interface StoredBucket {
  readonly result: Omit<BucketResult, 'byDay' | 'byHour'> & {
    readonly byDay: readonly [number, TextSum][];
    readonly byHour: readonly TextSum[];
  };
  readonly sums: StoredBlocks | null;
}

/** A range's result as JSON: 64-bit sums are text. */
export type StoredRange = Omit<RangeResult, 'top'> & {
  readonly top: readonly {
    readonly productId: string;
    readonly orders: number;
    readonly cents: string;
  }[];
};

/** A bucket as it is stored; `reducedBucket` is the way back. */
export function storedBucket({ result, sums }: ReducedBucket): StoredBucket {
  const byDay = [...result.byDay].map(([day, sum]): [number, TextSum] => [day, textSum(sum)]);
  return { result: { ...result, byDay, byHour: result.byHour.map(textSum) }, sums };
}

/** A bucket as steps take it, from what `storedBucket` stored. */
export function reducedBucket({ result, sums }: StoredBucket): ReducedBucket {
  const byDay = new Map(result.byDay.map(([day, sum]) => [day, exactSum(sum)]));
  return { result: { ...result, byDay, byHour: result.byHour.map(exactSum) }, sums };
}

/** A range as it is stored; `mergedRange` is the way back. */
export function storedRange(result: RangeResult): StoredRange {
  const top = result.top.map((total) => ({ ...total, cents: String(total.cents) }));
  return { ...result, top };
}

/** A range as steps take it, from what `storedRange` stored. */
export function mergedRange(result: StoredRange): RangeResult {
  const top = result.top.map((total) => ({ ...total, cents: BigInt(total.cents) }));
  return { ...result, top };
}

function textSum({ orders, cents }: { readonly orders: number; readonly cents: bigint }): TextSum {
  return { orders, cents: String(cents) };
}

function exactSum({ orders, cents }: TextSum): { orders: number; cents: bigint } {
  return { orders, cents: BigInt(cents) };
}
