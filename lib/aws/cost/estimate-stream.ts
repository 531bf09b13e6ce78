import type { Config } from '../../../lambdas/shared/model/config.ts';
import { GB, HOURS_PER_MONTH, PRICES } from './prices.ts';

/** One position of a bill. US dollars. */
export interface CostLine {
  readonly service: string;
  readonly what: string;
  readonly cost: number;
}

/** Write units of the state per 1,000 orders: the aim of stream protocol §10. */
const WRITE_UNITS_PER_1000 = 50;

/** Bytes that the rows and the raw record of an event take in the lake. */
const STORED_BYTES_PER_EVENT = 60;

/**
 * Orders that a function of one core consumes per second. Measured 84,000 per second in batches of
 * 1,000 on memory adapters (November 2026, one core of a Xeon); a quarter is planned with.
 */
const CONSUMED_PER_SEC = 20_000;

/** A publication of a small epoch: seconds, and requests to the store. */
const PUBLICATION_SEC = 2;
const PUBLICATION_PUTS = 25;
const PUBLICATION_GETS = 30;

const ALARMS = 27;
const METRICS = 13;

/**
 * What so many orders through the stream cost, beside what an idle month does. `recordsPerEntry`:
 * as measured, where batches are not full; by default they are.
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
      what: isProvisioned ? 'put units of 25 KB' : 'data in and out, 1 KB a record at least',
      cost: isProvisioned
        ? orders * PRICES.kinesisPutUnit
        : ((orders * 1024) / GB) * (PRICES.kinesisOnDemandGbIn + PRICES.kinesisOnDemandGbOut),
    },
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
      what: 'a month of storage',
      cost: ((orders * STORED_BYTES_PER_EVENT) / GB) * PRICES.s3GbMonth,
    },
  ];
}

/** What a month costs in which nothing happens. */
export function costOfIdleMonth(config: Config): CostLine[] {
  const { aws, stream } = config;
  const isProvisioned = aws.streamMode === 'provisioned';
  const everySec = Math.max(60, stream.publishEveryMs / 1000);
  const publications = (HOURS_PER_MONTH * 3600) / everySec;
  const memoryGb = aws.streamMemoryBytes / 1024 ** 3;
  return [
    {
      service: 'Kinesis',
      what: isProvisioned ? `${aws.shards} shards` : 'a stream on demand',
      cost:
        HOURS_PER_MONTH *
        (isProvisioned ? aws.shards * PRICES.kinesisShardHour : PRICES.kinesisOnDemandHour),
    },
    {
      service: 'Lambda',
      what: 'publications that find nothing new',
      cost: publications * (0.3 * memoryGb * PRICES.lambdaGbSecond + PRICES.lambdaRequest),
    },
    {
      service: 'CloudWatch',
      what: 'alarms, metrics and the dashboard',
      cost: ALARMS * PRICES.alarmMonth + METRICS * PRICES.metricMonth + PRICES.dashboardMonth,
    },
    {
      service: 'S3',
      what: 'looking for given-up batches',
      cost: publications * PRICES.s3Put,
    },
  ];
}

/** What a month of publications costs where each has something new. */
export function costOfBusyMonth(config: Config): CostLine[] {
  const { aws, stream } = config;
  const everySec = Math.max(60, stream.publishEveryMs / 1000);
  const publications = (HOURS_PER_MONTH * 3600) / everySec;
  const memoryGb = aws.streamMemoryBytes / 1024 ** 3;
  return [
    {
      service: 'Lambda',
      what: 'publications',
      cost: publications * PUBLICATION_SEC * memoryGb * PRICES.lambdaGbSecond,
    },
    {
      service: 'S3',
      what: 'requests of publications',
      cost: publications * (PUBLICATION_PUTS * PRICES.s3Put + PUBLICATION_GETS * PRICES.s3Get),
    },
  ];
}

export function totalOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { cost }) => sum + cost, 0);
}
