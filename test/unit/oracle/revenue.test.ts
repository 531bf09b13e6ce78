import { expect, it } from 'vitest';
import { oracleBatch } from '../../support/oracle/batch.ts';

const HEADER = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status\n';

function filesOf(files: Record<string, string>): Map<string, Uint8Array> {
  return new Map(Object.entries(files).map(([key, content]) => [key, Buffer.from(content)]));
}

it('adds revenue up by day, hour, product and window', () => {
  const row = (id: number, product: string, time: string, price: string) =>
    `o${id},c1,${product},${time},3,${price},done\n`;
  const files = filesOf({
    'orders/a.csv':
      HEADER +
      row(1, 'p2', '2026-01-05T10:00:00Z', '0.10') +
      row(2, 'p2', '2026-01-05T10:09:59Z', '0.20') +
      row(3, 'p1', '2026-01-05T10:10:00Z', '0.30') +
      row(4, 'p3', '2026-01-06T10:00:00Z', '5'),
    'products/a.csv':
      'product_id,product_name,category,brand,list_price\n' +
      'p1,Pen,,Acme,1.005\np1,Other,,,1\np3,,Ink,,2.5\n,,,,\n',
  });

  const { tables, dimensions } = oracleBatch({ files });

  expect(tables.daily_revenue).toEqual([
    { order_date: '2026-01-05', total_orders: '3', total_revenue: '1.80' },
    { order_date: '2026-01-06', total_orders: '1', total_revenue: '15.00' },
  ]);
  expect(tables.hourly_revenue).toEqual([
    { hour_of_day: 10, total_orders: '4', total_revenue: '16.80' },
  ]);
  expect(tables.product_revenue).toEqual([
    { product_id: 'p3', total_orders: '1', total_revenue: '15.00' },
    { product_id: 'p1', total_orders: '1', total_revenue: '0.90' },
    { product_id: 'p2', total_orders: '2', total_revenue: '0.90' },
  ]);
  expect(tables.top_products).toEqual([
    {
      rank: 1,
      product_id: 'p3',
      product_name: null,
      category: 'Ink',
      total_orders: '1',
      total_revenue: '15.00',
    },
    {
      rank: 2,
      product_id: 'p1',
      product_name: 'Pen',
      category: null,
      total_orders: '1',
      total_revenue: '0.90',
    },
    {
      rank: 3,
      product_id: 'p2',
      product_name: null,
      category: null,
      total_orders: '2',
      total_revenue: '0.90',
    },
  ]);
  const window = (start: string, end: string, product_id: string, count: string, sum: string) => ({
    window_start: `2026-01-${start}:00.000Z`,
    window_end: `2026-01-${end}:00.000Z`,
    product_id,
    orders_count: count,
    total_revenue: sum,
  });
  expect(tables.window_revenue).toEqual([
    window('05T10:00', '05T10:10', 'p2', '2', '0.90'),
    window('05T10:10', '05T10:20', 'p1', '1', '0.90'),
    window('06T10:00', '06T10:10', 'p3', '1', '15.00'),
  ]);
  expect(dimensions.products).toEqual({ rows: 4, dimension_issues: 2, dimension_duplicates: 1 });
});
