import { Duration } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Operation } from 'aws-cdk-lib/aws-dynamodb';
import type { MetricName } from '../../../lambdas/shared/ports/metrics.ts';
import type { GaugeName } from '../../../lambdas/shared/runtime/lambda-handler.ts';
import type { Deployment } from '../deployment.ts';
import type { BatchDoor } from './batch-door.ts';
import type { Reconciliation } from './reconciliation.ts';
import type { TandemResources } from './resources.ts';
import type { StreamDoor } from './stream-door.ts';
import { METRICS_NAMESPACE, type TandemFunction } from './tandem-function.ts';
import { warningAlarms } from './warning-alarms.ts';

/** One alarm: what it looks at, and what whoever gets it has to do. */
export interface AlarmSpec {
  readonly id: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default greater than the threshold */
  readonly comparison?: ComparisonOperator;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
  /** @default no data is no trouble */
  readonly missing?: TreatMissingData;
  /** What it means, and what to do. Details: docs/operations.md, under the alarm's name. */
  readonly text: string;
}

/** Share of quarantined records above which somebody should look. */
const MAX_QUARANTINE_RATE = 0.2;

/** Beyond the delay that is configured, seconds. */
const WATERMARK_SLACK_SEC = 900;

const FIVE_MINUTES = Duration.minutes(5);
const QUARTER_HOUR = Duration.minutes(15);
const HOUR = Duration.hours(1);

/** A metric of the project's own functions. */
export function ownMetric(
  { config }: Deployment,
  metricName: GaugeName | MetricName,
  statistic: 'Sum' | 'Maximum' = 'Sum',
  period = FIVE_MINUTES,
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { service: config.aws.stackPrefix },
    statistic,
    period,
  });
}

export interface Watched {
  readonly deployment: Deployment;
  readonly storage: TandemResources;
  readonly pipelines: {
    readonly batch: BatchDoor;
    readonly stream: StreamDoor;
    readonly reconciliation: Reconciliation;
  };
  readonly catalogue: { readonly registration: TandemFunction };
}

/** All alarms of a deployment. */
export function alarmList(watched: Watched): readonly AlarmSpec[] {
  return [
    ...batchAlarms(watched),
    ...warningAlarms(watched.deployment),
    ...streamAlarms(watched),
    ...lossAlarms(watched),
    ...throttleAlarms(watched),
    ...catalogueAlarms(watched),
  ];
}

function batchAlarms({ deployment, pipelines }: Watched): AlarmSpec[] {
  const { stateMachine, deadLetters } = pipelines.batch;
  const { reconcile } = pipelines.reconciliation;
  const own = (name: GaugeName) => ownMetric(deployment, name);
  const endedBadly = new MathExpression({
    expression: 'failed + timedOut + aborted',
    usingMetrics: {
      failed: stateMachine.metricFailed(),
      timedOut: stateMachine.metricTimedOut(),
      aborted: stateMachine.metricAborted(),
    },
    period: FIVE_MINUTES,
  });
  return [
    {
      id: 'RunFailed',
      metric: endedBadly,
      threshold: 0,
      text:
        'A batch run failed; the tables are those of the run before. Read ' +
        'state/batch/failures/<runId>.json in the lake, mend what it names, then start a run: ' +
        'invoke StartFunction with {"tandem":"request"}.',
    },
    {
      id: 'QuarantineRate',
      metric: new MathExpression({
        expression: 'IF(records > 0, quarantined / records, 0)',
        usingMetrics: {
          quarantined: own('RecordsQuarantined'),
          records: own('RecordsRead'),
        },
        period: FIVE_MINUTES,
      }),
      threshold: MAX_QUARANTINE_RATE,
      text:
        'More than a fifth of the records are quarantined: a producer or an export has changed. ' +
        'Look at the issues in the newest manifest, and at the table quarantine.',
    },
    {
      id: 'NotificationsLost',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible(),
      threshold: 0,
      text:
        'Notifications of uploads could not be handled and lie in the dead-letter queue. Read ' +
        'the log of StartFunction, then move the messages back, or request a run.',
    },
    {
      id: 'UnexplainedDifferences',
      metric: own('UnexplainedDifferences'),
      threshold: 0,
      text:
        'Batch and stream disagree where no rule explains it. Run tandem reconcile and read the ' +
        'differences it names before anything is replayed.',
    },
    {
      id: 'ComparisonFailed',
      metric: reconcile.function.metricErrors({ period: HOUR }),
      // Lambda repeats a failed comparison twice: by then a run that went away has a successor.
      threshold: 2,
      text:
        'Batch and stream could not be compared, so nobody would be told of differences. Read the ' +
        'log of ReconcileFunction: where the time was over, raise aws.reconcileMemory.',
    },
  ];
}

