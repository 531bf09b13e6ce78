import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../../lib/embedded/generate/random.ts';
import { runCliHere } from '../support/run-cli.ts';
import { seed } from '../support/seed.ts';

/**
 * The form and the size of the UCI “Online Retail” data, made up: several lines to an invoice, a
 * quarter without a customer, returns with negative quantities, lines that come twice, free ones.
 */

const LINES = 541_909;
const COLUMNS = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

let dir: string;
let file: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-uci-'));
  file = join(dir, 'landing/orders/online_retail.csv');
  mkdirSync(join(dir, 'landing/orders'), { recursive: true });
  writeFileSync(file, Buffer.from(onlineRetail(), 'latin1'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function onlineRetail(): string {
  const random = new Random(seed, 23, 1);
  const below = (limit: number) => random.below(limit);
  const lines = [COLUMNS];
  let invoice = 536_365;
  while (lines.length <= LINES) {
    invoice += 1;
    const customer = below(4) === 0 ? '' : String(12_346 + below(4_000));
    const [day, hour, minute] = [below(365), 8 + below(11), below(60)];
    const date = new Date(Date.UTC(2025, 0, 1 + day));
    const when =
      `${date.getUTCMonth() + 1}/${date.getUTCDate()}/2025 ` +
      `${hour}:${String(minute).padStart(2, '0')}`;
    const isReturn = below(60) === 0;
    for (let left = 1 + below(40); left > 0 && lines.length <= LINES; left--) {
      const item = 10_000 + below(4_000);
      const quantity = (1 + below(48)) * (isReturn ? -1 : 1);
      const price = below(200) === 0 ? '0' : `${below(30)}.${String(below(100)).padStart(2, '0')}`;
      const text = below(5) === 0 ? `"SET OF ${item}, CAF\u00c9"` : `LAMP ${item}`;
      const line =
        `${isReturn ? 'C' : ''}${invoice},${item},${text},${quantity},${when},${price},` +
        `${customer},United Kingdom`;
      lines.push(line);
      if (below(100) === 0 && lines.length <= LINES) lines.push(line);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** What counts, by DuckDB's DECIMAL: lines that sell something, each once. */
async function answerOfDuckdb() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const result = await connection.runAndReadAll(`
    SELECT count(*)::VARCHAR AS lines, sum(quantity * price)::VARCHAR AS revenue,
           count(*) FILTER (customer IS NULL)::VARCHAR AS guests
    FROM (
      SELECT DISTINCT InvoiceNo, StockCode, Quantity::INTEGER AS quantity,
        UnitPrice::DECIMAL(18, 2) AS price, first(CustomerID) AS customer
      FROM read_csv('${file}', header = true, all_varchar = true, encoding = 'latin-1')
      WHERE Quantity::INTEGER > 0
      GROUP BY ALL
    )`);
  const [row] = result.getRowObjectsJson();
  connection.closeSync();
  return row as { lines: string; revenue: string; guests: string };
}

it('is read after one command, and adds up as DuckDB adds it', { timeout: 600_000 }, async () => {
  const config = join(dir, 'tandem.yaml');
  const [landing, lake] = [join(dir, 'landing'), join(dir, 'lake')];
  const made = await runCliHere(['init', '--from', file, '--out', config, '--date-order', 'mdy']);
  expect(made).toMatchObject({ exitCode: 0 });
  expect(readFileSync(config, 'utf8')).toContain('preset: uci-online-retail');

  const places = ['--landing', landing, '--lake', lake, '--config', config];
  const run = await runCliHere(['batch', ...places, '--json']);

  expect(run).toMatchObject({ exitCode: 0 });
  const { counts, issues, revenue } = JSON.parse(run.out);
  const expected = await answerOfDuckdb();
  expect(counts.read).toBe(LINES);
  expect(String(counts.active)).toBe(expected.lines);
  expect(revenue).toBe(expected.revenue);
  expect(counts.quarantined).toBe(issues.quantity_not_positive);
  const guests = await runCliHere([
    ...['show', 'orders', '--lake', lake, '--where', 'customer_id=guest', '--count'],
  ]);
  expect(guests.out.trim()).toBe(expected.guests);
});
