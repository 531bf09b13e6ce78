import type { MetricName } from '../../../../lambdas/shared/ports/metrics.ts';
import { type AlarmSpec, ownMetric, type Watched } from './alarm-spec.ts';

/** Alarms for records that may be lost, or already are. */
export function lossAlarms({ deployment }: Watched): AlarmSpec[] {
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
