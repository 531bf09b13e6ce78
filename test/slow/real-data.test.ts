import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCheckout, runTandemJson } from '../docs/run-tandem.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

let checkout: string;
let result: unknown;
beforeAll(async () => {
  checkout = makeCheckout();
  result = await runTandemJson(checkout, ['batch', '--landing', 'data/complete-journey']);
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

async function shown(table: string): Promise<Rows> {
  return ((await runTandemJson(checkout, ['show', table])) as { rows: Rows }).rows;
}

/** Rows of a query in DuckDB over the same CSV files; our code takes no part in it. */
async function computed(query: string): Promise<Rows> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  try {
    const orders = join(checkout, 'data/complete-journey/orders/*.csv.gz');
    await connection.run(`CREATE VIEW orders AS SELECT * FROM read_csv('${orders}', header = true,
      columns = {order_id: 'VARCHAR', customer_id: 'VARCHAR', product_id: 'VARCHAR',
        order_timestamp: 'TIMESTAMP', quantity: 'INTEGER', price: 'DECIMAL(10,2)',
        status: 'VARCHAR'})`);
    await connection.run(`CREATE VIEW active AS
      SELECT *, (quantity * price)::DECIMAL(18,2) AS total_amount FROM orders WHERE quantity > 0`);
    return (await connection.runAndReadAll(query)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('one month of real transactions', () => {
  it('loses no line and keeps those of quantity 0 with their reason', async () => {
    expect(result).toMatchObject({
      status: 'published',
      counts: {
        read: 124_051,
        active: 123_478,
        cancelled: 0,
        quarantined: 573,
        duplicate: 0,
        late: 0,
      },
      issues: { quantity_not_positive: 573 },
      rejected_files: [],
    });

    const quarantined = await shown('quarantine');
    expect(quarantined).toHaveLength(573);
    expect(quarantined.every((row) => row.quantity === '0')).toBe(true);
    expect(quarantined.every((row) => row.issues === 'quantity_not_positive')).toBe(true);
    expect(await computed('SELECT count(*)::INTEGER AS n FROM orders WHERE quantity = 0')).toEqual([
      { n: 573 },
    ]);
  });

  it('has the revenue that an independent computation finds, to the cent', async () => {
    expect(result).toMatchObject({ revenue: '345429.11' });
    expect(await computed('SELECT sum(total_amount)::VARCHAR AS revenue FROM active')).toEqual([
      { revenue: '345429.11' },
    ]);
  });

  it.each([
    ['daily_revenue', 'order_timestamp::DATE::VARCHAR AS order_date', 'ORDER BY 1'],
    ['hourly_revenue', 'hour(order_timestamp)::INTEGER AS hour_of_day', 'ORDER BY 1'],
    ['product_revenue', 'product_id', 'ORDER BY sum(total_amount) DESC, product_id'],
  ])('has the rows of %s that an independent computation finds', async (table, key, order) => {
    const rows = await computed(`SELECT ${key}, count(*)::VARCHAR AS total_orders,
      sum(total_amount)::VARCHAR AS total_revenue FROM active GROUP BY 1 ${order}`);

    expect(await shown(table)).toEqual(rows);
  });

  it('has the windows that an independent computation finds', async () => {
    const rows = await computed(`SELECT
      strftime(time_bucket(INTERVAL 10 MINUTE, order_timestamp), '%Y-%m-%dT%H:%M:%S.000Z')
        AS window_start, product_id, count(*)::VARCHAR AS orders_count,
      sum(total_amount)::VARCHAR AS total_revenue FROM active GROUP BY 1, 2 ORDER BY 1, 2`);

    const ours = (await shown('window_revenue')).map(({ window_end, ...row }) => row);
    expect(ours).toEqual(rows);
  });
});
