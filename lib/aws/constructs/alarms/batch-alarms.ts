import type { GaugeName } from '../../../../lambdas/shared/runtime/lambda-handler.ts';
import { type AlarmSpec, filled, HOUR, ownMetric, type Watched } from './alarm-spec.ts';

/** Share of quarantined records worth an alarm. */
const MAX_QUARANTINE_RATE = 0.2;

/** Alarms for batch runs, and for the comparison that follows them. */
export function batchAlarms({ deployment, pipelines }: Watched): AlarmSpec[] {
  const { stateMachine, deadLetters } = pipelines.batch;
  const { reconcile } = pipelines.reconciliation;
  const own = (name: GaugeName) => ownMetric(deployment, name);
  const endedBadly = filled('{failed} + {timedOut} + {aborted}', {
    failed: stateMachine.metricFailed(),
    timedOut: stateMachine.metricTimedOut(),
    aborted: stateMachine.metricAborted(),
  });
  return [
    {
      id: 'RunFailed',
      metric: endedBadly,
      threshold: 0,
      text:
        'A batch run failed; the tables are those of an earlier run. Read ' +
        'state/batch/failures/<runId>.json in the lake, fix the cause, then start a run: npx ' +
        'tandem batch --target aws.',
    },
    {
      id: 'QuarantineRate',
      metric: filled('IF({records} > 0, {quarantined} / {records}, 0)', {
        quarantined: own('RecordsQuarantined'),
        records: own('RecordsRead'),
      }),
      threshold: MAX_QUARANTINE_RATE,
      text:
        'More than a fifth of the records are quarantined: a producer or an export has changed. ' +
        'Check the issues in the newest manifest and the table quarantine.',
    },
    {
      id: 'NotificationsLost',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible(),
      threshold: 0,
      text:
        'Upload notifications could not be handled and are in the dead-letter queue. Read the ' +
        'log of StartFunction, fix the cause, then send them again: npx tandem redrive ' +
        '--notifications --target aws.',
    },
    {
      id: 'UnexplainedDifferences',
      metric: own('UnexplainedDifferences'),
      threshold: 0,
      text:
        'Batch and stream differ and no rule explains it. Run npx tandem reconcile --target aws ' +
        'and read the differences before you replay anything.',
    },
    {
      id: 'ComparisonFailed',
      metric: reconcile.function.metricErrors({ period: HOUR }),
      // Lambda repeats a failed comparison twice: by then a run that went away has a successor.
      threshold: 2,
      text:
        'Batch and stream could not be compared, so differences would go unnoticed. Read the ' +
        'log of ReconcileFunction; if it timed out, run npx tandem reconcile --target aws.',
    },
  ];
}
