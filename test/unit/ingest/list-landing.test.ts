import { describe, expect, it } from 'vitest';
import { emptyLanding } from '../../../lambdas/shared/ingest/empty-landing.ts';
import { listLanding } from '../../../lambdas/shared/ingest/list-landing.ts';
import { storeOf } from '../../support/batch-runs.ts';

const storeWith = async (...keys: string[]) => await storeOf(keys.map((key) => [key, 'x']));
const listed = async (...keys: string[]) => {
  const { orders, customers, products, ignored } = await listLanding(await storeWith(...keys));
  return { keys: [...orders, ...customers, ...products].map(({ key }) => key), ignored };
};

describe('listLanding', () => {
  it('takes every object below the three folders, whatever its extension', async () => {
    const keys = [
      'orders/2026/01/a.csv.GZ',
      'orders/EXPORT.CSV',
      'orders/a',
      'orders/a.csv.bak',
      'orders/a_b.txt',
      'customers/old/c.ndjson',
      'products/p.dat',
    ];

    expect(await listed(...keys)).toEqual({ keys, ignored: { count: 0, example: null } });
  });

  it('counts what it passes over for its name', async () => {
    const hidden = ['orders/.a.csv', 'orders/_old/2026/b.csv', 'products/2026/.tmp/c.csv'];

    expect(await listed('a.csv', '_x/b.csv', 'ordersx/c.csv', 'orders/d', ...hidden)).toEqual({
      keys: ['orders/d'],
      ignored: { count: 3, example: 'orders/.a.csv' },
    });
  });
});

describe('a landing zone without orders', () => {
  const messageOf = async (...keys: string[]) => {
    const store = await storeWith(...keys);
    const { code, message } = await emptyLanding(store, 'data/landing', await listLanding(store));
    expect(code).toBe('landing_empty');
    return message;
  };
  const WAY_OUT = 'put files of any name into orders/';

  it('is told to be empty', async () => {
    expect(await messageOf()).toBe(
      'no orders file in data/landing: ' +
        `it is empty (npx tandem generate writes sample data); ${WAY_OUT}`,
    );
  });

  it('is told by what lies elsewhere', async () => {
    expect(await messageOf('Orders/a.csv', 'Orders/b/c.csv', 'products/p.csv', 'z.csv')).toBe(
      `no orders file in data/landing: found 2 files in Orders/, 1 file in its root; ${WAY_OUT}`,
    );
  });

  it('is told by the names that are passed over', async () => {
    expect(await messageOf('orders/_a.csv')).toBe(
      'no orders file in data/landing: ' +
        `names that begin with . or _ are ignored (orders/_a.csv); ${WAY_OUT}`,
    );
  });

  it('is looked at up to 1,000 objects', async () => {
    const many = Array.from({ length: 1_100 }, (_, index) => `archive/${index}.csv`);

    expect(await messageOf(...many)).toContain('found 1000 or more files in archive/');
  });
});
