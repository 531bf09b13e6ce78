import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPyArrow, pyArrowTitle, readTableWith } from '../support/parquet-readers.ts';
import { runTandem } from './run-tandem.ts';

/** `docs/tables.md` says that these programs read a table with their default options. */
const ENGINES = ['pandas', 'pyarrow', 'pyarrow_dataset', 'dask', 'polars', 'duckdb', 'datafusion'];

const SPARK = process.env.TANDEM_SPARK !== undefined;
const SPARK_MISSING = 'skipped: needs Java, pyspark and TANDEM_SPARK=1';

const ORDERS = `order_id,customer_id,product_id,order_timestamp,quantity,price,status
o1,c1,p1,2026-01-15 09:00:00.123,2,10.00,completed
o2,c2,p2,2026-01-15 09:04:00,1,5.50,pending
o3,c9,p1,2026-01-16 00:00:00,1,10.00,completed
o4,c2,p1,2199-12-31 23:59:59.999,4,2.25,processing
`;

const EXPECTED = {
  rows: 4,
  sum: '44.50',
  first: '2026-01-15T09:00:00.123000+00:00',
  dates: ['2026-01-15', '2026-01-16', '2199-12-31'],
};

const root = mkdtempSync(join(tmpdir(), 'tandem-readers-'));
const lake = join(root, 'lake');
let files: string[] = [];

beforeAll(async () => {
  const landing = join(root, 'landing');
  mkdirSync(join(landing, 'orders'), { recursive: true });
  writeFileSync(join(landing, 'orders/a.csv'), ORDERS);
  await runTandem(root, ['batch', '--landing', landing, '--lake', lake]);
  const listed = await runTandem(root, ['show', 'orders', '--lake', lake, '--files']);
  files = listed.trimEnd().split('\n');
});

afterAll(() => rmSync(root, { recursive: true }));

describe('the files of a table', () => {
  it('lie in folders that are called by their day, below the folder of the run', () => {
    const folders = files.map((file) => dirname(file).slice(lake.length));

    expect(folders.map((folder) => folder.replace(/run=[^/]+/, 'run='))).toEqual([
      '/tables/batch/orders/run=/day=2026-01-15',
      '/tables/batch/orders/run=/day=2026-01-16',
      '/tables/batch/orders/run=/day=2199-12-31',
    ]);
  });
});

describe.skipIf(!hasPyArrow)(pyArrowTitle('the folder of a run and its files'), () => {
  it.each(ENGINES)('are read by %s with default options', { timeout: 60_000 }, (engine) => {
    const folder = dirname(dirname(files[0]));

    expect(readTableWith(engine, { folder, files })).toEqual({ folder: EXPECTED, files: EXPECTED });
  });

  it.skipIf(!SPARK)(
    SPARK ? 'are read by Spark with default options' : `are read by Spark (${SPARK_MISSING})`,
    { timeout: 180_000 },
    () => {
      const folder = dirname(dirname(files[0]));
      const views = readTableWith('spark', { folder, files });

      expect(views).toEqual({ folder: EXPECTED, files: EXPECTED });
    },
  );
});
