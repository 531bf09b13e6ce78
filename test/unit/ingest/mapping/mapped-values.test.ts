import { expect, it } from 'vitest';
import { outcomeOf, runOver } from '../../../support/batch-runs.ts';

const COLUMNS = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status,A,B,C';

async function resultOf(mapping: object, lines: readonly string[]) {
  const config = { input: [{ match: 'orders/*', ...mapping }], batch: { maxQuarantined: 1 } };
  const files = [['orders/a.csv', [COLUMNS, ...lines, ''].join('\n')]] as const;
  const outcome = await outcomeOf(() => runOver(files, { config }));
  if (outcome.failure !== null) throw new Error(outcome.message);
  return { orders: outcome.tables.orders, issues: outcome.manifest.issues };
}

const row = (further: string, id = 'o1') => `${id},c1,p1,2026-01-05T10:00,2,1.50,done,${further}`;

it('joins what is there, and takes the default where nothing is', async () => {
  const fields = {
    order_id: { from: ['A', 'B'], join: '-' },
    customer_id: { from: ['B', 'C'], join: '', default: 'guest' },
  };

  const { orders } = await resultOf({ fields }, [row('a,b,c'), row('d,,'), row(',e,NULL')]);

  const ids = orders.map(({ order_id: id, customer_id: customer }) => `${id} ${customer}`);
  expect(ids.sort()).toEqual(['a-b bc', 'd guest', 'e e']);
});

it('gives two fields one column, each in its own way', async () => {
  const fields = { order_id: { from: 'A' }, price: { from: 'A', decimalChar: ',' } };

  const { orders } = await resultOf({ fields }, [row('"7,25",,')]);

  expect(orders).toMatchObject([{ order_id: '7,25', price: '7.25' }]);
});

it('reads a currency of several columns, and one that is left out as the default', async () => {
  const currency = { from: ['A', 'B'], join: '', default: 'EUR', expect: 'EUR' };
  const lines = [row('E,ur,', 'o1'), row(',,', 'o2'), row('USD,,', 'o3')];

  const { orders, issues } = await resultOf({ fields: { currency } }, lines);

  expect(orders.map(({ order_id: id }) => id).sort()).toEqual(['o1', 'o2']);
  expect(issues).toEqual({ currency_unexpected: 1 });
});

it('looks at a currency before a field changes its column', async () => {
  const fields = {
    price: { from: 'A', default: '1.00', decimalChar: ',' },
    currency: { from: 'A', expect: 'EUR' },
  };

  const { issues } = await resultOf({ fields }, [row('EUR,,')]);

  expect(issues).toEqual({ price_not_decimal: 1 });
});

it('takes a constant currency as that of every record', async () => {
  const currency = { default: 'USD', expect: 'EUR' };

  const { issues } = await resultOf({ fields: { currency } }, [row(',,'), row(',,')]);

  expect(issues).toEqual({ currency_unexpected: 2 });
});

it('replaces the words for missing values', async () => {
  const lines = [row('NULL,,'), row('-,,', 'o2')];
  const mapping = { missingValues: ['-'], fields: { customer_id: { from: 'A' } } };

  const { orders, issues } = await resultOf(mapping, lines);

  expect(orders).toMatchObject([{ order_id: 'o1', customer_id: 'NULL' }]);
  expect(issues).toEqual({ customer_id_missing: 1 });
});

it('has room for the longest joined values of more records than one batch holds', async () => {
  const long = 'x'.repeat(200);
  const join = { from: ['A', 'B'], join: '' };
  const number = { ...join, decimalChar: ',' };
  const fields = {
    ...{ order_id: join, customer_id: join, product_id: join, status: join },
    ...{ order_timestamp: join, quantity: number, price: number },
    currency: { ...join, expect: 'EUR' },
  };

  const { issues } = await resultOf({ fields }, Array(8_300).fill(row(`${long},${long},`)));

  expect(issues).toMatchObject({ order_id_too_long: 8_300, currency_unexpected: 8_300 });
});

it('makes no number of the beginning of a longer text', async () => {
  const fields = { price: { from: ['A', 'B'], join: '' } };

  const { issues } = await resultOf({ fields }, [row(`1.5${'0'.repeat(300)},x,`)]);

  expect(issues).toEqual({ price_not_decimal: 1 });
});
