import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCliHere } from '../../../support/run-cli.ts';

/** Folders `order_date=…` and timestamps in milliseconds: `test/fixtures/lakes/README.md`. */
const FIXTURE = new URL('../../../fixtures/lakes/order-date-folders.json.gz', import.meta.url);

const MORE = `order_id,customer_id,product_id,order_timestamp,quantity,price,status
o7,c1,p2,2026-01-16 00:45:00.001,2,3.00,completed
`;

const root = mkdtempSync(join(tmpdir(), 'tandem-older-'));
const at = (path: string) => join(root, path);
const lake = ['--lake', at('lake')];
const stream = ['--stream', at('stream')];
const landing = ['--landing', at('landing')];

/** The JSON that a command prints; fails where it fails, not where it warns. */
async function answerOf(...args: string[]) {
  const { exitCode, out, err } = await runCliHere([...args, '--json']);
  expect([exitCode, err]).toEqual([0, expect.not.stringMatching(/tandem: (?!warning)/)]);
  return JSON.parse(out);
}

async function timesOf(door: 'batch' | 'stream', table = 'orders', column = 'order_timestamp') {
  const { rows } = await answerOf('show', table, '--of', door, '--limit', '100', ...lake);
  return rows.map((row: Record<string, string>) => row[column]);
}

beforeAll(() => {
  const files: Record<string, string> = JSON.parse(gunzipSync(readFileSync(FIXTURE)).toString());
  for (const [path, base64] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), Buffer.from(base64, 'base64'));
  }
});

afterAll(() => rmSync(root, { recursive: true }));

const OLD_TIMES = [
  '2026-01-15T09:00:00.123Z',
  '2026-01-15T09:04:00.000Z',
  '2026-01-16T00:00:00.000Z',
  '2026-01-16T00:40:00.000Z',
];

describe('a lake of an older version', () => {
  it('shows its tables with the instants that it holds', async () => {
    expect(await timesOf('batch')).toEqual(OLD_TIMES);
    expect(await timesOf('stream')).toEqual(OLD_TIMES);
    expect(await timesOf('stream', 'late', 'watermark')).toEqual(['2026-01-15T23:30:00.000Z']);
    expect(await timesOf('batch', 'window_revenue', 'window_end')).toEqual([
      '2026-01-15T09:10:00.000Z',
      '2026-01-15T09:10:00.000Z',
      '2026-01-16T00:10:00.000Z',
      '2026-01-16T00:50:00.000Z',
    ]);
  });

  it('shows the record that counts instead of a duplicate, whose columns had other names', async () => {
    const { rows } = await answerOf('show', 'duplicates', '--limit', '100', ...lake);

    expect(rows.map((row: Record<string, string>) => [row.kept_source, row.first_source])).toEqual([
      ['orders/a.csv', undefined],
    ]);
  });

  it('is compared, both doors in its old form', async () => {
    const report = await answerOf('reconcile', ...lake);

    expect(report).toMatchObject({ agree: true, unexplained: 0, batch_revenue: '44.50' });
  });

  it('is gone on with by the stream, whose tables then hold both forms', async () => {
    writeFileSync(at('landing/orders/b.csv'), MORE);
    await answerOf('produce', at('landing/orders/b.csv'), ...stream);
    await answerOf('stream', '--until-idle', '--drain', ...stream, ...landing, ...lake);

    const { out } = await runCliHere(['show', 'orders', '--of', 'stream', '--files', ...lake]);
    const folders = out
      .trim()
      .split('\n')
      .map((file) => file.split('/').at(-2));
    expect(folders).toEqual(['order_date=2026-01-15', 'order_date=2026-01-16', 'day=2026-01-16']);
    expect(await timesOf('stream')).toEqual([...OLD_TIMES, '2026-01-16T00:45:00.001Z']);
  });

  it('is compared with a new run, and every order of both forms is found', async () => {
    await answerOf('batch', ...landing, ...lake);

    const report = await answerOf('reconcile', ...lake);

    expect(report).toMatchObject({
      agree: true,
      batch_revenue: '50.50',
      stream_revenue: '50.50',
      unexplained: 0,
    });
    expect(Object.values(report.classes).every((count) => count === 0)).toBe(true);
  });
});
