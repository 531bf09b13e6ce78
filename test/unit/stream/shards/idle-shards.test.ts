import { describe, expect, it } from 'vitest';
import { readHead, readLog } from '../../../../lambdas/shared/state/fold.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { publishEpoch } from '../../../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { consumeAll, currentManifest, rowsOf, sendOrders } from '../../../support/stream-steps.ts';
import { createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const [FIRST, SECOND] = ['shardId-000000000000', 'shardId-000000000001'];
const MINUTE_MS = 60_000;

/** Order `a` lies in the first of two shards, order `b` in the second. */
async function twoShards(): Promise<{ world: StreamWorld; context: StreamContext }> {
  const world = createStreamWorld({ shardCount: 2 });
  return { world, context: await world.open() };
}

async function publish(context: StreamContext) {
  const writer = new InlineEpochWriter(context);
  for (;;) if ((await publishEpoch(context, writer)).status === 'nothing_new') return;
}

async function floorOf(context: StreamContext, shardId: string): Promise<string | null> {
  const floorMs = (await readHead(context, shardId))?.floorMs ?? Number.NEGATIVE_INFINITY;
  return Number.isFinite(floorMs) ? new Date(floorMs).toISOString() : null;
}

async function reasons(context: StreamContext, shardId: string): Promise<string[]> {
  const head = await readHead(context, shardId);
  const entries = await readLog(context, shardId, 1, head?.version ?? 0);
  return entries.flatMap((entry) => (entry.kind === 'fence' ? [entry.reason] : []));
}

describe('a shard without records', () => {
  it('is raised to the watermark of the others, rounded down to a window, once it is idle', async () => {
    const { world, context } = await twoShards();
    await sendOrders(world, [{ order_id: 'a', order_timestamp: '2026-01-10T11:55:00Z' }]);
    await consumeAll(world, context);
    await publish(context);
    await world.clock.advance(59_000);
    await sendOrders(world, [{ order_id: 'c', order_timestamp: '2026-01-10T11:56:00Z' }]);
    await consumeAll(world, context);
    await publish(context);

    const before = await floorOf(context, SECOND);
    await world.clock.advance(1_000);
    await publish(context);

    expect(before).toBe(null);
    // 11:56 − 30 min = 11:26, whose window begins at 11:20.
    expect(await floorOf(context, SECOND)).toBe('2026-01-10T11:20:00.000Z');
    expect((await currentManifest(world)).watermark).toBe('2026-01-10T11:20:00.000Z');
  });

  it('costs one entry per window at most', async () => {
    const { world, context } = await twoShards();
    for (let minute = 0; minute < 30; minute++) {
      await world.clock.advance(MINUTE_MS);
      const order_timestamp = new Date(world.clock.now()).toISOString();
      await sendOrders(world, [{ order_id: `a${minute}`, order_timestamp }]);
      await consumeAll(world, context);
      await publish(context);
    }

    const fences = (await reasons(context, FIRST)).length + (await reasons(context, SECOND)).length;
    expect(fences).toBeLessThanOrEqual(2 * 3 + 2);
  });
});

describe('a shard with unread records', () => {
  it('holds the watermark, however long it is silent', async () => {
    const { world, context } = await twoShards();
    await sendOrders(world, [{ order_id: 'b' }]);
    await world.clock.advance(60 * MINUTE_MS);
    const order_timestamp = new Date(world.clock.now()).toISOString();
    await sendOrders(world, [{ order_id: 'a', order_timestamp }]);
    const { records } = await world.stream.read(FIRST, { kind: 'start' }, 10);
    await new OrderConsumer(context).consume(FIRST, records);
    await publish(context);

    expect(await floorOf(context, SECOND)).toBe(null);
    expect((await currentManifest(world)).watermark).toBe(null);
  });
});

describe('when every shard is idle', () => {
  it('leaves windows open until closeAfter, and makes them final then', async () => {
    const { world, context } = await twoShards();
    await sendOrders(world, [{ order_id: 'a' }, { order_id: 'b' }]);
    await consumeAll(world, context);
    await world.clock.advance(29 * MINUTE_MS);
    await publish(context);
    const before = await currentManifest(world);

    await world.clock.advance(MINUTE_MS);
    await publish(context);

    expect(before.tables.window_revenue.files).toEqual([]);
    const after = await currentManifest(world);
    expect(after.watermark).toBe('2026-01-10T12:00:00.000Z');
    expect(await rowsOf(world, after, 'window_revenue')).toHaveLength(1);
    expect(await reasons(context, FIRST)).toEqual(['close']);
  });

  it('keeps windows open that a clock ahead of its arrival opened', async () => {
    const { world, context } = await twoShards();
    await sendOrders(world, [
      { order_id: 'a' },
      { order_id: 'b', order_timestamp: '2199-01-01T00:00:00Z' },
    ]);
    await consumeAll(world, context);

    await world.clock.advance(30 * MINUTE_MS);
    await publish(context);

    // Capped at arrival + 5 min: 12:05, whose window ends at 12:10.
    expect((await currentManifest(world)).watermark).toBe('2026-01-10T12:10:00.000Z');
  });

  it('takes what comes after closing for late where its window is over', async () => {
    const { world, context } = await twoShards();
    await sendOrders(world, [{ order_id: 'a' }]);
    await consumeAll(world, context);
    await publish(context);
    await world.clock.advance(30 * MINUTE_MS);
    await publish(context);

    await sendOrders(world, [
      { order_id: 'c' },
      { order_id: 'a2', order_timestamp: '2026-01-10T12:00:00Z' },
    ]);
    await consumeAll(world, context);

    expect((await readHead(context, FIRST))?.counts).toMatchObject({ read: 3, active: 2, late: 1 });
  });
});
