import { type JoinCounts, NO_JOINS } from '../../../shared/model/joins.ts';
import { inOrder, type Warning, warningOf } from '../../../shared/model/warning.ts';
import type { DimensionCopy, EpochPlan } from '../../../shared/state/epoch-plan.ts';
import type { EpochSnapshot, WarnedRecords } from '../../../shared/state/epoch-snapshot.ts';
import type { ShardNotices, ShardResult } from '../../../shared/state/shard-result.ts';
import type { EpochContext } from './epoch-context.ts';

/** What an epoch tells although it went well, as the manifest has it (contract §2.3). */
export interface EpochWarnings {
  /** Joins of all epochs so far, as `counts` are. */
  readonly joins: JoinCounts;
  /** For the snapshot: warned records of all epochs so far. */
  readonly warned: WarnedRecords;
  /** Warnings about records of all epochs so far, and the dimensions of this one. */
  readonly warnings: readonly Warning[];
  /** Warnings about this epoch's records and dimensions. */
  readonly epochWarnings: readonly Warning[];
}

/**
 * The warnings of an epoch: those that count records add up over the epochs, as counts and issues
 * do.
 */
export function warningsOfEpoch(
  plan: EpochPlan,
  results: readonly ShardResult[],
  previous: EpochSnapshot | null,
  { dimensionCounts }: Pick<EpochContext, 'dimensionCounts'>,
): EpochWarnings {
  const notices = results.map((result) => result.notices);
  const own: WarnedRecords = {
    join_misses: joinMisses(plan, notices),
    future_events: {
      count: sumOf(notices, 'future_events'),
      example: firstOf(notices, 'future_event'),
    },
  };
  const warned: WarnedRecords = {
    join_misses: added(previous?.warned.join_misses, own.join_misses),
    future_events: added(previous?.warned.future_events, own.future_events),
  };
  const ofDimensions = [...plan.warnings, ...dimensionIssues(plan, dimensionCounts)];
  const joins = previous?.joins ?? NO_JOINS;
  return {
    joins: {
      customers_missed: joins.customers_missed + sumOf(notices, 'customers_missed'),
      products_missed: joins.products_missed + sumOf(notices, 'products_missed'),
    },
    warned,
    warnings: inOrder([...ofDimensions, ...ofRecords(warned)]),
    epochWarnings: inOrder([...ofDimensions, ...ofRecords(own)]),
  };
}

/** Without any customers, or products, no join is expected to find one. */
function joinMisses({ dimensions }: EpochPlan, notices: readonly ShardNotices[]) {
  const hasCustomers = dimensions.customers.length > 0;
  const hasProducts = dimensions.products.length > 0;
  const customers = hasCustomers ? sumOf(notices, 'customers_missed') : 0;
  const products = hasProducts ? sumOf(notices, 'products_missed') : 0;
  const both = hasCustomers && hasProducts ? sumOf(notices, 'both_missed') : 0;
  const customer = hasCustomers ? firstOf(notices, 'customer_miss') : null;
  const example = customer ?? (hasProducts ? firstOf(notices, 'product_miss') : null);
  return { count: customers + products - both, example };
}

function dimensionIssues(
  { dimensions }: EpochPlan,
  counts: EpochContext['dimensionCounts'],
): Warning[] {
  const ofCustomers = counts.customers.dimension_issues;
  const count = ofCustomers + counts.products.dimension_issues;
  if (count === 0) return [];
  const files: readonly DimensionCopy[] =
    ofCustomers > 0 ? dimensions.customers : dimensions.products;
  return [warningOf('dimension_issues', count, files[0].key)];
}

function ofRecords(warned: WarnedRecords): Warning[] {
  return (['join_misses', 'future_events'] as const).flatMap((code) => {
    const { count, example } = warned[code];
    return count === 0 ? [] : [warningOf(code, count, example ?? '')];
  });
}

type Warned = WarnedRecords['join_misses'];

/** The newest example is the one that can still be looked into. */
function added(before: Warned | undefined, own: Warned): Warned {
  return {
    count: (before?.count ?? 0) + own.count,
    example: own.example ?? before?.example ?? null,
  };
}

type CountName = 'customers_missed' | 'products_missed' | 'both_missed' | 'future_events';

function sumOf(notices: readonly ShardNotices[], name: CountName): number {
  return notices.reduce((sum, notice) => sum + notice[name], 0);
}

function firstOf(
  notices: readonly ShardNotices[],
  name: 'customer_miss' | 'product_miss' | 'future_event',
): string | null {
  return notices.find((notice) => notice[name] !== null)?.[name] ?? null;
}
