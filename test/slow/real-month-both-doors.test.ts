import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../../lib/embedded/generate/random.ts';
import { runCliHere } from '../support/run-cli.ts';
import { seed } from '../support/seed.ts';
import { projectRoot } from '../support/source-files.ts';

/**
 * A real month through both doors, put out of order: some orders arrive late, some are sent again,
 * soon or after their id is free. `reconcile` finds a reason for every order and every cent that
 * differs.
 */

const LATE_RATE = 0.05;
const LATE_MAX_MS = 2 * 60 * 60_000;
const REPEAT_RATE = 0.03;
const REPEAT_MAX_MS = 3 * 60 * 60_000;
const LIMIT_MS = 850_000;

const journey = join(projectRoot, 'data/complete-journey');
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-month-'));
  for (const dimension of ['customers', 'products']) {
    mkdirSync(join(dir, 'landing', dimension), { recursive: true });
    const file = join(dimension, `${dimension}.csv.gz`);
    copyFileSync(join(journey, file), join(dir, 'landing', file));
  }
  mkdirSync(join(dir, 'landing/orders'));
  writeFileSync(join(dir, 'landing/orders/2017-01.csv'), disordered());
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The rows in order of arrival, those that are sent again included. */
function disordered(): string {
  const text = gunzipSync(readFileSync(join(journey, 'orders/2017-01.csv.gz'))).toString();
  const [header, ...rows] = text.trimEnd().split('\n');
  const random = new Random(seed, 17, 1);
  const isDrawn = (rate: number) => random.below(1_000_000) < rate * 1_000_000;
  const arrivals = rows.flatMap((row) => {
    const timeMs = Date.parse(`${row.split(',')[3].replace(' ', 'T')}Z`);
    const arrivalMs = timeMs + (isDrawn(LATE_RATE) ? random.below(LATE_MAX_MS) : 0);
    const again = isDrawn(REPEAT_RATE) ? [repeated(row, arrivalMs, random)] : [];
    return [{ row, arrivalMs }, ...again];
  });
  arrivals.sort((a, b) => a.arrivalMs - b.arrivalMs);
  return `${[header, ...arrivals.map(({ row }) => row)].join('\n')}\n`;
}

/** Sent again with the time of its sending, so that it is not late. */
function repeated(row: string, afterMs: number, random: Random) {
  const arrivalMs = afterMs + random.below(REPEAT_MAX_MS);
  const values = row.split(',');
  values[3] = new Date(arrivalMs).toISOString();
  return { row: values.join(','), arrivalMs };
}

async function tandem(...args: string[]) {
  const { exitCode, out, err } = await runCliHere([...args, '--json']);
  expect(exitCode).toBe(0);
  // Customers that nothing describes, orders that are sent again, disorder: all by design.
  expect(err).toMatch(/^(tandem: warning: .*\n)*$/);
  return JSON.parse(out);
}

it(
  'is explained to the last cent',
  async () => {
    const landing = ['--landing', join(dir, 'landing')];
    const lake = ['--lake', join(dir, 'lake')];
    const stream = ['--stream', join(dir, 'stream')];
    const batch = await tandem('batch', ...landing, ...lake);
    const file = join(dir, 'landing/orders/2017-01.csv');
    await tandem('produce', file, ...stream, '--shards', '3');
    const streamed = await tandem('stream', '--drain', ...stream, ...landing, ...lake);

    const result = await tandem('reconcile', ...lake);

    expect(result).toMatchObject({ agree: true, unexplained: 0, batch_revenue: batch.revenue });
    // What is in the file, counted once.
    expect(batch.revenue).toBe('345429.11');
    expect(streamed.counts.read).toBe(batch.counts.read);
    expect(batch.counts.active).toBe(123_478);
    const cents = (text: string) => BigInt(text.replace('.', ''));
    const difference = cents(result.batch_revenue) - cents(result.stream_revenue);
    expect(BigInt(result.explained_cents)).toBe(difference);
    expect(result.classes.late_in_stream).toBeGreaterThan(1_000);
    expect(result.classes.duplicate_beyond_horizon).toBeGreaterThan(1_000);
  },
  LIMIT_MS,
);
