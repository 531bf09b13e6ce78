/**
 * Prices of us-east-1 in US dollars, without free tiers and discounts, as AWS's price lists had
 * them on `asOf`. The pages: https://aws.amazon.com/<service>/pricing/, by the names below.
 */
export const PRICES = {
  asOf: '2026-11-01',
  region: 'us-east-1',
  source: 'https://aws.amazon.com/<service>/pricing/',
  /** lambda: arm64, the first tier. */
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  /** kinesis: provisioned. */
  kinesisShardHour: 0.015,
  /** kinesis: from the second day to the seventh; provisioned, and on demand. */
  kinesisExtendedShardHour: 0.02,
  kinesisExtendedGbMonth: 0.1,
  /** kinesis: from the eighth day on. */
  kinesisLongTermGbMonth: 0.023,
  /** Put payload units of 25 KB; each record takes at least one. */
  kinesisPutUnit: 0.014 / 1e6,
  /** kinesis: on demand. */
  kinesisOnDemandHour: 0.04,
  kinesisOnDemandGbIn: 0.08,
  kinesisOnDemandGbOut: 0.04,
  /** dynamodb: on demand, units of 1 KB and 4 KB. */
  dynamoWriteUnit: 0.625 / 1e6,
  dynamoReadUnit: 0.125 / 1e6,
  /** dynamodb: standard tables; point-in-time recovery. */
  dynamoGbMonth: 0.25,
  dynamoBackupGbMonth: 0.2,
  /** sqs: standard queues. */
  sqsRequest: 0.4 / 1e6,
  /** glue: requests to the data catalogue. */
  glueRequest: 1 / 1e6,
  /** kms: requests under a key that the config names; the key itself is its owner's. */
  kmsRequest: 0.03 / 1e4,
  /** step-functions: standard workflows. */
  stateTransition: 0.025 / 1e3,
  /** s3: standard. PUT, COPY, POST, LIST; GET; storage. */
  s3Put: 0.005 / 1e3,
  s3Get: 0.0004 / 1e3,
  s3GbMonth: 0.023,
  /** cloudwatch: logs in, and kept; each metric of an alarm; a custom metric; a dashboard. */
  logsGbIn: 0.5,
  logsGbMonth: 0.03,
  alarmMonth: 0.1,
  metricMonth: 0.3,
  dashboardMonth: 3,
} as const;

export const HOURS_PER_MONTH = 730;
export const GB = 1e9;
