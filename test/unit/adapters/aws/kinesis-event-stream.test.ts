import { describe, expect, it } from 'vitest';
import { makeKinesisClient } from '../../../../lambdas/shared/adapters/aws/clients.ts';
import { KinesisEventStream } from '../../../../lambdas/shared/adapters/aws/kinesis-event-stream.ts';
import {
  RetryableError,
  ShardNotFoundError,
  TerminalError,
} from '../../../../lambdas/shared/model/errors.ts';
import {
  broken,
  json,
  jsonError,
  StubbedAws,
  skippingClock,
} from '../../../support/stubbed-aws.ts';
import { closed, listed, NOW_SEC, opened, SHARD, shard, summary } from './open-kinesis.ts';

describe('a put', () => {
  const records = ['a', 'b', 'c'].map((partitionKey) => ({ partitionKey, data: Buffer.from('x') }));

  it('answers each record in its place where some were not stored', async () => {
    const { stream } = opened(
      json({
        FailedRecordCount: 2,
        Records: [
          { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' },
          { ShardId: SHARD, SequenceNumber: '50' },
          { ErrorCode: 'InternalFailure', ErrorMessage: 'oh' },
        ],
      }),
    );

    expect(await stream.put(records)).toEqual([
      { status: 'throttled', message: 'ProvisionedThroughputExceededException: slow down' },
      { status: 'stored', shardId: SHARD, sequenceNumber: '50' },
      { status: 'failed', message: 'InternalFailure: oh' },
    ]);
  });

  it.each([
    ['its answer is lost', broken()],
    ['the service fails', jsonError('InternalFailureException', {}, 500)],
    ['all of it is throttled', jsonError('ProvisionedThroughputExceededException')],
    ['there is no connection', broken('ECONNREFUSED')],
  ])('fails when %s', async (_name, answer) => {
    await expect(opened(answer).stream.put(records)).rejects.toThrow(RetryableError);
  });

  it('is not repeated by the client once its answer is lost', async () => {
    const aws = new StubbedAws([broken(), json({})]);
    const client = makeKinesisClient({}, { ...aws.config, maxAttempts: 3 });
    const stream = new KinesisEventStream({ client, name: 'o', clock: skippingClock() });

    await expect(stream.put(records)).rejects.toThrow('put into stream o: no answer');
    expect(aws.requests).toHaveLength(1);
  });
});

describe('what the stream tells', () => {
  it('lists shards of all pages with their lineage, in order of ids', async () => {
    const { aws, stream } = opened(
      json({
        NextToken: 'page-2',
        Shards: [
          shard(3, ['0', '9'], { ParentShardId: 'p', AdjacentParentShardId: 'q' }),
          shard(1, ['5', '9'], closed),
        ],
      }),
      listed(shard(2, ['0', '4'], { ParentShardId: 'p' })),
    );

    expect(await stream.listShards()).toEqual([
      { ...withId(1), parentShardIds: [], hashKeyRange: { start: '5', end: '9' } },
      { ...withId(2), parentShardIds: ['p'], hashKeyRange: { start: '0', end: '4' } },
      { ...withId(3), parentShardIds: ['p', 'q'], hashKeyRange: { start: '0', end: '9' } },
    ]);
    expect(JSON.parse(aws.requests[1].body)).toEqual({ NextToken: 'page-2' });
  });

  it('is another one when it was made anew', async () => {
    const { stream } = opened(summary(3), summary(3), summary(2));
    const [first, second, third] = [
      await stream.identity(),
      await stream.identity(),
      await stream.identity(),
    ];
    expect(first).toBe(
      'arn:aws:kinesis:eu-central-1:123456789012:stream/tandem-orders@1767744000000',
    );
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('has the clock of the answer, at the end of its second', async () => {
    expect(await opened(summary(3)).stream.now()).toBe(NOW_SEC * 1_000 + 999);
  });
});

const withId = (index: number) => ({ shardId: `shardId-00000000000${index}` });

describe('a reshard', () => {
  const whole: [string, string] = ['0', '99'];

  it('waits until the stream takes it, and until it is done', async () => {
    const child = { ParentShardId: SHARD };
    const { aws, stream } = opened(
      listed(shard(0, whole)),
      ...[summary(3, 'UPDATING'), summary(3), json({}), summary(3, 'UPDATING'), summary(3)],
      listed(shard(0, whole, closed), shard(2, ['0', '49'], child), shard(1, ['50', '99'], child)),
    );

    const [low, high] = await stream.split(SHARD);

    expect([low.shardId, high.shardId]).toEqual([withId(2).shardId, withId(1).shardId]);
    expect(JSON.parse(aws.requests[3].body)).toMatchObject({
      ShardToSplit: SHARD,
      NewStartingHashKey: '50',
    });
  });

  it('fails when the shard is closed, unknown, no neighbour, or somebody else is at it', async () => {
    const old = listed(shard(0, whole, closed));
    await expect(opened(old).stream.split(SHARD)).rejects.toThrow(TerminalError);
    await expect(opened(old).stream.split('shardId-000000000007')).rejects.toThrow(
      ShardNotFoundError,
    );
    const two = listed(shard(0, ['0', '9']), shard(1, ['20', '29']));
    await expect(opened(two, two).stream.merge(SHARD, withId(1).shardId)).rejects.toThrow(
      'are not adjacent',
    );
    const busy = [listed(shard(0, whole)), summary(3), jsonError('ResourceInUseException')];
    await expect(opened(...busy).stream.split(SHARD)).rejects.toThrow(RetryableError);
  });
});
