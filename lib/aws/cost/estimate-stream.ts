import type { Config } from '../../../lambdas/shared/model/config.ts';
import { HOURS_PER_DAY, MS_PER_DAY } from '../../../lambdas/shared/model/time.ts';
import type { CostLine } from './cost-line.ts';
import { CALL_LOG_BYTES, costOfLogs } from './logs.ts';
import { GB, HOURS_PER_MONTH, PRICES } from './prices.ts';

/** Write units of the state per 1,000 orders: the aim of stream protocol §10. */
const WRITE_UNITS_PER_1000 = 50;

/** Bytes that the rows and the raw record of an event take in the lake. */
export const STORED_BYTES_PER_EVENT = 60;

/**
 * Orders that a function of one core consumes per second. Measured 84,000 per second in batches of
 * 1,000 on memory adapters (November 2026, one core of a Xeon); a quarter is planned with.
 */
const CONSUMED_PER_SEC = 20_000;

/** Records of a stream are kept a day for nothing, and to the seventh at a price of its own. */
const EXTENDED_DAYS = 7;

/** Size of a record as Kinesis counts it. */
const RECORD_BYTES = 1024;

/**
 * The cost of this many orders through the stream, in US dollars, in addition to an idle month.
 * `recordsPerEntry` is a measured value if batches are not full; the default is full ones.
 */
export function costOfOrders(
  config: Config,
  { orders, recordsPerEntry }: { readonly orders: number; readonly recordsPerEntry?: number },
): CostLine[] {
  const { aws, stream } = config;
  const gbSeconds = (orders / CONSUMED_PER_SEC) * (aws.streamMemoryBytes / 1024 ** 3);
  const batches = orders / (recordsPerEntry ?? stream.batchSize);
  const isProvisioned = aws.streamMode === 'provisioned';
  return [
    {
      service: 'Kinesis',
      what: isProvisioned ? 'put units of 25 KB' : 'data in and out, at least 1 KB per record',
      cost: isProvisioned
        ? orders * PRICES.kinesisPutUnit
        : ((orders * RECORD_BYTES) / GB) *
          (PRICES.kinesisOnDemandGbIn + PRICES.kinesisOnDemandGbOut),
    },
    ...keptInStream(config, orders),
    {
      service: 'Lambda',
      what: 'consuming',
      cost: gbSeconds * PRICES.lambdaGbSecond + batches * PRICES.lambdaRequest,
    },
    {
      service: 'DynamoDB',
      what: 'log entries',
      cost: (orders / 1000) * WRITE_UNITS_PER_1000 * PRICES.dynamoWriteUnit,
    },
    { service: 'S3', what: 'segments', cost: batches * PRICES.s3Put },
    {
      service: 'S3',
      what: 'storage for a month',
      cost: ((orders * STORED_BYTES_PER_EVENT) / GB) * PRICES.s3GbMonth,
    },
    { service: 'CloudWatch', what: 'logs', cost: costOfLogs(batches * CALL_LOG_BYTES, config) },
  ];
}

/** What the stream keeps of these orders beyond a day, by the gigabyte. */
function keptInStream({ aws }: Config, orders: number): CostLine[] {
  const days = aws.retentionMs / MS_PER_DAY;
  const gb = (orders * RECORD_BYTES) / GB;
  const daysPerMonth = HOURS_PER_MONTH / HOURS_PER_DAY;
  const lines: CostLine[] = [];
  const extendedDays = Math.min(days, EXTENDED_DAYS) - 1;
  if (aws.streamMode === 'on_demand' && extendedDays > 0) {
    const cost = (gb * extendedDays * PRICES.kinesisExtendedGbMonth) / daysPerMonth;
    lines.push({ service: 'Kinesis', what: 'records kept for more than a day', cost });
  }
  const longDays = days - EXTENDED_DAYS;
  if (longDays > 0) {
    const cost = (gb * longDays * PRICES.kinesisLongTermGbMonth) / daysPerMonth;
    lines.push({ service: 'Kinesis', what: 'records kept for more than seven days', cost });
  }
  return lines;
}

/** True if records are kept beyond a day, which raises the price of each provisioned shard. */
export function isExtended({ aws }: Config): boolean {
  return aws.streamMode === 'provisioned' && aws.retentionMs > MS_PER_DAY;
}
