import { ByteDictionary } from '../../../shared/bytes/byte-dictionary.ts';
import { viewOf } from '../../../shared/bytes/bytes.ts';
import { assert, TerminalError } from '../../../shared/model/errors.ts';
import { ISSUE_CODES } from '../../../shared/model/issue.ts';
import { formatDay } from '../../../shared/model/time.ts';
import { CentSums, partsOf } from '../../../shared/revenue/cent-sums.ts';
import { productText, type RankedProducts } from '../../../shared/revenue/product-revenue.ts';
import { assertFits } from '../../../shared/revenue/revenue-limit.ts';
import type { Revenue } from '../../../shared/revenue/revenue-sums.ts';
import {
  type ProductRanks,
  rankProducts,
  WindowSums,
} from '../../../shared/revenue/window-sums.ts';
import {
  isConserved,
  OUTCOMES,
  type OutcomeCounts,
  zeroCounts,
} from '../../../shared/rules/outcome.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import type { EpochSnapshot } from '../../../shared/state/epoch-snapshot.ts';
import { type RevenueCells, revenueByNumber } from '../../../shared/state/revenue-cells.ts';
import type { ShardResult } from '../../../shared/state/shard-result.ts';

/** Everything up to and with an epoch. */
export interface EpochTotals {
  readonly epochCounts: Readonly<OutcomeCounts>;
  readonly counts: Readonly<OutcomeCounts>;
  readonly issues: Readonly<Record<string, number>>;
  readonly revenueCents: bigint;
  readonly byDay: ReadonlyMap<number, Revenue>;
  readonly byHour: ReadonlyMap<number, Revenue>;
  readonly products: RankedProducts;
  /** Totals of the products, by rank. */
  readonly productTotals: CentSums;
  /** Windows that the epoch before left open, with what this one adds, by code of the product. */
  readonly windows: WindowSums;
  readonly ranks: ProductRanks;
}

/**
 * Adds the results of an epoch's shards to the previous epoch's snapshot. Throws `TerminalError`:
 * `not_conserved`, `revenue_overflow`.
 */
export function addUp(
  plan: EpochPlan,
  results: readonly ShardResult[],
  previous: EpochSnapshot | null,
): EpochTotals {
  const parts = previous === null ? results : [previous, ...results];
  const counts = sumCounts(parts);
  if (!isConserved(counts)) {
    const message = `record counts of epoch ${plan.epoch} do not match: ${JSON.stringify(counts)}`;
    throw new TerminalError('not_conserved', message);
  }
  const dictionary = new ByteDictionary();
  const codes = parts.map(({ products }) => products.map(([id]) => codeOf(dictionary, id)));
  const ranks = rankProducts(dictionary);
  const productTotals = new CentSums(dictionary.size);
  parts.forEach(({ products }, part) => {
    products.forEach(([, orders, cents], index) => {
      const { low, carries } = partsOf(BigInt(cents));
      productTotals.addParts(ranks.rankOfProduct[codes[part][index]], orders, low, carries);
    });
  });
  const byDay = sumByNumber(parts.map(({ days }) => revenueByNumber(days)));
  const totals: EpochTotals = {
    epochCounts: sumCounts(results),
    counts,
    issues: sumIssues(parts),
    revenueCents: [...byDay.values()].reduce((sum, { cents }) => sum + cents, 0n),
    byDay,
    byHour: sumByNumber(parts.map(({ hours }) => revenueByNumber(hours))),
    products: { dictionary, codeOfRank: ranks.productOfRank },
    productTotals,
    windows: sumWindows(plan, parts, dictionary),
    ranks,
  };
  assertRevenueFits(totals);
  return totals;
}

function sumCounts(parts: readonly Pick<ShardResult, 'counts'>[]): OutcomeCounts {
  const sum = zeroCounts();
  for (const { counts } of parts) {
    for (const name of ['read', ...OUTCOMES] as const) sum[name] += counts[name];
  }
  return sum;
}

/** In the order of the contract; codes that never occurred are left out. */
function sumIssues(parts: readonly Pick<ShardResult, 'issues'>[]): Record<string, number> {
  const sums = ISSUE_CODES.map((code): [string, number] => [
    code,
    parts.reduce((sum, { issues }) => sum + (issues[code] ?? 0), 0),
  ]);
  return Object.fromEntries(sums.filter(([, records]) => records > 0));
}

function sumByNumber(all: readonly ReadonlyMap<number, Revenue>[]): Map<number, Revenue> {
  const sums = new Map<number, Revenue>();
  for (const [key, { orders, cents }] of all.flatMap((map) => [...map])) {
    const sum = sums.get(key) ?? { orders: 0, cents: 0n };
    sums.set(key, { orders: sum.orders + orders, cents: sum.cents + cents });
  }
  return new Map([...sums].sort(([a], [b]) => a - b));
}

function sumWindows(
  { windowLengthMs, previousWatermarkMs }: EpochPlan,
  parts: readonly RevenueCells[],
  dictionary: ByteDictionary,
): WindowSums {
  const windows = new WindowSums(Math.max(1, dictionary.size));
  const finalToMs = previousWatermarkMs ?? Number.NEGATIVE_INFINITY;
  for (const { start_ms: startMs, products } of parts.flatMap((part) => part.windows)) {
    const isOpen = startMs + windowLengthMs > finalToMs;
    assert(isOpen, `the window of ${new Date(startMs).toISOString()} was not final before`);
    for (const [id, orders, cents] of products) {
      const code = codeOf(dictionary, id);
      const { low, carries } = partsOf(BigInt(cents));
      windows.addParts(startMs / windowLengthMs, code, orders, low, carries);
    }
  }
  return windows;
}

function codeOf(dictionary: ByteDictionary, id: string): number {
  const bytes = Buffer.from(id);
  return dictionary.codeOf(viewOf(bytes), 0, bytes.length);
}

/** No cell is larger than the sum of all, so they are looked at only to name the one too large. */
function assertRevenueFits({ revenueCents, byDay, byHour, products, productTotals }: EpochTotals) {
  const all = () => 'the revenue of all orders';
  try {
    assertFits(revenueCents, all);
  } catch (error) {
    for (let rank = 0; rank < productTotals.size; rank++) {
      const cell = () => `product_revenue of ${productText(products, rank)}`;
      assertFits(productTotals.centsAt(rank), cell);
    }
    for (const [day, { cents }] of byDay) {
      assertFits(cents, () => `daily_revenue of ${formatDay(day)}`);
    }
    for (const [hour, { cents }] of byHour) {
      assertFits(cents, () => `hourly_revenue of hour ${hour}`);
    }
    throw error;
  }
}
