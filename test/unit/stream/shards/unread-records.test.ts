import { describe, expect, it } from 'vitest';
import { RetryableError, TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import type { EventStream } from '../../../../lambdas/shared/ports/event-stream.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import {
  lookAtTip,
  type StreamUnread,
  tellUnread,
} from '../../../../lambdas/stream/shards/look-at-tip.ts';
import { settleShards } from '../../../../lambdas/stream/shards/shard-registry.ts';
import {
  anEvent,
  createStreamWorld,
  readingOnly,
  type StreamWorld,
} from '../../../support/stream-world.ts';

const FIRST = 'shardId-000000000000';
const SECOND = 'shardId-000000000001';
const NOTHING: StreamUnread = {
  records: 0,
  isExact: true,
  oldestAgeSec: 0,
  oldestIn: null,
  shards: 0,
  unknownShards: 0,
};

async function send(world: StreamWorld, ...ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += 500) {
    const records = ids.slice(from, from + 500).map((id) => ({
      partitionKey: id,
      data: anEvent({ order_id: id }),
    }));
    await world.stream.put(records);
  }
}

/** The first so many records of a shard, or all. */
async function consume(world: StreamWorld, context: StreamContext, shardId: string, count = 1e4) {
  const { records } = await world.stream.read(shardId, { kind: 'start' }, count);
  if (records.length > 0) await new OrderConsumer(context).consume(shardId, records);
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `o${index}`);

/** Kinesis refuses reads of one shard, so many times. */
function throttled(context: StreamContext, shardId: string, times: number): StreamContext {
  let left = times;
  const read: EventStream['read'] = async (asked, ...rest) => {
    if (asked === shardId && left-- > 0) throw new RetryableError('throughput exceeded');
    return await context.stream.read(asked, ...rest);
  };
  return { ...context, stream: { ...readingOnly(context.stream), read } };
}

describe('a look at the tip of a stream', () => {
  it('finds nothing in shards that are empty, with a HEAD or without', async () => {
    const world = createStreamWorld({ shardCount: 2 });
    const context = await world.open();

    expect(await lookAtTip(context)).toEqual(NOTHING);
    await settleShards(context);
    expect(await lookAtTip(context)).toEqual(NOTHING);
  });

  it('finds what was sent although nobody was ever called to consume it', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, 'a', 'b');
    await world.clock.advance(7_200_000);
    await send(world, 'c');

    const unread = {
      records: 3,
      isExact: true,
      oldestAgeSec: 7_200,
      oldestIn: FIRST,
      shards: 1,
      unknownShards: 0,
    };
    expect(await lookAtTip(context)).toEqual(unread);
    // The publisher makes the HEAD; that consumes nothing.
    await settleShards(context);
    expect(await lookAtTip(context)).toEqual(unread);
  });

  it('grows older while nobody consumes, and is nothing once somebody has', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, 'a');
    await consume(world, context, FIRST);
    await send(world, 'b');

    const ages: number[] = [];
    for (let hour = 0; hour < 3; hour++) {
      await world.clock.advance(3_600_000);
      ages.push((await lookAtTip(context)).oldestAgeSec);
    }
    await consume(world, context, FIRST);

    expect(ages).toEqual([3_600, 7_200, 10_800]);
    expect(await lookAtTip(context)).toEqual(NOTHING);
  });

  it('tells of a consumer that is merely slow how far it is behind', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, ...numbered(10));
    await world.clock.advance(60_000);
    await send(world, 'later');
    await consume(world, context, FIRST, 10);
    await world.clock.advance(30_000);

    expect(await lookAtTip(context)).toMatchObject({ records: 1, oldestAgeSec: 30 });
  });

  it('says at least how many are unread where it reads no further', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, ...numbered(99));
    expect(await lookAtTip(context)).toMatchObject({ records: 99, isExact: true });
    await send(world, 'one more', 'and one more');

    expect(await lookAtTip(context)).toMatchObject({ records: 100, isExact: false });
  });

  it('adds shards up, and takes the age of the oldest record of all', async () => {
    const world = createStreamWorld({ shardCount: 2 });
    const context = await world.open();
    await send(world, ...numbered(20));
    await consume(world, context, FIRST);
    const before = await lookAtTip(context);
    await world.clock.advance(5_000);
    await send(world, ...numbered(20));

    const after = await lookAtTip(context);

    expect(before).toMatchObject({ shards: 1, oldestIn: SECOND, oldestAgeSec: 0 });
    expect(after).toMatchObject({ shards: 2, oldestIn: SECOND, oldestAgeSec: 5 });
    expect(after.records).toBe(before.records + 20);
  });

  it('finds what is unread in a parent and in its children, until both are consumed', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, 'a', 'b');
    const children = await world.stream.split(FIRST);
    await world.clock.advance(1_000);
    await send(world, ...numbered(10));

    expect(await lookAtTip(context)).toMatchObject({ records: 12, shards: 3, oldestIn: FIRST });

    await consume(world, context, FIRST);
    expect(await lookAtTip(context)).toMatchObject({ records: 10, shards: 2 });
    for (const { shardId } of children) await consume(world, context, shardId);
    expect(await lookAtTip(context)).toEqual(NOTHING);
    // The parent is sealed by now.
    await settleShards(context);
    expect(await lookAtTip(context)).toEqual(NOTHING);
  });
});

describe('a shard that gives no answer', () => {
  it('is asked again, for other readers may have used up its reads', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, 'a');

    const look = lookAtTip(throttled(context, FIRST, 2));
    await world.clock.advance(2_000);

    expect(await look).toMatchObject({ records: 1, unknownShards: 0 });
  });

  it('does not hide the others, and leaves the age of all unknown', async () => {
    const world = createStreamWorld({ shardCount: 2 });
    const context = await world.open();
    await send(world, ...numbered(20));

    const look = lookAtTip(throttled(context, FIRST, 1e9));
    await world.clock.advance(10_000);
    const unread = await look;
    const told: [string, number][] = [];
    tellUnread(unread, (name, value) => told.push([name, value]));

    expect(unread).toMatchObject({ shards: 1, oldestIn: SECOND, unknownShards: 1, isExact: false });
    expect(told).toEqual([['UnreadRecordsAtLeast', unread.records]]);
  });

  it('fails when no retry can help', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const { stream } = context;
    const denied: EventStream = {
      ...readingOnly(stream),
      read: async () => {
        throw new TerminalError('access_denied', `may not read ${stream.name}`);
      },
    };

    await expect(lookAtTip({ ...context, stream: denied })).rejects.toThrow('may not read orders');
  });
});

describe('the metrics of unread records', () => {
  it('are 0 while nothing is unread, so that silence is a fault of the publisher', () => {
    const told: [string, number][] = [];
    tellUnread(NOTHING, (name, value) => told.push([name, value]));

    expect(told).toEqual([
      ['UnreadRecordsAtLeast', 0],
      ['UnreadAge', 0],
    ]);
  });
});
