import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { MAX_WAKE_MS } from '../../../../lambdas/shared/ports/run-launcher.ts';
import {
  type AlarmSpec,
  FIVE_MINUTES,
  filled,
  ownMetric,
  QUARTER_HOUR,
  type Watched,
} from './alarm-spec.ts';

/** Errors of the starter in five minutes that no race between its calls explains. */
const MAX_ERRORS = 2;

/** A message is read within seconds once it is due; calls for later are held back until then. */
const MAX_MESSAGE_AGE_SEC = MAX_WAKE_MS / 1_000 + 600;

/** Alarms for the way from an upload to the start of its run. */
export function startAlarms({ deployment, pipelines }: Watched): AlarmSpec[] {
  const { starter, queue } = pipelines.batch;
  const { maxWaitMs, minIntervalMs } = deployment.config.batch;
  return [
    {
      id: 'UploadsWait',
      metric: ownMetric(deployment, 'UploadWait', 'Maximum', QUARTER_HOUR),
      // Nothing starts sooner than the interval allows, however long it has waited.
      threshold: (2 * Math.max(maxWaitMs, minIntervalMs)) / 1_000,
      // The starter tells it with each tick of five minutes: one that does not is no less trouble.
      missing: TreatMissingData.BREACHING,
      text:
        'Uploads have waited for a run for more than twice batch.maxWait, or the starter has ' +
        'not reported for 15 minutes. Check whether a run takes that long, and read the log of ' +
        'StartFunction.',
    },
    {
      id: 'StarterErrors',
      metric: filled(`IF({errors} > ${MAX_ERRORS} OR {ageSec} > ${MAX_MESSAGE_AGE_SEC}, 1, 0)`, {
        errors: starter.function.metricErrors({ period: FIVE_MINUTES }),
        ageSec: queue.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES }),
      }),
      threshold: 0,
      text:
        'StartFunction fails, or upload notifications in its queue stay unread, so no run ' +
        'starts. Read its log for the cause. Nothing is lost: after two hours of failures they ' +
        'move to NotificationsLost.',
    },
  ];
}
