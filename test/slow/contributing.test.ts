import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeBlocks, readText } from '../docs/markdown.ts';
import { parseSimulationArguments } from '../simulation/arguments.ts';
import { projectRoot } from '../support/source-files.ts';

const run = promisify(execFile);
const page = readText('CONTRIBUTING.md');

describe('the page for contributors', () => {
  it('names scripts that there are', () => {
    const { scripts } = JSON.parse(readText('package.json'));
    const named = [...page.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script);
    expect(named).toContain('build:wasm');
    expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
  });

  it('names files and folders that there are', () => {
    const path = /`((?:bin|lib|lambdas|test|docs)\/[\w./-]+)`/g;
    const named = [...page.matchAll(path)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !existsSync(join(projectRoot, name)))).toEqual([]);
  });

  it('runs the simulation with options that it has', () => {
    const [, line] = /^ *npm run sim -- (--seeds.*)$/m.exec(page) ?? [];
    expect(parseSimulationArguments(line.split(' '))).toMatchObject({ seedCount: 1, seed: 7 });
  });

  it('quotes what a forgotten build of a kernel says', () => {
    const message = 'was compiled from other sources: npm run build:wasm';
    expect(page).toContain(`order-kernel ${message}`);
    expect(readText('test/unit/kernels/build-kernels.test.ts')).toContain(message);
  });
});

describe('the column that the page adds', () => {
  const ORDERS = [
    ['O1', '2024-01-01 00:00:00'],
    ['O2', '2024-03-31 23:59:59.999'],
    ['O3', '2024-04-01 00:00:00'],
    ['O4', '2024-09-30 23:59:59'],
    ['O5', '2024-10-01 01:30:00+02:00'],
    ['O6', '2024-12-31 23:59:59'],
  ];
  const QUARTERS = { O1: 1, O2: 1, O3: 2, O4: 3, O5: 3, O6: 4 };
  const PATCHES = codeBlocks(page).filter(({ language }) => language === 'diff');

  let copy: string;
  let paths: readonly string[];
  const inCopy = (path: string) => join(copy, path);

  async function node(args: readonly string[]): Promise<string> {
    return (await run(process.execPath, args, { cwd: copy })).stdout;
  }

  async function tandem(...args: string[]): Promise<Record<string, unknown>> {
    return JSON.parse(await node(['bin/tandem.js', ...args, '--json']));
  }

  async function quartersOf(door: string): Promise<unknown> {
    const { rows } = await tandem('show', 'orders', '--of', door);
    const orders = rows as { readonly order_id: string; readonly order_quarter: number }[];
    return Object.fromEntries(orders.map(({ order_id: id, order_quarter: q }) => [id, q]));
  }

  beforeAll(async () => {
    copy = mkdtempSync(join(tmpdir(), 'tandem-column-'));
    const { stdout } = await run('git', ['ls-files', '-z', '.', ':!test'], { cwd: projectRoot });
    // A file that was just deleted is still tracked.
    const tracked = stdout.split('\0').filter((path) => path !== '');
    paths = tracked.filter((path) => existsSync(join(projectRoot, path)));
    for (const path of paths) {
      mkdirSync(dirname(inCopy(path)), { recursive: true });
      cpSync(join(projectRoot, path), inCopy(path));
    }
    symlinkSync(join(projectRoot, 'node_modules'), inCopy('node_modules'));
    const patch = PATCHES.flatMap(({ lines }) => [...lines, '']).join('\n');
    execFileSync('git', ['apply', '-'], { cwd: copy, input: patch });
    const rows = ORDERS.map(([id, time]) => `${id},C1,P1,${time},1,2.50,completed\n`);
    mkdirSync(inCopy('data/landing/orders'), { recursive: true });
    writeFileSync(
      inCopy('data/landing/orders/orders.csv'),
      `order_id,customer_id,product_id,order_timestamp,quantity,price,status\n${rows.join('')}`,
    );
    await tandem('batch');
    await tandem('produce', 'data/landing/orders/orders.csv');
    await tandem('stream', '--drain');
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(['batch', 'stream'])('is right in the orders of the %s door', async (door) => {
    expect(await quartersOf(door)).toEqual(QUARTERS);
  });

  it('is equal in both doors', async () => {
    expect(await tandem('reconcile')).toMatchObject({
      agree: true,
      batch_revenue: '15.00',
      stream_revenue: '15.00',
      unexplained: 0,
    });
  });

  it('takes the files that the page names, and no other', async () => {
    await node(['bin/docs/generate-docs.ts']);
    const changed = paths.filter(
      (path) => !readFileSync(inCopy(path)).equals(readFileSync(join(projectRoot, path))),
    );
    expect(changed).toEqual([
      'docs/tables.md',
      'lambdas/shared/model/tables.ts',
      'lambdas/shared/rules/derived.ts',
    ]);
  });
});
