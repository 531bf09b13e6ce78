import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Config } from '../../../../lambdas/shared/model/config.ts';
import { type AlarmSpec, ownMetric, QUARTER_HOUR, type Watched } from './alarm-spec.ts';

/** Records waiting longer than this are worth an alarm, however long the stream keeps them. */
const MAX_UNREAD_MS = 3_600_000;

/** What is gathered on purpose waits for one window, and what fails is tried again. */
const PATIENT_WINDOWS = 6;

/** An hour, or a tenth of the retention; never what batches of usual size explain. */
function earlyWarningMs({ aws: { retentionMs, batchWindowMs } }: Config): number {
  return Math.max(Math.min(MAX_UNREAD_MS, retentionMs / 10), PATIENT_WINDOWS * batchWindowMs);
}

/**
 * Alarms for unread records. A consumer that is not called emits nothing, so the publisher's
 * metrics are watched.
 */
export function unreadAlarms({ deployment }: Watched): AlarmSpec[] {
  const { config } = deployment;
  const age = ownMetric(deployment, 'UnreadAge', 'Maximum', QUARTER_HOUR);
  return [
    {
      id: 'UnreadRecords',
      metric: age,
      threshold: earlyWarningMs(config) / 1_000,
      // The publisher runs each minute, and leaves it out only where it could not look.
      missing: TreatMissingData.BREACHING,
      text:
        'Records of the stream wait to be consumed, or the publisher could not check for 15 ' +
        'minutes. Check whether the event source mapping is disabled, and whether the consumer ' +
        'fails or is throttled. npx tandem status --target aws --all names the shards.',
    },
    {
      id: 'RecordsExpire',
      metric: age,
      threshold: config.aws.retentionMs / 2_000,
      text:
        'Records have been unread for more than half of the retention of the stream; beyond it ' +
        'they are lost. First raise the retention (aws.retention, then cdk deploy), then fix ' +
        'the cause as under UnreadRecords.',
    },
  ];
}
