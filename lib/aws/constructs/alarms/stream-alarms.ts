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
        'The consumer is called, but is behind by more than a tenth of the stream’s retention; ' +
        'beyond it records are lost. Read its errors and throttles; more shards read faster.',
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
      metric: filled('{thrown} + {givenBack}', {
        thrown: consumer.function.metricErrors({ period: FIVE_MINUTES }),
        givenBack: ownMetric(deployment, 'ConsumerFailedBatches'),
      }),
      threshold: 2,
      text:
        'The consumer throws or gives batches back: a shard stands still until the cause is ' +
        'mended, the others go on. Its log names the cause (config, permission, state, throttle). ' +
        'No record is skipped meanwhile.',
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