function streamAlarms({ deployment, pipelines }: Watched): AlarmSpec[] {
  const { consumer, publisher } = pipelines.stream;
  const { aws, stream, windows } = deployment.config;
  const usualLagSec = (stream.watermarkDelayMs + windows.lengthMs) / 1000;
  return [
    {
      id: 'IteratorAge',
      metric: consumer.function.metric('IteratorAge', { statistic: 'Maximum' }),
      threshold: aws.retentionMs / 2,
      text:
        'Records wait for more than half of the stream’s retention; beyond it they are lost. Read ' +
        'the errors of the consumer; raise the retention first if mending takes time.',
    },
    {
      id: 'WatermarkLag',
      metric: ownMetric(deployment, 'WatermarkLag', 'Maximum'),
      threshold: usualLagSec + WATERMARK_SLACK_SEC,
      periods: 3,
      text:
        'Windows stay open longer than the watermark delay explains. tandem status says which ' +
        'shard holds the watermark back, and why.',
    },
    {
      id: 'NothingCommitted',
      metric: ownMetric(deployment, 'Publications', 'Sum', QUARTER_HOUR),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: TreatMissingData.BREACHING,
      text:
        'For 15 minutes no run of the publisher ended well: entries may wait. Read its log: a ' +
        'missing segment has to be restored, a plan of another version waits for replanAfter.',
    },
    {
      id: 'ConsumerErrors',
      metric: consumer.function.metricErrors({ period: FIVE_MINUTES }),
      threshold: 2,
      text:
        'The consumer throws: a shard stands still until the cause is mended, the others go on. ' +
        'Its log names the cause (config, permission, state). No record is skipped meanwhile.',
    },
    {
      id: 'DimensionsKept',
      metric: ownMetric(deployment, 'Warning_dimension_kept_before'),
      threshold: 0,
      text:
        'A file of customers or products cannot be read; epochs are joined with the files of the ' +
        'epoch before. tandem status names the file and the reason: mend it, nothing else.',
    },
    {
      id: 'PublisherErrors',
      metric: publisher.function.metricErrors({ period: QUARTER_HOUR }),
      threshold: 3,
      text: 'The publisher throws again and again; its log names the cause.',
    },
  ];
}

/** What may be lost, or already is. */
function lossAlarms({ deployment }: Watched): AlarmSpec[] {
  const own = (name: MetricName) => ownMetric(deployment, name);
  return [
    {
      id: 'StreamGap',
      metric: own('StreamGap'),
      threshold: 0,
      text:
        'Records left the stream before they were consumed. tandem status lists the gaps. If the ' +
        'failures bucket holds them, tandem redrive brings them back.',
    },
    {
      id: 'StateLogGap',
      metric: own('StateLogGap'),
      threshold: 0,
      text:
        'A log entry of a shard is missing: the state table was changed by hand or restored. ' +
        'Restore it to a point after the last commit; nothing is written meanwhile.',
    },
    {
      id: 'GivenUpBatches',
      metric: ownMetric(deployment, 'GivenUpBatches', 'Maximum'),
      threshold: 0,
      text:
        'Record batches were given up and lie in the failures bucket. Mend the cause, then run ' +
        'tandem redrive --dry-run, and tandem redrive.',
    },
  ];
}

function throttleAlarms({ storage, pipelines }: Watched): AlarmSpec[] {
  const operations = [Operation.TRANSACT_WRITE_ITEMS, Operation.GET_ITEM, Operation.QUERY];
  return [
    {
      id: 'StreamThrottled',
      metric: storage.stream.metricWriteProvisionedThroughputExceeded({
        statistic: 'Sum',
        period: FIVE_MINUTES,
      }),
      threshold: 100,
      periods: 3,
      text: 'Producers write more than the shards take: raise aws.shards, or use on_demand.',
    },
    {
      id: 'StateThrottled',
      metric: storage.state.metricThrottledRequestsForOperations({
        operations,
        period: FIVE_MINUTES,
      }),
      threshold: 10,
      periods: 3,
      text:
        'The state table throttles. A partition takes 1,000 write units per second: more shards ' +
        'spread the load.',
    },
    {
      id: 'FunctionsThrottled',
      metric: pipelines.stream.consumer.function.metricThrottles({ period: FIVE_MINUTES }),
      threshold: 0,
      periods: 3,
      text:
        'The account’s concurrency is used up, the consumer waits: lower aws.maxParallel, or ask ' +
        'for a higher quota.',
    },
  ];
}

function catalogueAlarms({ catalogue }: Watched): AlarmSpec[] {
  return [
    {
      id: 'CatalogueBehind',
      metric: catalogue.registration.function.metricErrors({ period: HOUR }),
      // Lambda repeats a failed call twice.
      threshold: 2,
      text:
        'Publications could not be brought to Glue: Athena shows the ones before. Read the log of ' +
        'the function of the catalogue stack, mend what it names, then invoke it with {}.',
    },
  ];
}
