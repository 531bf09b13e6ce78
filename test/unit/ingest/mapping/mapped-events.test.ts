import { expect, it } from 'vitest';
import { outcomeOf, runOver } from '../../../support/batch-runs.ts';

const fields = {
  order_id: { from: '/order/0/id' },
  customer_id: { from: '/a~1b' },
  product_id: { from: '/~0sku' },
};
const EVENT = {
  order: [{ id: 'o1' }],
  'a/b': 'c1',
  '~sku': 'p1',
  order_timestamp: '2026-01-05T10:00:00Z',
  quantity: 2,
  price: 1.5,
  status: 'done',
};

async function issuesOf(lines: readonly string[]) {
  const config = { input: [{ match: 'orders/*', fields }], batch: { maxQuarantined: 1 } };
  const files = [['orders/a.json', `${lines.join('\n')}\n`]] as const;
  const outcome = await outcomeOf(() => runOver(files, { config }));
  if (outcome.failure !== null) throw new Error(outcome.message);
  const found = outcome.tables.quarantine.map((row) => row.issues);
  return { found, orders: outcome.tables.orders };
}

const line = (change: object) => JSON.stringify({ ...EVENT, ...change });

it('finds values by JSON Pointers, in lists and below escaped keys', async () => {
  const { orders } = await issuesOf([line({})]);

  const values = { order_id: 'o1', customer_id: 'c1', product_id: 'p1', price: '1.50' };
  expect(orders).toMatchObject([values]);
});

it.each([
  ['a value that is an object', line({ order: [{ id: {} }] }), 'invalid_json'],
  ['a value that is a boolean', line({ status: true }), 'invalid_json'],
  ['what is no JSON', '{"order":', 'invalid_json'],
  ['half a surrogate', line({ 'a/b': 'x' }).replace('"x"', '"\\ud800"'), 'invalid_utf8'],
  ['a pointer that leads nowhere', line({ order: 'o1' }), 'order_id_missing'],
  ['a null on the way', line({ order: null }), 'order_id_missing'],
])('quarantines %s', async (_, bad, issue) => {
  expect((await issuesOf([line({}), bad])).found).toEqual([issue]);
});

it('keeps numbers as their text, and the last of repeated keys', async () => {
  const text = line({}).replace('"price":1.5', '"price":9,"price":1.490000000000000000001');

  expect((await issuesOf([line({}), text])).found).toEqual(['price_too_precise']);
});
