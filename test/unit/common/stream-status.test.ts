import { describe, expect, it } from 'vitest';
import { streamStatusText } from '../../../bin/text/stream-status-text.ts';
import { RetryableError } from '../../../lambdas/shared/model/errors.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../../lambdas/stream/consume/consume-orders.ts';
import { EpochDimensions } from '../../../lambdas/stream/publish/plan/epoch-dimensions.ts';
import { publishEpoch } from '../../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import type { CountingStream } from '../../../lambdas/stream/shards/count-unread.ts';
import { settleShards } from '../../../lambdas/stream/shards/shard-registry.ts';
import type { StreamSight } from '../../../lib/common/stream-sight.ts';
import { readStreamStatus } from '../../../lib/common/stream-status.ts';
import {
  anEvent,
  createStreamWorld,
  readingOnly,
  type StreamWorld,
} from '../../support/stream-world.ts';

const FIRST = 'shardId-000000000000';
const SECOND = 'shardId-000000000001';

async function send(world: StreamWorld, ids: readonly string[], partitionKey?: string) {
  const records = ids.map((id) => ({
    partitionKey: partitionKey ?? id,
    data: anEvent({ order_id: id }),
  }));
  return await world.stream.put(records);
}

async function consumeAll(world: StreamWorld, context: StreamContext, shardId: string) {
  const { records } = await world.stream.read(shardId, { kind: 'start' }, 10_000);
  await new OrderConsumer(context).consume(shardId, records);
}

type CountFrom = CountingStream['countFrom'];

function sightOf(world: StreamWorld, context: StreamContext): StreamSight {
  const countFrom: CountFrom = async (shardId, position) =>
    (await world.stream.read(shardId, position, 10_000)).records.length;
  const stream = Object.assign(world.stream, { countFrom });
  const isPublisher = true;
  return { context, stream, isBegun: true, differences: [], isPublisher, close: () => undefined };
}

describe('the status of a stream', () => {
  it('has the lag of each shard in records and by the age of the oldest', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, ['a']);
    await consumeAll(world, context, FIRST);
    await send(world, ['b']);
    await world.clock.advance(3_000);
    await send(world, ['c']);

    const { shards } = await readStreamStatus(sightOf(world, context));

    expect(shards[0]).toMatchObject({
      state: 'behind',
      whyNotIdle: 'records are unread',
      unreadRecords: 2,
      lagMs: 3_000,
      lastEntry: { version: 1, kind: 'records' },
    });
  });

  it('has at least so many where the stream cannot count', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const ids = Array.from({ length: 120 }, (_, index) => `o${index}`);
    await send(world, ids.slice(0, 40));
    const sight = { ...sightOf(world, context), stream: readingOnly(world.stream) };

    const few = await readStreamStatus(sight);
    await send(world, ids.slice(40));
    const many = await readStreamStatus(sight);

    expect(few.shards[0]).toMatchObject({ unreadRecords: 40, unreadAtLeast: 40 });
    expect(many.shards[0]).toMatchObject({ unreadRecords: null, unreadAtLeast: 100 });
    expect(streamStatusText(many, 'stream', world.clock.now())).toMatch(/new .* ≥ 100 /);
  });

  it('says which shard holds the watermark back, and why', async () => {
    const world = createStreamWorld({ shardCount: 2 });
    const context = await world.open();
    await send(world, ['a', 'b', 'c', 'd', 'e']);
    await settleShards(context);
    await consumeAll(world, context, FIRST);

    const { heldBackBy } = await readStreamStatus(sightOf(world, context));

    expect(heldBackBy).toMatchObject({
      shardId: SECOND,
      state: 'behind',
      whyNotIdle: 'records are unread',
      watermarkMs: null,
    });
  });

  it('becomes idle after a while without records', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, ['a']);
    await consumeAll(world, context, FIRST);

    const before = await readStreamStatus(sightOf(world, context));
    await world.clock.advance(60_000);
    const after = await readStreamStatus(sightOf(world, context));

    expect(before.shards[0]).toMatchObject({
      state: 'active',
      whyNotIdle: 'silent for 0 s, idle after 60 s',
    });
    expect(after.shards[0]).toMatchObject({ state: 'idle', whyNotIdle: null });
  });

  it('counts records whose partition key is another than their order id', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, ['a', 'b', 'c'], 'b');
    await consumeAll(world, context, FIRST);

    const { shards } = await readStreamStatus(sightOf(world, context));

    expect(shards[0].otherKeys).toBe(2);
  });

  it('lists gaps before and after they are published', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const [a] = await send(world, ['a']);
    await consumeAll(world, context, FIRST);
    const [b] = await send(world, ['b']);
    await send(world, ['c']);
    const lost = b.status === 'stored' ? b.sequenceNumber : '';
    world.stream.trimThrough(FIRST, lost);
    await consumeAll(world, context, FIRST);
    const after = a.status === 'stored' ? a.sequenceNumber : '';

    const before = await readStreamStatus(sightOf(world, context));
    await publishEpoch(context, new InlineEpochWriter(context));
    const published = await readStreamStatus(sightOf(world, context));

    expect(before.gaps).toEqual([{ shardId: FIRST, version: 2, after }]);
    expect(published.gaps).toEqual(before.gaps);
  });

  it('shows an epoch that is planned and not committed, whose it is and its age', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, ['a']);
    await consumeAll(world, context, FIRST);
    const failing = {
      dimensions: new EpochDimensions(context),
      write: async () => {
        throw new RetryableError('killed');
      },
    };
    await publishEpoch({ ...context, codeVersion: 'older' }, failing).catch(() => undefined);
    await world.clock.advance(5_000);

    const { planned, manifest } = await readStreamStatus(sightOf(world, context));

    expect(planned).toEqual({ epoch: 1, ageMs: 5_000, codeVersion: 'older', isOurs: false });
    expect(manifest).toBeNull();
  });

  it('has sealed shards and those that follow them', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, ['a']);
    await consumeAll(world, context, FIRST);
    await world.stream.split(FIRST);

    const before = await readStreamStatus(sightOf(world, context));
    await settleShards(context);
    const after = await readStreamStatus(sightOf(world, context));

    expect(before.shards.map(({ state }) => state)).toEqual(['active', 'new', 'new']);
    expect(after.shards.map(({ state }) => state)).toEqual(['sealed', 'active', 'active']);
    expect(after.shards[0].children).toHaveLength(2);
    expect(after.heldBackBy).toBeNull();
  });
});
