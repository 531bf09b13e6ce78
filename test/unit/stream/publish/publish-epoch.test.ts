import { describe, expect, it } from 'vitest';
import { readRows } from '../../../../lambdas/shared/parquet/reader.ts';
import { parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import type { StreamManifest } from '../../../../lambdas/shared/state/stream-manifest.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../../lambdas/stream/operate/drain/drain-stream.ts';
import { publishEpoch } from '../../../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

async function send(world: StreamWorld, orders: readonly Record<string, unknown>[]) {
  const records = orders.map((order) => ({
    partitionKey: String(order.order_id),
    data: anEvent(order),
  }));
  await world.stream.put(records);
}

async function rowsOf(world: StreamWorld, manifest: StreamManifest, table: string) {
  const rows: Record<string, unknown>[] = [];
  for (const { key } of manifest.tables[table].files) {
    for await (const row of readRows(await world.lake.get(key))) rows.push(row);
  }
  return rows;
}

async function currentManifest(world: StreamWorld): Promise<StreamManifest> {
  const current = await world.lake.get('manifests/stream/CURRENT.json');
  const { manifest } = parseJson<{ manifest: string }>(current);
  return parseJson<StreamManifest>(await world.lake.get(manifest));
}

describe('publishing an epoch', () => {
  it('publishes what was consumed, windows left open, and nothing twice', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    const writer = new InlineEpochWriter(context);
    await send(world, [{ order_id: 'a' }, { order_id: 'b', price: '2.50' }]);
    const [shard] = await world.stream.listShards();
    const { records } = await world.stream.read(shard.shardId, { kind: 'start' }, 100);
    await consumer.consume(shard.shardId, records);

    const first = await publishEpoch(context, writer);
    const second = await publishEpoch(context, writer);

    expect(first.status).toBe('published');
    expect(second.status).toBe('nothing_new');
    const manifest = await currentManifest(world);
    expect(manifest.epoch).toBe(1);
    expect(manifest.revenue).toBe('12.50');
    expect(await rowsOf(world, manifest, 'orders')).toHaveLength(2);
    expect(manifest.tables.window_revenue.files).toEqual([]);
  });

  it('makes windows final on drain, over several shards', async () => {
    const world = createStreamWorld({ shardCount: 3 });
    const context = await world.open();
    const ids = Array.from({ length: 30 }, (_, i) => `order-${i}`);
    await send(
      world,
      ids.map((order_id) => ({ order_id })),
    );

    const result = await drainStream(
      context,
      new OrderConsumer(context),
      new InlineEpochWriter(context),
    );

    expect(result.drainedToMs).toBe(Date.UTC(2026, 0, 10, 12));
    const manifest = await currentManifest(world);
    expect(manifest.counts.active).toBe(30);
    expect(await rowsOf(world, manifest, 'window_revenue')).toEqual([
      {
        window_start: '2026-01-10T11:50:00.000Z',
        window_end: '2026-01-10T12:00:00.000Z',
        product_id: 'p1',
        orders_count: '30',
        total_revenue: '300.00',
      },
    ]);
  });
});
