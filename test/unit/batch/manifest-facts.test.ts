import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ordersCsv, storeOf } from '../../support/batch-runs.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { failureOf, orderLine } from '../../support/small-landing.ts';
import { planCut, RUN_ID, runCut, UNCUT } from '../../support/staged-runs.ts';

const badStatus = (id: string) => orderLine(id).replace('done', '?');
const badPrice = (id: string) => orderLine(id).replace('1.50', 'x');
const badBoth = (id: string) => badStatus(id).replace('1.50', 'x');
/** A gzip file whose end is missing: only reading it shows that. */
const CUT_SHORT = gzipSync(ordersCsv([orderLine('g1'), badStatus('g2')])).subarray(0, -9);

/** Two files in many chunks (some of them inside of one long record), and one that is rejected. */
async function manyChunks() {
  const long = orderLine('o6').replace('c1', 'c'.repeat(120));
  const landing = await storeOf([
    ['orders/a.csv', ordersCsv([orderLine('o1'), badStatus('o2'), badBoth('o3')])],
    ['orders/b.csv.gz', CUT_SHORT],
    ['orders/c.csv', ordersCsv([orderLine('o4'), badPrice('o5'), long, badStatus('o7'), ''])],
  ]);
  return { landing, ...(await runCut(landing, { chunkBytes: 40 })) };
}

it('counts records by file, those of rejected files left out', async () => {
  const { landing, manifest } = await manyChunks();
  const a = await landing.head('orders/a.csv');
  const c = await landing.head('orders/c.csv');

  expect(manifest.inputs).toEqual([
    { key: 'orders/a.csv', etag: a?.etag, bytes: a?.sizeBytes, records: 3 },
    { key: 'orders/c.csv', etag: c?.etag, bytes: c?.sizeBytes, records: 4 },
  ]);
  expect(manifest.rejected_files.map(({ key }) => key)).toEqual(['orders/b.csv.gz']);
});

it('counts the records of each issue over all chunks, in the order of the contract', async () => {
  const { manifest } = await manyChunks();

  expect(Object.entries(manifest.issues)).toEqual([
    ['price_not_decimal', 2],
    ['status_unknown', 3],
  ]);
  expect(manifest.counts).toMatchObject({ read: 7, active: 3, quarantined: 4 });
});

it('has no issues and no files left out where all is well', async () => {
  const landing = await storeOf([['orders/a.csv', ordersCsv([orderLine('o1')])]]);
  const { manifest } = await runCut(landing);

  expect(manifest.issues).toEqual({});
  expect([manifest.status, manifest.rejected_files]).toEqual(['published', []]);
});

it('fails when no file can be read, and publishes nothing', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `orders/${index + 10}.csv.gz`);
  const landing = await storeOf(names.map((name) => [name, CUT_SHORT]));
  const lake = new MemoryObjectStore();
  expect((await planCut(landing, lake, UNCUT)).inputs).toHaveLength(12);

  const failure = (await failureOf(() => runCut(landing, {}, lake))) as Error;

  expect(failure).toMatchObject({ code: 'all_files_rejected' });
  expect(failure.message).toContain('orders/10.csv.gz (');
  expect(failure.message).toContain('orders/19.csv.gz (');
  expect(failure.message).not.toContain('orders/20.csv.gz');
  expect(failure.message.endsWith(' and 2 more')).toBe(true);
});

it('names neither more nor fewer rejected files than there are', async () => {
  const landing = await storeOf([['orders/a.csv.gz', CUT_SHORT]]);

  expect(await failureOf(() => runCut(landing))).toMatchObject({
    message: expect.stringMatching(/^no readable orders file: orders\/a\.csv\.gz \([^,]*\)$/),
  });
});

