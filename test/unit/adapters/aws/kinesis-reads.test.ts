import { describe, expect, it } from 'vitest';
import { RetryableError, ShardNotFoundError } from '../../../../lambdas/shared/model/errors.ts';
import type { EpochMs } from '../../../../lambdas/shared/model/time.ts';
import type { ReadPosition } from '../../../../lambdas/shared/ports/event-stream.ts';
import { broken, jsonError, type Script } from '../../../support/stubbed-aws.ts';
import {
  after,
  DAY_SEC,
  iterator,
  listed,
  NOW_SEC,
  opened,
  page,
  SHARD,
  shard,
  summary,
} from './open-kinesis.ts';

describe('a read', () => {
  it('fails when its position is too old, of another shard, or too often asked for', async () => {
    const read = (...script: Script) => opened(...script).stream.read(SHARD, after, 10);

    await expect(read(iterator, jsonError('ExpiredIteratorException'))).rejects.toThrow(
      'older than five minutes',
    );
    await expect(read(jsonError('InvalidArgumentException'))).rejects.toThrow(RangeError);
    for (const name of ['ProvisionedThroughputExceededException', 'LimitExceededException']) {
      await expect(read(jsonError(name))).rejects.toThrow(RetryableError);
      await expect(read(iterator, jsonError(name))).rejects.toThrow(RetryableError);
    }
    await expect(read(iterator, broken())).rejects.toThrow(RetryableError);
    await expect(read(jsonError('AccessDeniedException'))).rejects.toThrow(
      'allow kinesis:GetShardIterator on stream tandem-orders',
    );
  });

  it('tells a shard that is gone from a stream that is gone', async () => {
    const gone = jsonError('ResourceNotFoundException');

    await expect(opened(gone, summary(1)).stream.read(SHARD, after, 1)).rejects.toThrow(
      ShardNotFoundError,
    );
    await expect(opened(iterator, gone, summary(1)).stream.read(SHARD, after, 1)).rejects.toThrow(
      ShardNotFoundError,
    );
    await expect(opened(gone, gone).stream.read(SHARD, after, 1)).rejects.toThrow(
      'no stream tandem-orders',
    );
  });

  it('fails when a next is of another shard or of none', async () => {
    const { stream } = opened(iterator, page([]));
    const { next } = await stream.read(SHARD, { kind: 'start' }, 1).catch(() => ({ next: null }));
    expect(next).toBeNull();

    for (const token of ['x', '["shardId-000000000001","i",0,null]', '[]']) {
      await expect(stream.read(SHARD, { kind: 'next', token }, 1)).rejects.toThrow(RangeError);
    }
  });

  it('ends where Kinesis gives no further iterator', async () => {
    const { stream } = opened(iterator, page(['49', '50'], 0, null));

    const { records, next } = await stream.read(SHARD, after, 10);

    expect(records.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['50']);
    expect(next).toBeNull();
  });

  it('begins at the record that it is to come after, and leaves that out', async () => {
    const { aws, stream } = opened(iterator, page(['49', '50', '51']));

    const read = await stream.read(SHARD, after, 2);

    expect(read.records.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['50', '51']);
    expect(read.records[0].arrivalTimeMs).toBe((NOW_SEC - 60) * 1_000);
    expect(read.mayHaveLost).toBe(false);
    expect(aws.operations).toEqual(['GetShardIterator', 'GetRecords']);
    expect(JSON.parse(aws.requests[0].body)).toMatchObject({
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      StartingSequenceNumber: '49',
    });
    expect(JSON.parse(aws.requests[1].body).Limit).toBe(3);
  });
});

describe('a loss', () => {
  const atStart: ReadPosition = { kind: 'start' };
  const at = (sec: number): ReadPosition => ({
    kind: 'at_time',
    timeMs: (sec * 1_000) as EpochMs,
  });
  const here = listed(shard(0, ['0', '9']));
  const elsewhere = listed(shard(1, ['0', '9']));

  it.each([
    ['another record comes first', true, after, [page(['60']), summary(3), here]],
    ['no record comes up to the tip', true, after, [page([]), summary(3), here]],
    ['the shard ends without the record', true, after, [page([], 5, null), summary(3), here]],
    ['the stream is younger than its retention', false, after, [page(['60']), summary(0.5)]],
    ['the shard is younger', false, after, [page(['60']), summary(3), elsewhere]],
    ['a reader starts with an old shard', true, atStart, [page(['60']), summary(3), here]],
    ['a reader starts with a new shard', false, atStart, [page(['60']), summary(3), elsewhere]],
    ['the time is long past', true, at(NOW_SEC - 2 * DAY_SEC), [page([]), summary(3), here]],
    ['the time is within the retention', false, at(NOW_SEC - DAY_SEC / 2), [page([]), summary(3)]],
  ])('is possible or not where %s: %s', async (_name, mayHaveLost, position, script) => {
    const { stream } = opened(iterator, ...script);
    expect((await stream.read(SHARD, position, 5)).mayHaveLost).toBe(mayHaveLost);
  });

  it('stays open over empty reads, until the record or another one comes', async () => {
    const { stream } = opened(
      ...[iterator, page([], 9_000), page([], 8_000)],
      ...[page(['49', '50'], 7_000), page(['60']), summary(3), here],
    );
    const first = await stream.read(SHARD, after, 5);
    const second = await stream.read(SHARD, first.next ?? after, 5);
    expect([first.mayHaveLost, second.mayHaveLost]).toEqual([false, false]);

    const found = await stream.read(SHARD, second.next ?? after, 5);
    expect(found.records.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['50']);
    expect(found.mayHaveLost).toBe(false);

    const missed = await stream.read(SHARD, second.next ?? after, 5);
    expect(missed.records.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['60']);
    expect(missed.mayHaveLost).toBe(true);
  });

  it('is possible behind a read that was as old as the retention', async () => {
    const dayMs = DAY_SEC * 1_000;
    const { stream } = opened(
      ...[iterator, page(['49', '50'], dayMs - 60_000), page(['51']), summary(3)],
      ...[iterator, page(['49', '50'], dayMs / 2), page(['51'])],
    );
    for (const mayHaveLost of [true, false]) {
      const first = await stream.read(SHARD, after, 5);
      expect((await stream.read(SHARD, first.next ?? after, 5)).mayHaveLost).toBe(mayHaveLost);
    }
  });
});
