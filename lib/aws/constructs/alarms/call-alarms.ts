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
        'Calls of functions failed each time, or a rule could not reach its target; they lie in ' +
        'the queues LostCalls. npx tandem redrive --lost-calls --dry-run --target aws names each ' +
        'and its error. Mend it, ask for a batch run (npx tandem batch --target aws), then empty ' +
        'the queues by the same command without --dry-run: the schedules make up for all else.',
    },
  ];
}
