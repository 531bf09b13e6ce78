import { describe, expect, it } from 'vitest';
import { ordersCsv, runOver, storeOf } from '../../support/batch-runs.ts';
import { readTables } from '../../support/lake-tables.ts';
import { runCut } from '../../support/staged-runs.ts';

const line = (id: string, price: string, status: string) =>
  `${id},c1,p1,2026-01-15 10:00:00,1,${price},${status}`;

/** Exports of two nights: orders come again with their newest state. */
const NIGHTS = [
  [
    'orders/15.csv',
    ordersCsv([line('o1', '10', 'pending'), line('o2', '20', 'pending'), line('o3', '30', 'done')]),
  ],
  [
    'orders/16.csv',
    ordersCsv([line('o1', '10', 'done'), line('o2', '20', 'cancelled'), line('o3', '25', 'done')]),
  ],
] as const;

const LAST = { config: { rules: { keep: 'last' } } };

describe('rules.keep: last', () => {
  it('counts the newest record of an id, by key and offset', async () => {
    const { manifest, lake } = await runOver(NIGHTS, LAST);
    const { orders, cancelled, duplicates } = await readTables(lake, manifest);

    expect(manifest.counts).toMatchObject({ read: 6, active: 2, cancelled: 1, duplicate: 3 });
    expect(manifest.revenue).toBe('35.00');
    expect([...orders, ...cancelled].map(({ order_id, source }) => [order_id, source])).toEqual([
      ['o1', 'orders/16.csv'],
      ['o3', 'orders/16.csv'],
      ['o2', 'orders/16.csv'],
    ]);
    expect(
      duplicates.map(({ order_id, source, kept_source, kept_source_offset }) => {
        return [order_id, source, kept_source, kept_source_offset];
      }),
    ).toEqual([
      ['o1', 'orders/15.csv', 'orders/16.csv', '70'],
      ['o2', 'orders/15.csv', 'orders/16.csv', '109'],
      ['o3', 'orders/15.csv', 'orders/16.csv', '153'],
    ]);
  });

  it('counts the first one without it', async () => {
    const { manifest } = await runOver(NIGHTS);

    expect(manifest.counts).toMatchObject({ active: 3, cancelled: 0, duplicate: 3 });
    expect(manifest.revenue).toBe('60.00');
  });

  it('counts a valid record, whatever a later one with issues says', async () => {
    const { manifest } = await runOver(
      [['orders/a.csv', ordersCsv([line('o1', '10', 'done'), line('o1', '-1', 'done')])]],
      LAST,
    );

    expect(manifest.counts).toMatchObject({ active: 1, quarantined: 1, duplicate: 0 });
  });

  it('lists files in order of records where a bucket takes several waves', async () => {
    const { manifest, lake } = await runCut(await storeOf(NIGHTS), { keep: 'last', waveBytes: 1 });
    const { duplicates, orders } = await readTables(lake, manifest);

    expect(duplicates.map(({ order_id }) => order_id)).toEqual(['o1', 'o2', 'o3']);
    expect(orders.map(({ order_id }) => order_id)).toEqual(['o1', 'o3']);
    expect(manifest.tables.duplicates.files.map(({ key }) => key.slice(-8))).toEqual(['.parquet']);
    expect(manifest.revenue).toBe('35.00');
  });
});
