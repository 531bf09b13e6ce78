import { expect, it } from 'vitest';
import { ordersCsv, runOver } from '../../support/batch-runs.ts';
import { readTables } from '../../support/lake-tables.ts';

const KEYS = [
  'orders//twice.csv',
  'orders/a.csv',
  'orders/bell\u0007/\u202egpj.csv',
  `orders/${'k'.repeat(1_013)}.csv`,
  'orders/nul\0.csv',
  'orders/x//y.csv',
  'orders/x/y.csv',
];

const order = (id: string) => ordersCsv([`${id},c,p,2026-01-01 10:00:00,1,1.00,completed`]);

it('reads objects whose keys are no paths, and carries each key as it is', async () => {
  const files = KEYS.map((key, index) => [key, order(`o${index}`)] as const);

  const { manifest, lake } = await runOver(files);

  const tables = await readTables(lake, manifest);
  expect(manifest.status).toBe('published');
  expect(manifest.inputs?.map(({ key }) => key)).toEqual(KEYS);
  expect(tables.orders.map(({ order_id, source }) => [order_id, source])).toEqual(
    KEYS.map((key, index) => [`o${index}`, key]),
  );
});

it('names a rejected file by its key, whatever that holds', async () => {
  const { manifest } = await runOver([
    ['orders/a.csv', order('o1')],
    ['orders//\u202e\0/y.csv', ''],
  ]);

  expect(manifest.rejected_files).toEqual([{ key: 'orders//\u202e\0/y.csv', reason: 'empty' }]);
});
