import { expect, it } from 'vitest';
import { outcomeOf, runOver } from '../../../support/batch-runs.ts';

const LINE = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status,Order';
const fields = { order_id: { from: ['Order', 'order_id'], join: '-' } };
const MAPPING = { fields, fillDown: { by: 'Order', fields: ['customer_id', 'status'] } };

async function customersOf(files: Readonly<Record<string, string>>) {
  const config = { input: [{ match: 'orders/*', ...MAPPING }], batch: { maxQuarantined: 1 } };
  const outcome = await outcomeOf(() => runOver(Object.entries(files), { config }));
  if (outcome.failure !== null) throw new Error(outcome.message);
  const { orders, quarantine } = outcome.tables;
  const pairs = orders.map((row) => [row.order_id, `${row.customer_id} ${row.status}`]);
  return { ...Object.fromEntries(pairs), quarantined: quarantine.map((row) => row.issues) };
}

const row = (id: number, order: string, customer: string, status = 'done') =>
  `${id},${customer},p1,2026-01-05T10:00,1,1.50,${status},${order}`;

it('gives the values of the record before to those of the same order', async () => {
  const lines = [row(1, 'A', 'c1'), row(2, 'A', '', ''), row(3, 'A', 'NULL', 'pending')];

  expect(await customersOf({ 'orders/a.csv': [LINE, ...lines].join('\n') })).toEqual({
    'A-1': 'c1 completed',
    'A-2': 'c1 completed',
    'A-3': 'c1 pending',
    quarantined: [],
  });
});

it('gives nothing to another order, to none, and across files', async () => {
  const lines = [row(1, 'A', 'c1'), row(2, 'B', ''), row(3, '', ''), row(4, 'A', '')];
  const files = {
    'orders/a.csv': [LINE, ...lines].join('\n'),
    'orders/b.csv': [LINE, row(5, 'A', '')].join('\n'),
  };

  expect(await customersOf(files)).toEqual({
    'A-1': 'c1 completed',
    quarantined: ['customer_id_missing', ...Array(3).fill('customer_id_missing')],
  });
});

it('passes over a record that cannot be read, and goes on behind 8,192 records', async () => {
  const many = Array.from({ length: 9_000 }, (_, i) => row(i, 'A', i === 0 ? 'c1' : ''));
  const found = await customersOf({
    'orders/a.csv': [LINE, many[0], 'x', ...many.slice(1)].join('\n'),
  });

  expect(Object.keys(found)).toHaveLength(9_001);
  expect(found['A-8999']).toBe('c1 completed');
  expect(found.quarantined).toEqual(['wrong_field_count']);
});
