import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { ORDER_FIELDS } from '../../lambdas/shared/model/order.ts';
import { tablesOf } from '../../lambdas/shared/model/tables.ts';
import { readRows } from '../../lambdas/shared/parquet/reader.ts';
import { readStreamManifest, tableFilesAsOf } from '../../lambdas/shared/state/manifest-chain.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import { Random } from '../../lib/embedded/generate/random.ts';
import { seed } from '../support/seed.ts';
import { projectRoot } from '../support/source-files.ts';

/**
 * `tandem stream` is killed again and again while `tandem produce` runs, and then left to finish.
 * What it publishes equals what a run publishes that nobody disturbed.
 */

const KILLS = 60;
const ORDERS = 15_000;
/** So that it lasts as long as the kills. */
const RECORDS_PER_SEC = 200;
/** How long a process lives beyond its start: longer where starting takes long. */
const LIFE_MAX_MS = 1_400;
const LIFE_MAX_STARTS = 2;
const LIMIT_MS = 1_500_000;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-kill-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function start(args: readonly string[]): ChildProcess {
  // This Node is new enough that the program runs in the process that is killed.
  const program = join(projectRoot, 'bin/tandem.js');
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const child = start([...args, '--json']);
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`tandem ${args.join(' ')} ended with ${exitCode}: ${out}`);
  return JSON.parse(out);
}

/** Returns whether it was still running. */
async function runKilledAfter(args: readonly string[], lifeMs: number): Promise<boolean> {
  const child = start([...args, '--json']);
  const closed = once(child, 'close');
  await wait(lifeMs);
  child.kill('SIGKILL');
  const [exitCode, signal] = await closed;
  if (exitCode !== null && exitCode !== 0) throw new Error(`tandem stream ended with ${exitCode}`);
  return signal === 'SIGKILL';
}

async function readLake(lakeDir: string, manifestKey: string) {
  const lake = new FileObjectStore(lakeDir);
  const manifest = await readStreamManifest(lake, manifestKey);
  const tables: Record<string, string[]> = {};
  for (const { name } of tablesOf('stream')) {
    const rows: string[] = [];
    for await (const { key } of tableFilesAsOf(lake, manifest, name)) {
      for await (const row of readRows(await lake.get(key))) rows.push(JSON.stringify(row));
    }
    tables[name] = rows.sort();
  }
  return { manifest, tables };
}

/** Tables that each epoch writes as a whole: the last one's files hold the same in any run. */
const WHOLE = ['daily_revenue', 'hourly_revenue', 'product_revenue', 'top_products'];

function contentsOf({ tables }: StreamManifest) {
  return WHOLE.map((name) =>
    tables[name].files.map(({ rows, sha256 }) => ({ name, rows, sha256 })),
  );
}

it(
  `publishes the same whether or not it is killed ${KILLS} times`,
  async () => {
    const [landing, stream] = [join(dir, 'landing'), join(dir, 'stream')];
    const folders = (lake: string) => [
      ...['--stream', stream, '--landing', landing, '--lake', join(dir, lake)],
    ];
    await run(['generate', '--out', landing, '--orders', `${ORDERS}`]);
    const orders = join(landing, 'orders/part-00001.csv');
    // The stream exists before the first consumer looks for it.
    const none = join(dir, 'none.csv');
    writeFileSync(none, `${ORDER_FIELDS.join(',')}\n`);
    await run(['produce', none, '--stream', stream]);
    const startedAtMs = performance.now();
    await run(['stream', ...folders('killed'), '--until-idle']);
    const startUpMs = performance.now() - startedAtMs;
    const producing = run(['produce', orders, '--stream', stream, '--rate', `${RECORDS_PER_SEC}`]);
    producing.catch(() => undefined);
    const random = new Random(seed, 0, 0);
    const lifeMaxMs = Math.max(LIFE_MAX_MS, Math.round(startUpMs * LIFE_MAX_STARTS));
    let kills = 0;
    while (kills < KILLS) {
      const lifeMs = startUpMs / 2 + random.between(0, lifeMaxMs);
      const args = ['stream', ...folders('killed'), '--every', '1s', '--batch-size', '20'];
      if (await runKilledAfter(args, lifeMs)) kills += 1;
    }
    await producing;

    const killed = await run(['stream', ...folders('killed'), '--drain']);
    const undisturbed = await run(['stream', ...folders('undisturbed'), '--drain']);

    for (const name of ['counts', 'watermark', 'revenue']) {
      expect(killed[name]).toEqual(undisturbed[name]);
    }
    const one = await readLake(join(dir, 'killed'), String(killed.manifest));
    const other = await readLake(join(dir, 'undisturbed'), String(undisturbed.manifest));
    expect(one.manifest.epoch).toBeGreaterThan(5);
    expect(one.manifest.issues).toEqual(other.manifest.issues);
    for (const { name } of tablesOf('stream')) {
      expect(one.tables[name].length, name).toBe(other.tables[name].length);
      expect(one.tables[name], name).toEqual(other.tables[name]);
    }
    expect(contentsOf(one.manifest)).toEqual(contentsOf(other.manifest));
    expect(one.tables.late.length).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
