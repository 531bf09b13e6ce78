import { expect, it } from 'vitest';
import { type RowSelection, tableRows } from '../../../../bin/lake/table-rows.ts';
import { ordersCsv, runOver } from '../../../support/batch-runs.ts';

const { lake, manifest } = await runOver([
  [
    'orders/a.csv',
    ordersCsv(['o1,c,p', 'o2,c,q', 'o3,c,p'].map((ids) => `${ids},2026-01-01 10:00:00,1,1,done`)),
  ],
]);
const files = manifest.tables.orders?.files ?? [];

async function rowsOf(selection: RowSelection) {
  const rows = [];
  for await (const row of tableRows(lake, files, selection)) rows.push(row);
  return rows;
}

it('has null for a column that an older file lacks', async () => {
  expect(await rowsOf({ columns: ['newer', 'order_id'], limit: 1 })).toEqual([
    { newer: null, order_id: 'o1' },
  ]);
  const conditions = (values: (string | null)[]) => [{ column: 'newer', values: new Set(values) }];
  expect(await rowsOf({ columns: [], conditions: conditions([null]) })).toEqual([{}, {}, {}]);
  expect(await rowsOf({ columns: [], conditions: conditions(['x']) })).toEqual([]);
});

it('counts the limit in rows that match', async () => {
  const conditions = [{ column: 'product_id', values: new Set(['p']) }];
  const found = await rowsOf({ columns: ['order_id'], conditions, limit: 2 });
  expect(found).toEqual([{ order_id: 'o1' }, { order_id: 'o3' }]);
});
