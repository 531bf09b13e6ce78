import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../lambdas/shared/adapters/memory/memory-object-store.ts';
import { ordersCsv, storeOf } from '../../support/batch-runs.ts';
import { failureOf, orderLine } from '../../support/small-landing.ts';
import { planCut, runCut, UNCUT } from '../../support/staged-runs.ts';

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
    message: expect.stringMatching(/^no orders file can be read: orders\/a\.csv\.gz \([^,]*\)$/),
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
