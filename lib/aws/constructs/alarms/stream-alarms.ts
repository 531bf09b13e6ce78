import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type AlarmSpec,
  FIVE_MINUTES,
  filled,
  ownMetric,
  QUARTER_HOUR,
  type Watched,
} from './alarm-spec.ts';

/** Beyond the delay that is configured, seconds. */
const WATERMARK_SLACK_SEC = 900;

/** Alarms for the stream's consumer and publisher. */
export function streamAlarms({ deployment, pipelines }: Watched): AlarmSpec[] {
  const { consumer, publisher } = pipelines.stream;
  const { aws, stream, windows } = deployment.config;
  const usualLagSec = (stream.watermarkDelayMs + windows.lengthMs) / 1000;
  return [
    {
      id: 'IteratorAge',
      metric: consumer.function.metric('IteratorAge', { statistic: 'Maximum' }),
      threshold: aws.retentionMs / 10,
      text:
        'The consumer lags by more than a tenth of the retention of the stream; beyond the ' +
        'retention records are lost. Check its errors and throttles; more shards read faster.',
    },
    {
      id: 'WatermarkLag',
      metric: ownMetric(deployment, 'WatermarkLag', 'Maximum'),
      threshold: usualLagSec + WATERMARK_SLACK_SEC,
      periods: 3,
      text:
        'Windows stay open longer than stream.watermarkDelay explains. npx tandem status ' +
        '--target aws names the shard that holds the watermark back, and why.',
    },
    {
      id: 'NothingCommitted',
      metric: ownMetric(deployment, 'Publications', 'Sum', QUARTER_HOUR),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: TreatMissingData.BREACHING,
      text:
        'No run of the publisher has succeeded for 15 minutes, so entries may be waiting. Read ' +
        'its log: restore a missing segment; a plan of another version is replaced after ' +
        'stream.replanAfter.',
    },
    {
      id: 'ConsumerErrors',
      metric: filled('{thrown} + {givenBack}', {
        thrown: consumer.function.metricErrors({ period: FIVE_MINUTES }),
        givenBack: ownMetric(deployment, 'ConsumerFailedBatches'),
      }),
      threshold: 2,
      text:
        'The consumer throws or returns batches: the affected shard waits until the cause is ' +
        'fixed, the others continue. No record is skipped. Read its log for the cause (config, ' +
        'permission, state, throttling).',
    },
    {
      id: 'DimensionsKept',
      metric: ownMetric(deployment, 'Warning_dimension_kept_before'),
      threshold: 0,
      text:
        'A file of customers or products cannot be read, so epochs are joined with the files of ' +
        'an earlier epoch. npx tandem status --target aws names the file and the reason; fix ' +
        'the file.',
    },
    {
      id: 'PublisherErrors',
      metric: publisher.function.metricErrors({ period: QUARTER_HOUR }),
      threshold: 3,
      text: 'The publisher fails repeatedly. Read its log for the cause.',
    },
  ];
}
