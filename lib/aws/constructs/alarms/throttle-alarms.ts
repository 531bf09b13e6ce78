import { Operation } from 'aws-cdk-lib/aws-dynamodb';
import { type AlarmSpec, FIVE_MINUTES, filled, type Watched } from './alarm-spec.ts';

/** Alarms for requests that the account or a service refuses because of a limit. */
export function throttleAlarms({ storage, pipelines }: Watched): AlarmSpec[] {
  const throttled = (operation: Operation) =>
    storage.state.metric('ThrottledRequests', {
      dimensionsMap: { TableName: storage.state.tableName, Operation: operation },
      statistic: 'Sum',
      period: FIVE_MINUTES,
    });
  return [
    {
      id: 'StreamThrottled',
      metric: storage.stream.metricWriteProvisionedThroughputExceeded({
        statistic: 'Sum',
        period: FIVE_MINUTES,
      }),
      threshold: 100,
      periods: 3,
      text: 'Producers write more than the shards accept. Raise aws.shards, or set aws.streamMode to on_demand.',
    },
    {
      id: 'StateThrottled',
      metric: filled('{writes} + {gets} + {queries}', {
        writes: throttled(Operation.TRANSACT_WRITE_ITEMS),
        gets: throttled(Operation.GET_ITEM),
        queries: throttled(Operation.QUERY),
      }),
      threshold: 10,
      periods: 3,
      text:
        'The state table throttles requests. One partition takes 1,000 write units per second; ' +
        'more shards spread the load.',
    },
    {
      id: 'FunctionsThrottled',
      metric: pipelines.stream.consumer.function.metricThrottles({ period: FIVE_MINUTES }),
      threshold: 0,
      periods: 3,
      text:
        'The concurrency of the account is used up and the consumer waits. Lower ' +
        'aws.maxParallel, or request a higher quota.',
    },
  ];
}
