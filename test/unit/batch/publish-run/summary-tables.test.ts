import { describe, expect, it } from 'vitest';
import { writeSummaryTables } from '../../../../lambdas/batch/publish-run/summary-tables.ts';
import type { BucketResult } from '../../../../lambdas/batch/run/bucket-result.ts';
import type { RangeResult } from '../../../../lambdas/batch/run/range-result.ts';
import { Dimension } from '../../../../lambdas/shared/dimensions/joined-dimension.ts';
import { loadDimension } from '../../../../lambdas/shared/dimensions/load-dimension.ts';
import { PRODUCTS } from '../../../../lambdas/shared/model/dimension.ts';
import { readRows } from '../../../../lambdas/shared/parquet/reader.ts';
import { configOf, keysOf, storeOf } from '../../../support/batch-runs.ts';
import { dimensionLimit } from '../../../support/dimension-limit.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { failureOf } from '../../../support/small-landing.ts';

type Sum = readonly [index: number, orders: number, cents: bigint];

const revenue = ([, orders, cents]: Sum) => ({ orders, cents });

function bucket({ days = [], hours = [] }: { days?: readonly Sum[]; hours?: readonly Sum[] }) {
  const byHour = Array.from({ length: 24 }, () => ({ orders: 0, cents: 0n }));
  for (const sum of hours) byHour[sum[0]] = revenue(sum);
  return {
    byDay: new Map(days.map((sum) => [sum[0], revenue(sum)])),
    byHour,
  } as unknown as BucketResult;
}

const range = (...top: readonly (readonly [string, number, bigint])[]) =>
  ({
    top: top.map(([productId, orders, cents]) => ({ productId, orders, cents })),
  }) as unknown as RangeResult;

async function written(buckets: readonly BucketResult[], ranges: readonly RangeResult[]) {
  const text = 'product_id,product_name,category,brand,list_price\np3,Pen,Office,,\n';
  const landing = await storeOf([['products/p.csv', text]]);
  const { etag } = (await landing.head('products/p.csv')) ?? { etag: '' };
  const files = [{ key: 'products/p.csv', etag, sizeBytes: text.length }];
  const { data } = await loadDimension(landing, PRODUCTS, files, dimensionLimit(1e6));
  const lake = new MemoryObjectStore();
  const { parquet } = configOf();
  const context = { lake, runId: 'r1', parquet, products: new Dimension(data) };
  const summary = await writeSummaryTables(buckets, ranges, context);
  const rows: Record<string, unknown[][]> = {};
  for (const [name, [{ key }]] of Object.entries(summary.files)) {
    const table: unknown[][] = [];
    rows[name] = table;
    for await (const row of readRows(await lake.get(key))) table.push(Object.values(row));
  }
  return { ...summary, rows, keys: await keysOf(lake) };
}

describe('the last tables of a run', () => {
  it('add up the buckets, days and hours in order, hours without orders left out', async () => {
    const { rows, files, revenueCents } = await written(
      [
        bucket({
          days: [
            [20_459, 2, 500n],
            [20_457, 1, 0n],
          ],
          hours: [
            [23, 2, 500n],
            [4, 1, 0n],
          ],
        }),
        bucket({
          days: [
            [20_458, 3, 70n],
            [20_459, 1, 250n],
          ],
          hours: [
            [0, 3, 70n],
            [23, 1, 250n],
          ],
        }),
      ],
      [],
    );

    expect(rows).toEqual({
      daily_revenue: [
        ['2026-01-04', '1', '0.00'],
        ['2026-01-05', '3', '0.70'],
        ['2026-01-06', '3', '7.50'],
      ],
      hourly_revenue: [
        [0, '3', '0.70'],
        [4, '1', '0.00'],
        [23, '3', '7.50'],
      ],
    });
    expect(revenueCents).toBe(820n);
    expect(files.daily_revenue).toMatchObject([
      { key: 'tables/batch/daily_revenue/run=r1/part-0000.parquet', rows: 3, partition: null },
    ]);
  });

  it('rank the ten best of all ranges by revenue, then by the bytes of the id', async () => {
    const { rows } = await written(
      [],
      [
        range(['p1', 1, 900n], ['😀', 1, 500n], ['p2', 4, 500n], ['p0', 1, 8n]),
        range(['p3', 7, 2n ** 55n + 1n], ['p4', 7, 2n ** 55n], ['ｚ', 1, 500n]),
        range(['p9', 1, 9n], ['p8', 1, 9n], ['p7', 1, 9n], ['p6', 1, 8n], ['p5', 1, 8n]),
      ],
    );

    expect(rows.top_products).toEqual([
      [1, 'p3', 'Pen', 'Office', '7', '360287970189639.69'],
      [2, 'p4', null, null, '7', '360287970189639.68'],
      [3, 'p1', null, null, '1', '9.00'],
      [4, 'p2', null, null, '4', '5.00'],
      [5, 'ｚ', null, null, '1', '5.00'],
      [6, '😀', null, null, '1', '5.00'],
      [7, 'p7', null, null, '1', '0.09'],
      [8, 'p8', null, null, '1', '0.09'],
      [9, 'p9', null, null, '1', '0.09'],
      [10, 'p0', null, null, '1', '0.08'],
    ]);
  });

  it('have no file where they have no rows', async () => {
    const { files, keys, revenueCents } = await written([bucket({})], [range()]);

    expect([files, keys, revenueCents]).toEqual([{}, [], 0n]);
  });

  it('fail with revenue_overflow where the sum of all days does not fit', async () => {
    const half = 5n * 10n ** 17n;
    const days = (more: bigint) => [
      bucket({ days: [[1, 1, half]] }),
      bucket({ days: [[2, 1, half + more]] }),
    ];

    expect((await written(days(-1n), [])).revenueCents).toBe(10n ** 18n - 1n);
    expect(await failureOf(() => written(days(0n), []))).toMatchObject({
      code: 'revenue_overflow',
      message: expect.stringMatching(/^the revenue of all orders is 10000000000000000\.00, more/),
    });
  });
});
