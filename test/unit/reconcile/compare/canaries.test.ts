import { describe, expect, it } from 'vitest';
import { reconcile } from '../../../../lambdas/reconcile/compare/compare-tables.ts';
import type { TableName } from '../../../../lambdas/shared/model/tables.ts';
import type { StoredRow } from '../../../../lambdas/shared/parquet/row-values.ts';
import { jsonBytes, parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import { aRecord, T0, type TableRows, WINDOW_MS } from '../../../support/lake-records.ts';
import {
  ALL_FINAL_MS,
  classesOf,
  compareSides,
  inOrder,
  lakeOf,
  OPTIONS,
} from '../../../support/reconcile-runs.ts';

/** Damage that a comparison has to find: each is done to tables that agree otherwise. */

const HOUR_MS = 3_600_000;

const RECORDS = [
  aRecord('o1'),
  aRecord('o2', { productId: 'p2', timeMs: T0 + HOUR_MS }),
  aRecord('o3', { outcome: 'cancelled' }),
  aRecord('o4', { timeMs: T0 + 30 * HOUR_MS, quantity: 7 }),
  aRecord('o4', { outcome: 'duplicate', quantity: 9 }),
];

type Damage = (rows: readonly StoredRow[]) => readonly StoredRow[];

const change =
  (values: StoredRow): Damage =>
  ([first, ...rest]) => [{ ...first, ...values }, ...rest];
const lose: Damage = ([, ...rest]) => rest;
const double: Damage = ([first, ...rest]) => [first, first, ...rest];
const addCent =
  (column: string): Damage =>
  ([first, ...rest]) => [{ ...first, [column]: Number(first[column]) + 1 }, ...rest];

const CASES: readonly (readonly [string, TableName, Damage])[] = [
  ['a cent more for a day', 'daily_revenue', addCent('total_revenue')],
  ['an order more for a day', 'daily_revenue', addCent('total_orders')],
  ['a lost day', 'daily_revenue', lose],
  ['a doubled day', 'daily_revenue', double],
  ['a cent more for an hour', 'hourly_revenue', addCent('total_revenue')],
  ['a lost hour', 'hourly_revenue', lose],
  ['a cent more for a product', 'product_revenue', addCent('total_revenue')],
  ['a lost product', 'product_revenue', lose],
  ['a product under another name', 'product_revenue', change({ product_id: 'p9' })],
  ['a cent more for a window', 'window_revenue', addCent('total_revenue')],
  ['an order more for a window', 'window_revenue', addCent('orders_count')],
  ['a lost window', 'window_revenue', lose],
  ['a doubled window', 'window_revenue', double],
  [
    'a window of another length',
    'window_revenue',
    (rows) =>
      rows.map((row, i) =>
        i === 1 ? { ...row, window_end: Number(row.window_end) + WINDOW_MS } : row,
      ),
  ],
  ['a cent more for a best product', 'top_products', addCent('total_revenue')],
  ['a lost best product', 'top_products', lose],
  ['another rank', 'top_products', addCent('rank')],
  ['a lost order', 'orders', lose],
  ['a doubled order', 'orders', double],
  ['another quantity', 'orders', change({ quantity: 3, total_amount: 450 })],
  ['another joined value', 'orders', change({ product_name: 'Coffee' })],
  ['a joined value that is null', 'orders', change({ customer_email: null })],
  ['a total that is not quantity × price', 'orders', addCent('total_amount')],
  ['another day than that of the event', 'orders', addCent('order_date')],
  ['another weekday', 'orders', addCent('order_day_of_week')],
  ['another hour', 'orders', addCent('hour_of_day')],
  ['an active order with the status of a cancelled one', 'orders', change({ status: 'cancelled' })],
  ['a lost cancelled order', 'cancelled', lose],
  ['a doubled cancelled order', 'cancelled', double],
];

describe.each(['damageBatch', 'damageStream'] as const)('%s', (side) => {
  it.each(CASES)('shows %s', async (_, table, damage) => {
    const damaged = (tables: TableRows): TableRows => ({
      ...tables,
      [table]: damage(tables[table] ?? []),
    });

    const result = await compareSides({ batch: RECORDS, stream: RECORDS, [side]: damaged });

    expect(classesOf(result)).not.toEqual({});
    // Only another joined value has an explanation that the contract accepts.
    const isJoined = classesOf(result).dimension_changed === 1;
    expect(result.agree).toBe(isJoined);
  });
});

it('agrees where nothing is damaged', async () => {
  const result = await compareSides({ batch: RECORDS, stream: RECORDS });
  expect(classesOf(result)).toEqual({});
  expect(result.agree).toBe(true);
});

it('shows a lost order even where missing ones are allowed', async () => {
  const damageStream = (tables: TableRows) => ({ ...tables, orders: lose(tables.orders ?? []) });
  const sides = { batch: RECORDS, stream: RECORDS, damageStream };
  const result = await compareSides(sides, { allowMissing: true });
  // Its cells still hold it: day, hour, product, window, and the total of the manifest.
  expect(classesOf(result)).toEqual({ not_in_stream: 1, unexplained: 5 });
  expect(result.agree).toBe(false);
});

it('shows an id that is counted here and quarantined there', async () => {
  const stream = RECORDS.map((record) =>
    record.orderId === 'o2' ? { ...record, outcome: 'quarantined' as const } : record,
  );
  const result = await compareSides({ batch: RECORDS, stream });
  expect(classesOf(result)).toEqual({ unexplained: 1 });
  expect(result.explainedCents).toBe(0n);
});

it('shows a total in a manifest that its tables do not add up to', async () => {
  const lake = await lakeOf({ batch: RECORDS, stream: RECORDS });
  const key = 'manifests/stream/00000001.json';
  const manifest = parseJson<Record<string, unknown>>(await lake.get(key));
  await lake.put(key, jsonBytes({ ...manifest, revenue: '0.01' }));
  const result = await reconcile(lake, OPTIONS);
  expect(classesOf(result)).toEqual({ unexplained: 1 });
  expect(result.shown[0]).toMatchObject({ orderId: null, cell: { table: 'manifest' } });
});

describe('windows', () => {
  const records = inOrder(
    aRecord('o1'),
    aRecord('o2', { timeMs: T0 + WINDOW_MS }),
    aRecord('o3', { timeMs: T0 + WINDOW_MS, productId: 'p2' }),
  );
  const until = (watermarkMs: number | null) => [{ records, watermarkMs }];

  it('that the stream holds open count as cells, and agree', async () => {
    const result = await compareSides({ batch: records, stream: until(T0 + WINDOW_MS) });
    expect(classesOf(result)).toEqual({ window_not_final: 2 });
    expect(result.agree).toBe(true);
    expect(result.explainedCents).toBe(0n);
  });

  it('are all open where the stream has no watermark', async () => {
    const result = await compareSides({ batch: records, stream: until(null) });
    expect(classesOf(result)).toEqual({ window_not_final: 3 });
  });

  it('are final when the watermark reaches their end', async () => {
    const result = await compareSides({ batch: records, stream: until(T0 + 2 * WINDOW_MS) });
    expect(classesOf(result)).toEqual({});
  });

  it('that are open are checked against the orders of batch', async () => {
    const damageBatch = (tables: TableRows) => ({
      ...tables,
      window_revenue: addCent('total_revenue')(tables.window_revenue ?? []),
    });
    const result = await compareSides({ batch: records, stream: until(null), damageBatch });
    expect(classesOf(result)).toEqual({ window_not_final: 2, unexplained: 1 });
  });

  it('that were published before their end are unexplained', async () => {
    const lake = await lakeOf({ batch: records, stream: until(T0 + 2 * WINDOW_MS) });
    const key = 'manifests/stream/00000001.json';
    const manifest = parseJson<Record<string, unknown>>(await lake.get(key));
    const watermark = new Date(T0 + 2 * WINDOW_MS - 1).toISOString();
    await lake.put(key, jsonBytes({ ...manifest, watermark }));
    expect(classesOf(await reconcile(lake, OPTIONS))).toEqual({ unexplained: 2 });
  });

  it('without the late order are explained by it', async () => {
    const [first, ...rest] = records;
    const stream = [{ ...first, outcome: 'late' as const }, ...rest];
    const result = await compareSides({
      batch: records,
      stream: [{ records: stream, watermarkMs: ALL_FINAL_MS }],
    });
    expect(classesOf(result)).toEqual({ late_in_stream: 1 });
    expect(result.agree).toBe(true);
    expect(result.explainedCents).toBe(300n);
  });
});
