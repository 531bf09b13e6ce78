import { describe, expect, it } from 'vitest';
import { RetryableError, ShardNotFoundError } from '../../../../lambdas/shared/model/errors.ts';
import type { EpochMs } from '../../../../lambdas/shared/model/time.ts';
import type { ReadPosition } from '../../../../lambdas/shared/ports/event-stream.ts';
import { after, keysOf, record, START, shardIdsOf } from '../../../contract/stream-facts.ts';
import { MemoryEventStream } from '../../../support/memory/memory-event-stream.ts';
import { VirtualClock } from '../../../support/memory/virtual-clock.ts';

const SHARD = 'shardId-000000000000';
const atTime = (timeMs: number): ReadPosition => ({ kind: 'at_time', timeMs: timeMs as EpochMs });

/** One shard with `a`, `b`, `c`, `d`, which arrived at 0, 10, 20 and 30 s; now it is 40 s. */
async function fourRecords() {
  const clock = new VirtualClock();
  const stream = new MemoryEventStream({ name: 'orders', clock });
  const sequenceNumbers: string[] = [];
  for (const key of ['a', 'b', 'c', 'd']) {
    const [result] = await stream.put([record(key)]);
    if (result.status === 'stored') sequenceNumbers.push(result.sequenceNumber);
    await clock.advance(10_000);
  }
  return { clock, stream, sequenceNumbers };
}

describe('records that go by age', () => {
  it('go with all before them', async () => {
    const { stream, sequenceNumbers } = await fourRecords();

    stream.trimThrough(SHARD, sequenceNumbers[1]);

    expect(keysOf((await stream.read(SHARD, START, 10)).records)).toEqual(['c', 'd']);
    stream.trimThrough(SHARD, sequenceNumbers[0]);
    expect(keysOf((await stream.read(SHARD, START, 10)).records)).toEqual(['c', 'd']);
  });

  it('go when they are older than an age', async () => {
    const { stream } = await fourRecords();

    stream.expire(30_000);

    expect(keysOf((await stream.read(SHARD, START, 10)).records)).toEqual(['b', 'c', 'd']);
    stream.expire(0);
    expect((await stream.read(SHARD, START, 10)).records).toEqual([]);
    await stream.put([record('e')]);
    expect(keysOf((await stream.read(SHARD, START, 10)).records)).toEqual(['e']);
  });

  it('are told to a reader who may have missed them', async () => {
    const { stream, sequenceNumbers } = await fourRecords();
    const { next } = await stream.read(SHARD, START, 1);
    const mayHaveLost = async (position: ReadPosition | null) =>
      position !== null && (await stream.read(SHARD, position, 1)).mayHaveLost;
    const positions = [
      START,
      ...sequenceNumbers.map((sequenceNumber) => after({ sequenceNumber })),
      atTime(10_000),
      atTime(10_001),
      next,
    ];

    const verdicts = () => Promise.all(positions.map(mayHaveLost));
    expect(await verdicts()).toEqual(positions.map(() => false));
    stream.trimThrough(SHARD, sequenceNumbers[1]);
    expect(await verdicts()).toEqual([true, true, false, false, false, true, false, true]);
  });

  it('take their closed shard with them', async () => {
    const { clock, stream } = await fourRecords();
    await stream.split(SHARD);
    await clock.advance(10_000);

    stream.expire(10_000);
    expect(await shardIdsOf(stream)).toContain(SHARD);
    expect(await stream.read(SHARD, START, 10)).toMatchObject({ records: [], next: null });

    stream.expire(9_999);
    expect(await shardIdsOf(stream)).toEqual(['shardId-000000000001', 'shardId-000000000002']);
    await expect(stream.read(SHARD, START, 10)).rejects.toThrow(ShardNotFoundError);
  });
});

describe('a next position', () => {
  it('is good for five minutes', async () => {
    const { clock, stream } = await fourRecords();
    const { next } = await stream.read(SHARD, START, 1);
    if (next === null) throw new Error('an open shard has ended');

    await clock.advance(300_000);
    expect(keysOf((await stream.read(SHARD, next, 1)).records)).toEqual(['b']);
    await clock.advance(1);
    await expect(stream.read(SHARD, next, 1)).rejects.toThrow(RetryableError);
  });
});

describe('an identity', () => {
  it('differs for a stream that is made later, or is given one', async () => {
    const clock = new VirtualClock();
    const first = new MemoryEventStream({ name: 'orders', clock });
    await clock.advance(1);
    const second = new MemoryEventStream({ name: 'orders', clock });
    const third = new MemoryEventStream({ name: 'orders', clock, identity: 'third' });

    expect(await first.identity()).not.toBe(await second.identity());
    expect(await third.identity()).toBe('third');
  });
});
