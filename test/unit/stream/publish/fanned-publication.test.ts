import { describe, expect, it } from 'vitest';
import { TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import type { ShardPublisher } from '../../../../lambdas/shared/ports/shard-publisher.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { publishStep } from '../../../../lambdas/stream/publish/publish-step.ts';
import { shardStep } from '../../../../lambdas/stream/publish/shard-function/shard-step.ts';
import { FannedEpochWriter } from '../../../../lambdas/stream/publish/write/fanned-epoch-writer.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { keysOf } from '../../../support/batch-runs.ts';
import { anEvent, createStreamWorld } from '../../../support/stream-world.ts';

const MINUTES = () => 900_000;

/** Three shards with orders in each of them. */
async function consumedWorld(): Promise<StreamContext> {
  const world = createStreamWorld({ shardCount: 3 });
  const context = await world.open();
  const records = Array.from({ length: 30 }, (_, index) => {
    const order = { order_id: `o${index}`, quantity: index % 10 === 9 ? 0 : 1 };
    return { partitionKey: order.order_id, data: anEvent(order) };
  });
  await world.stream.put(records);
  const consumer = new OrderConsumer(context);
  for (const { shardId } of await world.stream.listShards()) {
    const { records: delivered } = await world.stream.read(shardId, { kind: 'start' }, 10_000);
    await consumer.consume(shardId, delivered);
  }
  return context;
}

async function contentOf({ lake }: StreamContext): Promise<Map<string, string>> {
  const keys = await keysOf(lake);
  const entries = keys.map(async (key): Promise<[string, string]> => {
    return [key, Buffer.from(await lake.get(key)).toString('hex')];
  });
  return new Map(await Promise.all(entries));
}

describe('an epoch whose shards are published by functions of their own', () => {
  it('has the same bytes as one that is published by one function', async () => {
    const alone = await consumedWorld();
    await publishStep(alone, new InlineEpochWriter(alone), MINUTES);
    const context = await consumedWorld();
    const published: number[] = [];
    const shards: ShardPublisher = {
      async publish(shard) {
        published.push(shard.shardIndex);
        await shardStep(context, new InlineEpochWriter(context), shard);
      },
    };

    const writer = new FannedEpochWriter(new InlineEpochWriter(context), shards, 2);
    const result = await publishStep(context, writer, MINUTES);

    expect(published.sort()).toEqual([0, 1, 2]);
    expect(result).toMatchObject({ status: 'published', epochs: [1], read: 30, quarantined: 3 });
    expect(await contentOf(context)).toEqual(await contentOf(alone));
  });

  it('is written by one function as long as it has few shards', async () => {
    const context = await consumedWorld();
    const shards: ShardPublisher = {
      publish: () => Promise.reject(new Error('nobody asked for this')),
    };

    const writer = new FannedEpochWriter(new InlineEpochWriter(context), shards, 3);

    expect((await publishStep(context, writer, MINUTES)).status).toBe('published');
  });

  it('is planned anew where a shard finds files of another life', async () => {
    const context = await consumedWorld();
    const [shard] = await context.stream.listShards();
    const key = context.lakeKeys.table('quarantine', 1);
    await context.lake.put(`${key}part-${shard.shardId}-0.parquet`, new Uint8Array(1));
    const shards: ShardPublisher = {
      async publish(event) {
        try {
          await shardStep(context, new InlineEpochWriter(context), event);
        } catch (error) {
          throw new TerminalError('shard_failed', String(error));
        }
      },
    };
    const writer = new FannedEpochWriter(new InlineEpochWriter(context), shards, 1);

    const first = await publishStep(context, writer, MINUTES);
    const second = await publishStep(context, writer, MINUTES);

    expect(first.status).toBe('superseded');
    expect(second).toMatchObject({ status: 'published', epochs: [2], read: 30 });
  });

  it('is not written by another version: the publisher plans it anew', async () => {
    const context = await consumedWorld();
    const other = { ...context, codeVersion: 'another' };
    const shards: ShardPublisher = {
      publish: (shard) =>
        shardStep(other, new InlineEpochWriter(other), shard).then(() => undefined),
    };

    const writer = new FannedEpochWriter(new InlineEpochWriter(context), shards, 1);

    await expect(publishStep(context, writer, MINUTES)).rejects.toThrow(
      'test planned it, this is another',
    );
  });
});
