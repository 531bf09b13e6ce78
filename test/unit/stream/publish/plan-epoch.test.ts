import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../lambdas/shared/model/errors.ts';
import { readEpochHead, readPlan } from '../../../../lambdas/shared/state/epoch-head.ts';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../../lambdas/stream/operate/drain/drain-stream.ts';
import { EpochDimensions } from '../../../../lambdas/stream/publish/plan/epoch-dimensions.ts';
import { publishEpoch } from '../../../../lambdas/stream/publish/publish-epoch.ts';
import type { EpochWriter } from '../../../../lambdas/stream/publish/write/epoch-writer.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';
const PRODUCTS = 'products/products.csv';
const HOUR_MS = 3_600_000;

async function send(world: StreamWorld, orderId: string): Promise<void> {
  const data = anEvent({ order_id: orderId });
  await world.stream.put([{ partitionKey: orderId, data }]);
}

async function consume(world: StreamWorld): Promise<void> {
  const { records } = await world.stream.read(SHARD, { kind: 'start' }, 100);
  await new OrderConsumer(await world.open()).consume(SHARD, records);
}

function productsCsv(name: string): Uint8Array {
  const header = 'product_id,product_name,category,brand,list_price';
  return new TextEncoder().encode(`${header}\np1,${name},c,b,1.00\n`);
}

describe('planning an epoch', () => {
  it('lists landing again where a dimension changes before it is copied', async () => {
    const world = createStreamWorld();
    await world.landing.put(PRODUCTS, productsCsv('old'));
    await send(world, 'a');
    await consume(world);
    let isOld = true;
    const landing = hookedStore(world.landing, async (operation, key) => {
      if (operation !== 'stream' || key !== PRODUCTS || !isOld) return;
      isOld = false;
      await world.landing.put(PRODUCTS, productsCsv('new'));
    });
    const context = { ...(await world.open()), landing };

    const result = await publishEpoch(context, new InlineEpochWriter(context));

    const info = await world.landing.head(PRODUCTS);
    const files = 'manifest' in result ? result.manifest.dimensions.products.files : [];
    expect(files).toEqual([{ key: PRODUCTS, etag: info?.etag }]);
  });

  it('goes on when shards and their children left the stream before anybody met them', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, 'a');
    await consume(world);
    const [low, high] = await world.stream.split(SHARD);
    const merged = await world.stream.merge(low.shardId, high.shardId);
    await world.clock.advance(HOUR_MS);
    world.stream.expire(HOUR_MS - 1);
    await send(world, 'b');

    const consumer = new OrderConsumer(context);
    const result = await drainStream(context, consumer, new InlineEpochWriter(context));

    expect(result.plan?.watermarkMs).toBe(result.drainedToMs);
    expect((await readHead(context, SHARD))?.sealed).toBe(true);
    expect((await readHead(context, merged.shardId))?.counts.active).toBe(1);
  });

  it('holds for a shard that comes, its parents gone, before the plan is committed', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, 'a');
    await consume(world);
    const consumer = new OrderConsumer(context);
    const killed: EpochWriter = {
      dimensions: new EpochDimensions(context),
      write: () => Promise.reject(new RetryableError('killed')),
    };
    await expect(drainStream(context, consumer, killed)).rejects.toThrow('killed');
    const { plannedPlan } = await readEpochHead(context);
    const { watermarkMs } = await readPlan(context, plannedPlan ?? '');
    const [low, high] = await world.stream.split(SHARD);
    const merged = await world.stream.merge(low.shardId, high.shardId);
    await world.clock.advance(HOUR_MS);
    world.stream.expire(HOUR_MS - 1);
    await send(world, 'b'); // Of a window that the plan makes final.
    const { records } = await world.stream.read(merged.shardId, { kind: 'start' }, 100);

    await consumer.consume(merged.shardId, records);

    const head = await readHead(context, merged.shardId);
    expect(head?.floorMs).toBe(watermarkMs);
    expect(head?.counts).toMatchObject({ active: 0, late: 1 });
  });
});