it('names the most frequent issues of too many first', async () => {
  const lines = Array.from({ length: 100 }, (_, i) => (i < 40 ? badPrice : badStatus)(`o${i}`));
  const landing = await storeOf([['orders/a.csv', ordersCsv(lines)]]);

  expect(await failureOf(() => runCut(landing))).toMatchObject({
    code: 'too_many_quarantined',
    message: expect.stringContaining('status_unknown (60), price_not_decimal (40); in'),
  });
});

it('names files that were rejected before they were read and while, in the order of keys', async () => {
  const landing = await storeOf([
    ['orders/a.csv', ordersCsv([orderLine('o1')])],
    ['orders/b.csv.gz', CUT_SHORT],
    ['orders/c.csv', ''],
    ['orders/😀.csv', 'order_id\n'],
    ['orders/ｚ.csv.gz', CUT_SHORT],
  ]);

  const { manifest } = await runCut(landing);

  expect(manifest.rejected_files.map(({ key }) => key)).toEqual([
    'orders/b.csv.gz',
    'orders/c.csv',
    'orders/ｚ.csv.gz',
    'orders/😀.csv',
  ]);
  expect(manifest.rejected_files[1]).toEqual({ key: 'orders/c.csv', reason: 'empty' });
  expect(manifest.rejected_files[0].reason).toMatch(/^gzip/);
  expect(manifest.status).toBe('published_with_rejected_files');
});

it('says of a run in several buckets and ranges what one in one piece says', async () => {
  const landing = await storeOf([
    ['orders/a.csv', ordersCsv(['o1', 'o2', 'o3', 'o3', 'o4'].map(orderLine))],
    ['orders/b.csv', ordersCsv(['o5', 'o6'].map((id) => orderLine(id).replace('p1', 'p2')))],
    ['customers/c.csv', 'customer_id\nc2\nc3\n'],
    ['products/p.csv', 'product_id,list_price\np1,x\np1,2\n'],
    ['products/q.csv', 'product_id,list_price\np3,2\n'],
  ]);
  const etag = async (key: string) => (await landing.head(key))?.etag;
  const whole = (await runCut(landing)).manifest;

  const { manifest } = await runCut(landing, { bucketCount: 3, rangeCount: 2 });

  expect(manifest).toEqual({
    kind: 'batch',
    run_id: RUN_ID,
    status: 'published',
    created_at: '2026-01-31T12:00:00.000Z',
    code_version: '0.0.0',
    config_hash: '',
    counts: { read: 7, active: 6, cancelled: 0, quarantined: 0, duplicate: 1, late: 0 },
    issues: {},
    revenue: '18.00',
    rejected_files: [],
    warnings: whole.warnings,
    joins: { customers_missed: 6, products_missed: 2 },
    dimensions: {
      customers: {
        files: [{ key: 'customers/c.csv', etag: await etag('customers/c.csv') }],
        rows: 2,
        dimension_issues: 0,
        dimension_duplicates: 0,
      },
      products: {
        files: [
          { key: 'products/p.csv', etag: await etag('products/p.csv') },
          { key: 'products/q.csv', etag: await etag('products/q.csv') },
        ],
        rows: 3,
        dimension_issues: 1,
        dimension_duplicates: 1,
      },
    },
    inputs: whole.inputs,
    tables: manifest.tables,
  });
  expect(whole.warnings.map(({ code, count }) => [code, count])).toEqual([
    ['join_misses', 6],
    ['dimension_issues', 1],
  ]);
  const rowsOf = ({ tables }: typeof manifest) =>
    Object.fromEntries(
      Object.entries(tables).map(([name, { files }]) => [
        name,
        files.reduce((sum, { rows }) => sum + rows, 0),
      ]),
    );
  expect(rowsOf(manifest)).toEqual({
    orders: 6,
    cancelled: 0,
    duplicates: 1,
    quarantine: 0,
    daily_revenue: 1,
    hourly_revenue: 1,
    product_revenue: 2,
    top_products: 2,
    window_revenue: 2,
  });
  expect(rowsOf(whole)).toEqual(rowsOf(manifest));
});
