import { EXCHANGE_RATIO } from '../../../lambdas/batch/plan-run/plan-sizes.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { MS_PER_DAY } from '../../../lambdas/shared/model/time.ts';
import type { CostLine } from './cost-line.ts';
import { TABLE_RATIO } from './estimate-batch.ts';
import { STORED_BYTES_PER_EVENT } from './estimate-stream.ts';
import { DAYS_PER_MONTH } from './logs.ts';
import { GB, PRICES } from './prices.ts';

/** Never fewer runs are kept: the current one and the one before. */
const LEAST_RUNS = 2;

/**
 * Age of old versions of tables and work of runs (`lifecycle-rules.ts`): S3 removes them a day
 * later, at midnight.
 */
const OLD_VERSION_DAYS = 1.5;

/** Entries of a shard's log are removed once they are published; a day of them is counted. */
const STATE_BYTES_PER_ORDER = 50;
const STATE_DAYS = 1;

export interface KeptOrders {
  /** Orders held by landing and both doors' tables. */
  readonly orders: number;
  readonly bytesPerOrder: number;
  /** Each run is a whole copy of the batch tables. */
  readonly runsPerDay: number;
}

/** Number of copies of the batch tables kept: those of the runs within `batch.keepRunsFor`. */
export function keptRuns({ batch }: Config, runsPerDay: number): number {
  return Math.max(LEAST_RUNS, Math.ceil((batch.keepRunsForMs / MS_PER_DAY) * runsPerDay));
}

/** The monthly cost of keeping these orders, in US dollars. */
export function costOfKeeping(config: Config, kept: KeptOrders): CostLine[] {
  const { orders, bytesPerOrder, runsPerDay } = kept;
  const runs = keptRuns(config, runsPerDay);
  const removedRuns = runsPerDay * OLD_VERSION_DAYS;
  const csvGb = (orders * bytesPerOrder) / GB;
  const stateGb = (orders * STATE_BYTES_PER_ORDER * STATE_DAYS) / DAYS_PER_MONTH / GB;
  return [
    { service: 'S3', what: 'landing', cost: csvGb * PRICES.s3GbMonth },
    {
      service: 'S3',
      what: `batch tables of ${runs} runs`,
      cost: csvGb * TABLE_RATIO * runs * PRICES.s3GbMonth,
    },
    {
      service: 'S3',
      what: 'old versions of deleted objects',
      cost: csvGb * (TABLE_RATIO + EXCHANGE_RATIO) * removedRuns * PRICES.s3GbMonth,
    },
    {
      service: 'S3',
      what: 'tables and raw segments of the stream',
      cost: ((orders * STORED_BYTES_PER_EVENT) / GB) * PRICES.s3GbMonth,
    },
    {
      service: 'DynamoDB',
      what: 'state, with point-in-time recovery',
      cost: stateGb * (PRICES.dynamoGbMonth + PRICES.dynamoBackupGbMonth),
    },
  ];
}
