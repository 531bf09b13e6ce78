import { describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../../../lambdas/shared/model/hash-key.ts';
import type { Shard } from '../../../../lambdas/shared/ports/event-stream.ts';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import { StreamLakeKeys } from '../../../../lambdas/shared/state/lake-keys.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../../lambdas/stream/operate/drain/drain-stream.ts';
import { replayRaw } from '../../../../lambdas/stream/operate/replay/replay-raw.ts';
import { publishEpoch } from '../../../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { giveUp, redrive, SHARD, send } from '../../../support/given-up-records.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

describe('replaying the raw archive under a new name', () => {
  it('gives the same outcomes, fences and seals included, and nothing twice', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    const writer = new InlineEpochWriter(context);
    await send(world, ['a', 'b', 'a', 'c']);
    await drainStream(context, consumer, writer);
    await world.stream.split(SHARD);
    await world.stream.put([{ partitionKey: 'x', data: anEvent({ order_id: 'a' }) }]);
    await drainStream(context, consumer, writer);

    const copy = await world.open('copy');
    const source = new StreamLakeKeys('default', 'orders');
    for (let round = 0; round < 2; round++) {
      for await (const progress of replayRaw(copy, source)) void progress;
    }

    for (const { shardId } of await world.stream.listShards()) {
      const [original, replayed] = [
        await readHead(context, shardId),
        await readHead(copy, shardId),
      ];
      expect(replayed).toMatchObject({
        counts: original?.counts,
        checkpoint: original?.checkpoint,
        floorMs: original?.floorMs,
        sealed: original?.sealed,
        children: original?.children,
      });
    }
  });

  it('may be out of time anywhere, also between a parent and its children', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    for (const id of ['a', 'b', 'c']) {
      await consumer.consume(SHARD, (await send(world, [id])).slice(-1));
    }
    await world.stream.split(SHARD);
    await world.stream.put([{ partitionKey: 'x', data: anEvent({ order_id: 'd' }) }]);
    await drainStream(context, consumer, new InlineEpochWriter(context));
    const source = new StreamLakeKeys('default', 'orders');

    for (let looks = 1; looks < 12; looks++) {
      const copy = await world.open(`copy${looks}`);
      let calls = 0;
      for await (const progress of replayRaw(copy, source, () => ++calls > looks)) void progress;
      for await (const progress of replayRaw(copy, source)) void progress;
      const heads = await Promise.all(
        (await world.stream.listShards()).map(({ shardId }) => readHead(copy, shardId)),
      );
      expect(heads.reduce((sum, head) => sum + (head?.counts.active ?? 0), 0)).toBe(4);
    }
  });

  it('brings nothing twice to a consumer that has gone on from the stream meanwhile', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const original = new OrderConsumer(context);
    const writer = new InlineEpochWriter(context);
    const source = new StreamLakeKeys('default', 'orders');
    await send(world, ['a', 'b']);
    await drainStream(context, original, writer);
    const copy = await world.open('copy');
    for await (const progress of replayRaw(copy, source)) void progress;
    const records = await send(world, ['c', 'd', 'e']);
    // Its own batches, and not those of the original.
    await new OrderConsumer(copy).consume(SHARD, records.slice(0, 4));
    await original.consume(SHARD, records.slice(0, 3));
    await original.consume(SHARD, records.slice(3));
    await giveUp(world, records.slice(0, 1));
    await drainStream(context, original, writer);

    for await (const progress of replayRaw(copy, source)) void progress;

    const head = await readHead(copy, SHARD);
    expect(head?.counts).toMatchObject({ read: 5, duplicate: 0 });
    expect(head?.checkpoint).toBe(records[4].sequenceNumber);
  });

  it('takes what was redriven once, also where the copy has read it from the stream', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const original = new OrderConsumer(context);
    const records = await send(world, ['a', 'b', 'c']);
    const copy = await world.open('copy');
    await new OrderConsumer(copy).consume(SHARD, records.slice(0, 2));
    await original.consume(SHARD, records.slice(0, 1));
    world.stream.trimThrough(SHARD, records[1].sequenceNumber);
    await original.consume(SHARD, records.slice(2));
    await giveUp(world, records.slice(1, 2));
    await redrive(world);
    await drainStream(context, original, new InlineEpochWriter(context));

    const source = new StreamLakeKeys('default', 'orders');
    for (let round = 0; round < 2; round++) {
      for await (const progress of replayRaw(copy, source)) void progress;
    }

    expect((await readHead(copy, SHARD))?.counts).toMatchObject({ read: 3, duplicate: 0 });
  });

  it('stops when the time is up, and goes on where it was', async () => {
    // Every hundredth manifest is complete.
    const EPOCHS = 130;
    const world = createStreamWorld();
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    const writer = new InlineEpochWriter(context);
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const records = await send(world, [`a${epoch}`]);
      await consumer.consume(SHARD, records.slice(-1));
      await publishEpoch(context, writer);
    }
    const copy = await world.open('copy');
    const source = new StreamLakeKeys('default', 'orders');
    const seen: number[] = [];
    let rounds = 0;
    for (; seen.at(-1) !== EPOCHS; rounds++) {
      let looks = 0;
      for await (const { epoch } of replayRaw(copy, source, () => ++looks > 40)) seen.push(epoch);
    }

    expect(rounds).toBe(4);
    // What is behind the last whole hundred is taken again, and found to be there.
    expect(seen).toEqual([0, 0, 100, 100, 130]);
    expect((await readHead(copy, SHARD))?.counts).toMatchObject({ read: EPOCHS, active: EPOCHS });
  });

  it('makes a few large entries of many small ones, shards side by side', async () => {
    const ENTRIES = 120;
    const world = createStreamWorld({ shardCount: 2, config: { stream: { batchSize: 50 } } });
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    const shards = await world.stream.listShards();
    const shardIds = shards.map(({ shardId }) => shardId);
    for (let entry = 0; entry < ENTRIES; entry++) {
      await sendToEach(world, shards, `o${entry}`);
      for (const shardId of shardIds) {
        const { records } = await world.stream.read(shardId, { kind: 'start' }, 10_000);
        await consumer.consume(shardId, records.slice(-1));
      }
    }
    await publishEpoch(context, new InlineEpochWriter(context));
    const copy = await world.open('copy');
    let calls = 0;
    let underWay = 0;
    let most = 0;
    const lake = hookedStore(world.lake, async (operation) => {
      calls += 1;
      underWay += operation === 'get' ? 1 : 0;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= operation === 'get' ? 1 : 0;
    });

    const source = new StreamLakeKeys('default', 'orders');
    for await (const progress of replayRaw({ ...copy, lake }, source)) void progress;

    for (const shardId of shardIds) {
      const [was, is] = [await readHead(context, shardId), await readHead(copy, shardId)];
      expect([was?.version, is?.version]).toEqual([ENTRIES, 3]);
      expect(is?.counts).toEqual(was?.counts);
    }
    // Six segments are put; the pointer and the manifest are read, the latter at three places.
    expect(calls).toBeLessThan(2 * ENTRIES + 6 + 8);
    expect(most).toBe(64);
  });
});

/** One order into each of two shards. */
async function sendToEach(
  { stream }: StreamWorld,
  shards: readonly Shard[],
  id: string,
): Promise<void> {
  const keys = new Map<string, string>();
  for (let draw = 0; keys.size < shards.length; draw++) {
    const order = `${id}-${draw}`;
    const hashKey = hashKeyOf(order);
    const shard = shards.find(({ hashKeyRange: { start, end } }) => {
      return BigInt(start) <= hashKey && hashKey <= BigInt(end);
    });
    if (shard !== undefined && !keys.has(shard.shardId)) keys.set(shard.shardId, order);
  }
  const orders = [...keys.values()];
  await stream.put(
    orders.map((order_id) => ({ partitionKey: order_id, data: anEvent({ order_id }) })),
  );
}
