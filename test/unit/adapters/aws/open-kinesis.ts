import { makeKinesisClient } from '../../../../lambdas/shared/adapters/aws/clients.ts';
import { KinesisEventStream } from '../../../../lambdas/shared/adapters/aws/kinesis-event-stream.ts';
import type { ReadPosition } from '../../../../lambdas/shared/ports/event-stream.ts';
import {
  json,
  type Script,
  type StubAnswer,
  StubbedAws,
  skippingClock,
} from '../../../support/stubbed-aws.ts';

export const SHARD = 'shardId-000000000000';
export const DAY_SEC = 86_400;
/** 2026-01-10T00:00:00Z, the service's clock in these tests. */
export const NOW_SEC = 1_768_003_200;
export const DATE = { date: 'Sat, 10 Jan 2026 00:00:00 GMT' };

export function opened(...script: Script): { aws: StubbedAws; stream: KinesisEventStream } {
  const aws = new StubbedAws(script);
  const client = makeKinesisClient({}, aws.config);
  const options = { client, name: 'orders', streamName: 'tandem-orders' };
  return { aws, stream: new KinesisEventStream({ ...options, clock: skippingClock() }) };
}

export const iterator: StubAnswer = json({ ShardIterator: 'iterator-1' });
export const stored = (sequenceNumber: string) => ({
  SequenceNumber: sequenceNumber,
  PartitionKey: 'k',
  ApproximateArrivalTimestamp: NOW_SEC - 60,
  Data: Buffer.from('data').toString('base64'),
});
export const page = (sequenceNumbers: string[], behindMs = 0, next: string | null = 'iterator-2') =>
  json({
    Records: sequenceNumbers.map(stored),
    MillisBehindLatest: behindMs,
    ...(next !== null && { NextShardIterator: next }),
  });
export const summary = (ageDays: number, status = 'ACTIVE') =>
  json(
    {
      StreamDescriptionSummary: {
        StreamARN: 'arn:aws:kinesis:eu-central-1:123456789012:stream/tandem-orders',
        StreamCreationTimestamp: NOW_SEC - ageDays * DAY_SEC,
        RetentionPeriodHours: 24,
        StreamStatus: status,
      },
    },
    DATE,
  );
export const shard = (index: number, range: [string, string], extra: object = {}) => ({
  ShardId: `shardId-00000000000${index}`,
  HashKeyRange: { StartingHashKey: range[0], EndingHashKey: range[1] },
  SequenceNumberRange: { StartingSequenceNumber: '1' },
  ...extra,
});
export const listed = (...shards: object[]) => json({ Shards: shards });
export const closed = {
  SequenceNumberRange: { StartingSequenceNumber: '1', EndingSequenceNumber: '9' },
};

export const after: ReadPosition = { kind: 'after', sequenceNumber: '49' };
