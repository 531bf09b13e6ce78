import { describe, expect, it, vi } from 'vitest';
import { MAX_QUANTITY, STATUSES } from '../../../lambdas/shared/model/order.ts';
import { OrderConsumer } from '../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../lambdas/stream/operate/drain/drain-stream.ts';
import { InlineEpochWriter } from '../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { ordersCsv, runOver } from '../../support/batch-runs.ts';
import { readStreamTables, readTables, type Tables } from '../../support/lake-tables.ts';
import { consumeAll, currentManifest, sendOrders } from '../../support/stream-steps.ts';
import { createStreamWorld } from '../../support/stream-world.ts';

/** As many statuses as one byte numbers: the four, and others behind them. */
vi.mock('../../../lambdas/shared/model/order.ts', async (original) => {
  const real = await original<{ STATUSES: readonly string[] }>();
  const others = Array.from({ length: 256 - real.STATUSES.length }, (_, index) => `s${index}`);
  return { ...real, STATUSES: [...real.STATUSES, ...others] };
});

/** On both sides of what a few bits hold, up to the limit. */
const QUANTITIES = [1, 63, 64, 255, 256, 16_383, 16_384, 65_535, 65_536, MAX_QUANTITY];

const ORDERS = STATUSES.flatMap((status, index) =>
  [QUANTITIES[index % QUANTITIES.length], MAX_QUANTITY].map((quantity, copy) => ({
    ...{ order_id: `o${index}-${copy}`, customer_id: 'c1', product_id: `p${index % 3}` },
    ...{ order_timestamp: '2026-01-10T11:59:00Z', quantity, price: '0.01', status },
  })),
);

const config = { rules: { statuses: Object.fromEntries(STATUSES.map((name) => [name, name])) } };

async function tablesOfBatch(): Promise<Tables> {
  const lines = ORDERS.map((order) => Object.values(order).join(','));
  const { manifest, lake } = await runOver([['orders/a.csv', ordersCsv(lines)]], { config });
  return await readTables(lake, manifest);
}

async function tablesOfStream(): Promise<Tables> {
  const world = createStreamWorld({ config });
  const context = await world.open();
  for (let from = 0; from < ORDERS.length; from += 256) {
    await sendOrders(world, ORDERS.slice(from, from + 256));
  }
  await consumeAll(world, context);
  await drainStream(context, new OrderConsumer(context), new InlineEpochWriter(context));
  return await readStreamTables(world.lake, await currentManifest(world));
}

describe.each([
  ['batch', tablesOfBatch],
  ['stream', tablesOfStream],
])('the %s door', (_door, tablesOf) => {
  it('brings every status and every quantity into its tables', async () => {
    const { orders, cancelled, quarantine } = await tablesOf();

    const found = [...orders, ...cancelled].map((row) => [
      ...[row.order_id, row.status, row.quantity, row.total_amount],
    ]);
    const expected = ORDERS.map(({ order_id: id, status, quantity }) => [
      ...[id, status, quantity, (quantity / 100).toFixed(2)],
    ]);
    expect(STATUSES).toHaveLength(256);
    expect(quarantine).toEqual([]);
    expect(Object.fromEntries(found.map((row) => [row[0], row]))).toEqual(
      Object.fromEntries(expected.map((row) => [row[0], row])),
    );
    expect(found).toHaveLength(512);
    expect(cancelled.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });
});
