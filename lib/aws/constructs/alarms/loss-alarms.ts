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
        'Records expired from the stream before they were consumed. npx tandem status --target ' +
        'aws --all lists the gaps. If the failures bucket holds the records, npx tandem redrive ' +
        '--target aws restores them.',
    },
    {
      id: 'StateLogGap',
      metric: own('StateLogGap'),
      threshold: 0,
      text:
        'A log entry of a shard is missing: the state table was changed by hand or restored to ' +
        'an earlier point. Restore it to a point after the last commit; nothing is written ' +
        'until then.',
    },
    {
      id: 'GivenUpBatches',
      metric: ownMetric(deployment, 'GivenUpBatches', 'Maximum'),
      threshold: 0,
      text:
        'Lambda gave up on record batches; they are in the failures bucket. Fix the cause, then ' +
        'run npx tandem redrive --dry-run --target aws, and the same without --dry-run.',
    },
  ];
}
