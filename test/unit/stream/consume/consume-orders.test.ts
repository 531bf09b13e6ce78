import { describe, expect, it } from 'vitest';
import type { EventStream } from '../../../../lambdas/shared/ports/event-stream.ts';
import { readHead, readLog } from '../../../../lambdas/shared/state/fold.ts';
import { decodeSegment } from '../../../../lambdas/shared/state/segment.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';

async function send(world: StreamWorld, orders: readonly Record<string, unknown>[]) {
  const records = orders.map((order) => ({ partitionKey: 'k', data: anEvent(order) }));
  await world.stream.put(records);
}

async function delivered(world: StreamWorld, shardId = SHARD) {
  return (await world.stream.read(shardId, { kind: 'start' }, 10_000)).records;
}

async function outcomes(context: StreamContext, shardId = SHARD): Promise<string[]> {
  const head = await readHead(context, shardId);
  const entries = await readLog(context, shardId, 1, head?.version ?? 0);
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'records' && entry.kind !== 'redrive') continue;
    const bytes = await context.lake.get(entry.segment.key);
    for (const { outcome } of decodeSegment(bytes, entry.segment.key)) found.push(outcome);
  }
  return found;
}

describe('consuming the records of a shard', () => {
  it('gives each record its outcome, in the order of the shard', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, [
      { order_id: 'a' },
      { order_id: 'b', status: 'cancelled' },
      { order_id: 'a' },
      { order_id: 'c', quantity: 0 },
      { order_id: 'd', order_timestamp: '2026-01-10T11:00:00Z' },
    ]);

    const result = await new OrderConsumer(context).consume(SHARD, await delivered(world));

    expect(result).toEqual({ status: 'consumed' });
    expect(await outcomes(context)).toEqual([
      'active',
      'cancelled',
      'duplicate',
      'quarantined',
      'late',
    ]);
    expect((await readHead(context, SHARD))?.counts).toEqual({
      read: 5,
      active: 1,
      cancelled: 1,
      quarantined: 1,
      duplicate: 1,
      late: 1,
    });
  });

  it('appends nothing for records that come again, cut otherwise, through another process', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, [{ order_id: 'a' }, { order_id: 'b' }, { order_id: 'c' }]);
    const records = await delivered(world);
    await new OrderConsumer(context).consume(SHARD, records.slice(0, 2));

    await new OrderConsumer(context).consume(SHARD, records);
    await new OrderConsumer(context).consume(SHARD, records.slice(1));

    expect(await outcomes(context)).toEqual(['active', 'active', 'active']);
    expect((await readHead(context, SHARD))?.version).toBe(2);
  });

  it('consumes first what the mapping passed over', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, [{ order_id: 'a' }, { order_id: 'b' }, { order_id: 'b' }]);
    const records = await delivered(world);

    await new OrderConsumer(context).consume(SHARD, records.slice(2));

    expect(await outcomes(context)).toEqual(['active', 'active', 'duplicate']);
  });

  it('looks for what was passed over with every batch: another environment may have failed', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const consumer = new OrderConsumer(context);
    await send(world, [{ order_id: 'a' }, { order_id: 'b' }, { order_id: 'b' }]);
    const records = await delivered(world);
    await consumer.consume(SHARD, records.slice(0, 1));

    await consumer.consume(SHARD, records.slice(2));

    expect(await outcomes(context)).toEqual(['active', 'active', 'duplicate']);
  });

  it('tells of records that leave the stream while they are looked for', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, [{ order_id: 'a' }, { order_id: 'b' }, { order_id: 'c' }]);
    const records = await delivered(world);
    await new OrderConsumer(context).consume(SHARD, records.slice(0, 1));
    const stream: EventStream = {
      name: world.stream.name,
      identity: () => world.stream.identity(),
      listShards: () => world.stream.listShards(),
      now: () => world.stream.now(),
      put: (sent) => world.stream.put(sent),
      read: async (shardId, position, limit) => {
        const result = await world.stream.read(shardId, position, limit);
        world.stream.trimThrough(SHARD, records[1].sequenceNumber);
        return result;
      },
    };

    await new OrderConsumer({ ...context, stream }).consume(SHARD, records.slice(2));

    const [, second] = await readLog(context, SHARD, 1, 2);
    expect(second).toMatchObject({ gapAfter: records[0].sequenceNumber });
  });

  it('goes on with a fold in memory after somebody else appended', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const [one, other] = [new OrderConsumer(context), new OrderConsumer(context)];
    await send(world, [{ order_id: 'a' }, { order_id: 'b' }, { order_id: 'b' }, { order_id: 'a' }]);
    const records = await delivered(world);

    await one.consume(SHARD, records.slice(0, 1));
    await other.consume(SHARD, records.slice(1, 2));
    await one.consume(SHARD, records.slice(2));

    expect(await outcomes(context)).toEqual(['active', 'active', 'duplicate', 'duplicate']);
  });

  it('counts records whose partition key is another than their order id', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const key = (partitionKey: string, order_id: string | null) =>
      ({ partitionKey, data: anEvent({ order_id }) }) as const;
    await world.stream.put([
      key('a', ' a '),
      key('ä€', 'ä€'),
      key('random', null),
      key('b', 'bb'),
      key('bb', 'b'),
      key('x', 'ä'),
    ]);

    await new OrderConsumer(context).consume(SHARD, await delivered(world));

    expect((await readHead(context, SHARD))?.otherKeys).toBe(3);
  });

  it('cuts an entry where its claims are full', async () => {
    const config = { stream: { claimBytesPerEntry: '1KiB' } };
    const world = createStreamWorld({ config });
    const context = await world.open();
    await send(
      world,
      Array.from({ length: 100 }, (_, i) => ({ order_id: `order-${i}` })),
    );

    await new OrderConsumer(context).consume(SHARD, await delivered(world));

    const head = await readHead(context, SHARD);
    expect(head?.version).toBe(2);
    expect(head?.counts.active).toBe(100);
  });

  it('gives a child the claims of its parent, which is consumed and sealed first', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await send(world, [{ order_id: 'a' }, { order_id: 'b' }]);
    const children = await world.stream.split(SHARD);
    await send(world, [{ order_id: 'a' }]);
    const records = await Promise.all(children.map(({ shardId }) => delivered(world, shardId)));
    const index = records.findIndex(({ length }) => length > 0);
    const child = children[index].shardId;

    await new OrderConsumer(context).consume(child, records[index]);

    expect(await outcomes(context)).toEqual(['active', 'active']);
    expect(await outcomes(context, child)).toEqual(['duplicate']);
    const parent = await readHead(context, SHARD);
    expect(parent?.sealed).toBe(true);
    expect(parent?.children).toEqual(children.map(({ shardId }) => shardId));
  });
});
