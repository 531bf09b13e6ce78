import { type AlarmSpec, filled, type Watched } from './alarm-spec.ts';

/** Calls that nobody took. */
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
        'the queues LostCalls. Each message names the function and its error. Mend it, request a ' +
        'batch run, then purge the queue: the schedules make up for all else.',
    },
  ];
}
