import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../lambdas/shared/model/config.ts';
import { type MappingExample, mappingPage } from './mapping-examples.ts';
import { makeCheckout, runTandem, runTandemJson } from './run-tandem.ts';

type Row = Readonly<Record<string, unknown>>;

/** The tables that hold what the examples' records end as, each with its outcome. */
const OUTCOME_OF_TABLE = {
  orders: 'active',
  cancelled: 'cancelled',
  quarantine: 'quarantined',
  duplicates: 'duplicate',
};

const { examples, inputs } = mappingPage();
const orderExamples = examples.filter(({ match }) => match.startsWith('orders/'));
let checkout: string;
let records: Row[];

// All examples in one run: each has a file of its own.
beforeAll(async () => {
  checkout = makeCheckout();
  for (const { match, file } of examples) writeInput(`data/landing/${match}`, file);
  const own = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status';
  writeInput('data/landing/orders/own.csv', `${own}\nk1,K-17,MUG,2026-01-15 10:00,1,15.00,done\n`);
  writeInput('data/examples.yaml', JSON.stringify({ input: examples.map(({ entry }) => entry) }));
  await runTandem(checkout, ['batch', '--config', 'data/examples.yaml']);
  records = (await Promise.all(Object.keys(OUTCOME_OF_TABLE).map(recordsOf))).flat();
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

function writeInput(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), content);
}

async function recordsOf(table: string): Promise<Row[]> {
  const { rows } = (await runTandemJson(checkout, ['show', table])) as { rows: Row[] };
  const outcome = OUTCOME_OF_TABLE[table as keyof typeof OUTCOME_OF_TABLE];
  return rows.map((row) => ({ outcome, ...row }));
}

function cellsOf({ match, columns }: MappingExample): string[][] {
  return records
    .filter(({ source }) => source === match)
    .toSorted((a, b) => Number(a.source_offset) - Number(b.source_offset))
    .map((row) => columns.map((column) => String(row[column] ?? '')));
}

describe('the examples of mappings', () => {
  it('are there for each part of a mapping', () => {
    const keys = examples.flatMap(({ entry }) => Object.keys(entry));
    expect([...new Set(keys)].toSorted()).toEqual([
      'dialect',
      'encoding',
      'fields',
      'fillDown',
      'match',
      'missingValues',
    ]);
    expect(orderExamples).toHaveLength(10);
  });

  it.each(orderExamples)('end as the page says: $match', (example) => {
    expect(example.rows.length).toBeGreaterThan(0);
    expect(cellsOf(example)).toEqual(example.rows);
  });

  it('join the customers that the page names', () => {
    const joined = records.filter(({ customer_name }) => customer_name != null);
    expect(joined).toMatchObject([
      { order_id: 'k1', customer_name: 'Ada', customer_segment: 'retail', customer_email: null },
    ]);
  });

  it('are valid, each block as a config', () => {
    expect(inputs.length).toBeGreaterThan(examples.length);
    for (const input of inputs) expect(parseConfig({ input }).input).toHaveLength(input.length);
  });
});
