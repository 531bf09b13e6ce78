import type { Config } from '../../../lambdas/shared/model/config.ts';
import type { CostLine } from './cost-line.ts';
import { isExtended } from './estimate-stream.ts';
import { CALL_LOG_BYTES, costOfLogs } from './logs.ts';
import { HOURS_PER_MONTH, PRICES } from './prices.ts';
import { WATCHED } from './watched.ts';

/** A publication of a small epoch: seconds, and requests to the store. */
const PUBLICATION_SEC = 2;
const PUBLICATION_PUTS = 25;
const PUBLICATION_GETS = 30;

/** What a publisher that finds nothing new takes, and reads of the state. */
const IDLE_PUBLICATION_SEC = 0.3;
const IDLE_READ_UNITS = 5;

/** Entries of the state that a publication writes and removes: plan, commit, heads. */
const PUBLICATION_WRITE_UNITS = 20;

/** A call that finds nothing to do: of the starter, of the comparison. */
const IDLE_CALL_SEC = 0.3;
const STARTER_CALLS = (HOURS_PER_MONTH * 60) / 5;
const STARTER_GB = 0.5;

/** Manifests and pointers that tell a comparison whether something is new. */
const LOOK_GETS = 6;

/** Lambda asks a queue by five connections, each of which waits 20 s (Lambda, "SQS"). */
const QUEUE_ASKS = (HOURS_PER_MONTH * 3600 * 5) / 20;

/** The function that brings a publication to Glue, and what it asks there. */
const CATALOGUE_SEC = 1;
const CATALOGUE_GB = 0.5;
const CATALOGUE_REQUESTS = 12;

/**
 * Orders that a comparison takes per second: 80 million fill the 15 minutes of a function of one
 * core.
 */
const COMPARED_PER_SEC = 88_000;

/**
 * With a key in the config: stream, queues, buckets with bucket keys, table and logs each ask for a
 * data key every five minutes at most.
 */
const KEY_ASKS = (HOURS_PER_MONTH * 60 * 20) / 5;

/** The cost of a month without any orders, in US dollars. */
export function costOfIdleMonth(config: Config): CostLine[] {
  const { aws } = config;
  const isProvisioned = aws.streamMode === 'provisioned';
  const publications = publicationsOf(config);
  const comparisons = comparisonsOf(config);
  const { alarmMetrics, customMetrics, dashboards } = WATCHED;
  const calls = publications + comparisons + STARTER_CALLS;
  const gbSeconds =
    publications * IDLE_PUBLICATION_SEC * gbOf(aws.streamMemoryBytes) +
    comparisons * IDLE_CALL_SEC * gbOf(aws.reconcileMemoryBytes) +
    STARTER_CALLS * IDLE_CALL_SEC * STARTER_GB;
  return [
    {
      service: 'Kinesis',
      what: isProvisioned ? `${aws.shards} shards` : 'an on-demand stream',
      cost:
        HOURS_PER_MONTH *
        (isProvisioned ? aws.shards * PRICES.kinesisShardHour : PRICES.kinesisOnDemandHour),
    },
    ...(isExtended(config)
      ? [
          {
            service: 'Kinesis',
            what: 'records kept for more than a day, per shard',
            cost: HOURS_PER_MONTH * aws.shards * PRICES.kinesisExtendedShardHour,
          },
        ]
      : []),
    {
      service: 'Lambda',
      what: 'scheduled calls that find nothing new',
      cost: gbSeconds * PRICES.lambdaGbSecond + calls * PRICES.lambdaRequest,
    },
    {
      service: 'CloudWatch',
      what: `${alarmMetrics} metrics of alarms, ${customMetrics} metrics, the dashboard`,
      cost:
        alarmMetrics * PRICES.alarmMonth +
        customMetrics * PRICES.metricMonth +
        dashboards * PRICES.dashboardMonth,
    },
    { service: 'CloudWatch', what: 'logs', cost: costOfLogs(calls * CALL_LOG_BYTES, config) },
    {
      service: 'S3',
      what: 'checks for given-up batches and new publications',
      cost: publications * PRICES.s3Put + comparisons * LOOK_GETS * PRICES.s3Get,
    },
    {
      service: 'DynamoDB',
      what: 'checks for log entries',
      cost: publications * IDLE_READ_UNITS * PRICES.dynamoReadUnit,
    },
    {
      service: 'SQS',
      what: 'Lambda polling the upload queue',
      cost: QUEUE_ASKS * PRICES.sqsRequest,
    },
    ...(aws.existing.kmsKey === null
      ? []
      : [{ service: 'KMS', what: 'data keys', cost: KEY_ASKS * PRICES.kmsRequest }]),
  ];
}

/**
 * What a month of publications adds to an idle one if each has something new and this many orders
 * are compared each time, in US dollars.
 */
export function costOfBusyMonth(
  config: Config,
  { orders }: { readonly orders: number },
): CostLine[] {
  const { aws } = config;
  const publications = publicationsOf(config);
  const comparedSec = (comparisonsOf(config) * orders) / COMPARED_PER_SEC;
  return [
    {
      service: 'Lambda',
      what: 'publications',
      cost: publications * PUBLICATION_SEC * gbOf(aws.streamMemoryBytes) * PRICES.lambdaGbSecond,
    },
    {
      service: 'S3',
      what: 'requests of publications',
      cost: publications * (PUBLICATION_PUTS * PRICES.s3Put + PUBLICATION_GETS * PRICES.s3Get),
    },
    {
      service: 'DynamoDB',
      what: 'plans and commits',
      cost: publications * PUBLICATION_WRITE_UNITS * PRICES.dynamoWriteUnit,
    },
    {
      service: 'Lambda',
      what: 'comparisons of batch and stream',
      cost: comparedSec * gbOf(aws.reconcileMemoryBytes) * PRICES.lambdaGbSecond,
    },
    {
      service: 'Lambda and Glue',
      what: 'catalogue updates for each publication',
      cost:
        publications *
        (CATALOGUE_SEC * CATALOGUE_GB * PRICES.lambdaGbSecond +
          PRICES.lambdaRequest +
          CATALOGUE_REQUESTS * PRICES.glueRequest),
    },
    {
      service: 'CloudWatch',
      what: 'logs',
      cost: costOfLogs(publications * CALL_LOG_BYTES, config),
    },
  ];
}

function publicationsOf({ stream }: Config): number {
  return (HOURS_PER_MONTH * 3600) / Math.max(60, stream.publishEveryMs / 1000);
}

function comparisonsOf({ aws }: Config): number {
  return (HOURS_PER_MONTH * 3600) / (aws.reconcileEveryMs / 1000);
}

function gbOf(bytes: number): number {
  return bytes / 1024 ** 3;
}
