import { type AlarmSpec, filled, type Watched } from './alarm-spec.ts';

/** Alarms for calls that reached no function. */
export function callAlarms({ pipelines, catalogue }: Watched): AlarmSpec[] {
  const queues = {
    batch: pipelines.batch.lostCalls,
    stream: pipelines.stream.lostCalls,
    comparison: pipelines.reconciliation.lostCalls,
    ...(catalogue === null ? {} : { catalogue: catalogue.lostCalls }),
  };
  const visible = Object.entries(queues).map(
    ([name, queue]) => [name, queue.metricApproximateNumberOfMessagesVisible()] as const,
  );
  return [
    {
      id: 'CallsLost',
      metric: filled(visible.map(([name]) => `{${name}}`).join(' + '), Object.fromEntries(visible)),
      threshold: 0,
      text:
        'Function calls failed on every attempt, or a rule could not reach its target; they are ' +
        'in the queues LostCalls. List them with their errors: npx tandem redrive --lost-calls ' +
        '--dry-run --target aws. Fix the cause, start a batch run (npx tandem batch --target ' +
        'aws), then empty the queues with the same command without --dry-run. The schedules ' +
        'repeat everything else.',
    },
  ];
}
