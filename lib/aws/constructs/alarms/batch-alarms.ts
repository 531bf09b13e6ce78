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
        'A batch run failed; the tables are those of the run before. Read ' +
        'state/batch/failures/<runId>.json in the lake, mend what it names, then ask for a run: ' +
        'npx tandem batch --target aws.',
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
        'Look at the issues in the newest manifest, and at the table quarantine.',
    },
    {
      id: 'NotificationsLost',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible(),
      threshold: 0,
      text:
        'Notifications of uploads could not be handled and lie in the dead-letter queue. Read ' +
        'the log of StartFunction, mend the cause, then move them back: npx tandem redrive ' +
        '--notifications --target aws.',
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
        'log of ReconcileFunction: where the time was over, run tandem reconcile --target aws.',
    },
  ];
}
