import { describe, expect, it } from 'vitest';
import type { StateItem, StateStore } from '../../../../lambdas/shared/ports/state-store.ts';
import { readEpochHead, readPlan } from '../../../../lambdas/shared/state/epoch-head.ts';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { publishEpoch } from '../../../../lambdas/stream/publish/publish-epoch.ts';
import { cleanLogs } from '../../../../lambdas/stream/publish/roll-forward/clean-logs.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { anEvent, createStreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';

/** A store whose queries do not show an item yet. */
function without(state: StateStore, sk: string): StateStore {
  return {
    get: (key) => state.get(key),
    transact: (operations, token) => state.transact(operations, token),
    async *query(pk, range): AsyncIterable<StateItem> {
      for await (const item of state.query(pk, range)) if (item.key.sk !== sk) yield item;
    },
  };
}

async function publishedLog(orders: readonly Record<string, unknown>[]): Promise<StreamContext> {
  const world = createStreamWorld({ config: { stream: { watermarkDelay: '0s' } } });
  const context = await world.open();
  const consumer = new OrderConsumer(context);
  await world.stream.put(orders.map((order) => ({ partitionKey: 'k', data: anEvent(order) })));
  const { records } = await world.stream.read(SHARD, { kind: 'start' }, 100);
  for (const record of records) await consumer.consume(SHARD, [record]);
  await publishEpoch(context, new InlineEpochWriter(context));
  return context;
}

describe('cleaning the log of a shard', () => {
  it('does not pass over an entry that a query does not show yet', async () => {
    const context = await publishedLog([
      { order_id: 'a', order_timestamp: '2026-01-10T11:59:00Z' },
      { order_id: 'b', quantity: 0 },
    ]);
    const { committedPlan } = await readEpochHead(context);
    const plan = await readPlan(context, committedPlan ?? '');

    await cleanLogs({ ...context, state: without(context.state, 'LOG#000000000001') }, plan);

    expect((await readHead(context, SHARD))?.claimsFrom).toBe(1);
  });
});
