import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchManifest } from '../../../lambdas/batch/batch-manifest.ts';
import { CURRENT_KEY, planKey } from '../../../lambdas/batch/batch-plan.ts';
import { loadDimension } from '../../../lambdas/batch/plan-run/load-dimension.ts';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { MemoryObjectStore } from '../../../lambdas/shared/adapters/memory/memory-object-store.ts';
import { VirtualClock } from '../../../lambdas/shared/adapters/memory/virtual-clock.ts';
import { PRODUCTS } from '../../../lambdas/shared/model/dimension.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { keysOf, ordersCsv, type RunOptions, runOver, storeOf } from '../../support/batch-runs.ts';
import { type Hook, hookedStore } from '../../support/hooked-store.ts';
import { readTables } from '../../support/lake-tables.ts';

const line = (id: string) => `${id},c1,p1,2026-01-05T00:00:00,2,1.50,done`;
const FILES: readonly (readonly [string, string])[] = [
  ['orders/a.csv', ordersCsv([line('o1'), line('o2'), line('o1'), 'bad'])],
  ['products/p.csv', 'product_id,product_name,category,brand,list_price\np1,Tea,Drink,Alder,1\n'],
];
const DAY_MS = 86_400_000;

async function failureOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('the run did not fail');
}

async function currentOf(lake: ObjectStore): Promise<BatchManifest> {
  const json = async (key: string) => JSON.parse(Buffer.from(await lake.get(key)).toString());
  return await json((await json(CURRENT_KEY)).manifest);
}

describe('a run that fails', () => {
  const withoutOrders = FILES.filter(([key]) => !key.startsWith('orders/'));
  const withProducts = (key: string, content: string | Uint8Array) =>
    [FILES[0], [key, content]] as const;

  it.each([
    ['landing_empty', withoutOrders],
    ['landing_empty', [['orders/_a.csv', FILES[0][1]]]],
    ['all_files_rejected', [['orders/a.csv', '']]],
    [
      'all_files_rejected',
      [
        ['orders/a.csv.gz', FILES[0][1]],
        ['orders/b.csv', 'order_id\n'],
      ],
    ],
    ['dimension_rejected', withProducts('products/p.csv', 'product_id,product_name\n')],
    ['dimension_rejected', withProducts('products/p.csv', '')],
    ['dimension_rejected', withProducts('products/p.csv.gz', gzipSync(FILES[1][1]).subarray(9))],
    ['dimension_rejected', withProducts('customers/c.csv', 'customer_id\n')],
  ] as const)('fails with %s and leaves the run before as it was', async (code, files) => {
    const { lake, manifest } = await runOver(FILES);
    const before = await keysOf(lake);

    expect(await failureOf(() => runOver(files, { lake }))).toMatchObject({ code });
    expect(await keysOf(lake)).toEqual(before);
    expect(await currentOf(lake)).toEqual(manifest);
  });

  it('fails with dimensions_too_large above the memory for them', async () => {
    const landing = await storeOf(FILES);
    const { etag } = (await landing.head('products/p.csv')) ?? { etag: '' };
    const files = [{ key: 'products/p.csv', etag, sizeBytes: 62 }];

    await expect(loadDimension(landing, PRODUCTS, files, 100)).rejects.toMatchObject({
      code: 'dimensions_too_large',
    });
    expect((await loadDimension(landing, PRODUCTS, files, 1e6)).counts).toEqual({
      rows: 1,
      dimension_issues: 0,
      dimension_duplicates: 0,
    });
  });

  it.each([
    ['no run was current', false],
    ['another one was current', true],
  ])('is superseded by a run that was published meanwhile, where %s', async (_name, hasFormer) => {
    const lake = new MemoryObjectStore();
    if (hasFormer) await runOver(FILES, { lake });
    let other: BatchManifest | null = null;
    const hooked = hookedStore(lake, async (operation, key) => {
      if (operation !== 'put' || key !== CURRENT_KEY || other !== null) return;
      other = (await runOver(FILES, { lake })).manifest;
    });
    const before = await keysOf(lake);

    const failure = await failureOf(() => runOver(FILES, { lake: hooked }));

    expect(failure).toMatchObject({ code: 'superseded' });
    expect(await currentOf(lake)).toEqual(other);
    const added = (await keysOf(lake)).filter((key) => !before.includes(key));
    const { run_id } = other as unknown as BatchManifest;
    expect(added.filter((key) => !key.includes(run_id))).toEqual(hasFormer ? [] : [CURRENT_KEY]);
  });

  it.each([
    ['replaced', 'orders/a.csv', 'getInto', 'put'],
    ['removed', 'orders/a.csv', 'getInto', 'delete'],
    ['replaced', 'orders/b.csv.gz', 'stream', 'put'],
    ['removed', 'orders/b.csv.gz', 'stream', 'delete'],
    ['replaced', 'products/p.csv', 'stream', 'put'],
    ['removed', 'products/p.csv', 'stream', 'delete'],
    ['replaced', 'orders/a.csv', 'get', 'put'],
    ['replaced', 'orders/b.csv.gz', 'get', 'put'],
  ] as const)('fails with input_changed where a file is %s: %s', async (_n, file, at, change) => {
    const files = [...FILES, ['orders/b.csv.gz', gzipSync(FILES[0][1])] as const];
    const landing = await storeOf(files);
    const hooked = hookedStore(landing, async (operation, key) => {
      if (operation !== at || key !== file) return;
      if (change === 'delete') await landing.delete([file]);
      else await landing.put(file, await landing.get(file));
    });
    const lake = new MemoryObjectStore();

    const failure = await failureOf(() => runOver([], { landing: hooked, lake }));

    expect(failure).toMatchObject({ code: 'input_changed' });
    expect(await keysOf(lake)).toEqual([]);
  });
});

/** Runs over several chunks and buckets with spilled blocks, and something happens before operation number `at`. */
async function runWithEvent(at: number, event: () => void, options: RunOptions) {
  let operations = 0;
  const hook: Hook = async () => {
    if (operations++ !== at) return;
    event();
    // Whoever waits for the event hears of it before the operation goes on.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  };
  const landing = hookedStore(await storeOf(FILES), hook);
  const lake = hookedStore(options.lake as ObjectStore, hook);
  const result = await runOver([], { ...options, landing, lake, config: CUT });
  return { ...result, operations };
}

const CUT = { batch: { chunkBytes: '40B' } };

describe('whatever happens at any operation of a run', () => {
  it('leaves nothing behind when it is aborted, and the run before as it was', async () => {
    const lake = new MemoryObjectStore();
    const { manifest } = await runOver(FILES, { lake });
    const before = await keysOf(lake);
    let aborted = 0;
    for (let at = 0; ; at++) {
      const controller = new AbortController();
      const reason = new Error('stopped by a test');
      const run = runWithEvent(at, () => controller.abort(reason), {
        lake,
        signal: controller.signal,
      });
      const isAborted = await run.then(
        () => false,
        (error: unknown) => error === reason,
      );
      if (!isAborted) break;
      aborted += 1;
      await new Promise((resolve) => {
        setImmediate(resolve); // A task that still ran would write now.
      });
      expect({ at, keys: await keysOf(lake) }).toEqual({ at, keys: before });
      expect(await currentOf(lake)).toEqual(manifest);
    }

    expect(aborted).toBeGreaterThan(20);
  });

  it('has a whole run as the current one, and no file of another, when the operation fails', async () => {
    const lake = new MemoryObjectStore();
    const former = (await runOver(FILES, { lake })).manifest;
    let failed = 0;
    for (let at = 0; ; at++) {
      const failure = new Error('failed by a test');
      const fail = () => {
        throw failure;
      };
      const error = await runWithEvent(at, fail, { lake }).then(
        () => null,
        (caught: unknown) => caught,
      );
      if (error === null) break;
      expect(error).toBe(failure);
      failed += 1;
      const current = await currentOf(lake);
      expect((await readTables(lake, current)).orders).toHaveLength(2);
      const files = (manifest: BatchManifest) =>
        Object.values(manifest.tables).flatMap((table) => table.files.map(({ key }) => key));
      if (current.run_id !== former.run_id) break; // It was the current one already.
      expect({ at, keys: await keysOf(lake, 'tables/') }).toEqual({
        at,
        keys: files(former).sort(),
      });
    }

    expect(failed).toBeGreaterThan(20);
  });
});

describe('old runs', () => {
  const runsIn = async (lake: ObjectStore) =>
    new Set((await keysOf(lake)).flatMap((key) => key.match(/\d{8}T\d{6}Z-[0-9a-f]{8}/) ?? []));

  it('go after their time, but never the last two', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const lake = new MemoryObjectStore();
    const run = async () => (await runOver(FILES, { lake, clock })).runId;
    const first = await run();
    await clock.advance(6 * DAY_MS);
    const second = await run();
    await clock.advance(DAY_MS + 1_000);
    const third = await run();
    expect(await runsIn(lake)).toEqual(new Set([second, third]));
    expect(first).toMatch(/^20260101T000000Z-/);

    await clock.advance(1000 * DAY_MS);
    const fourth = await run();
    expect(await runsIn(lake)).toEqual(new Set([third, fourth]));
  });

  it('take with them what dead runs of their time left', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 10));
    const lake = new MemoryObjectStore();
    const dead = '20260101T000000Z-00000000';
    const young = '20260109T000000Z-00000000';
    for (const runId of [dead, young, 'of-somebody-else']) {
      await lake.put(`work/${runId}/exchange/0-0.bin`, new Uint8Array(1));
      await lake.put(`tables/batch/orders/run=${runId}/part-0000-0.parquet`, new Uint8Array(1));
    }

    const { runId } = await runOver(FILES, { lake, clock });

    expect(await runsIn(lake)).toEqual(new Set([young, runId]));
    expect((await keysOf(lake)).filter((key) => key.includes('somebody'))).toHaveLength(2);
  });
});

describe('the plan of another run', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tandem-plans-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the same files, byte for byte', async () => {
    const first = await runOver(FILES, { config: CUT });
    const planFile = join(folder, 'plan.json');
    writeFileSync(planFile, await first.lake.get(planKey(first.runId)));
    const again = await runOver(FILES, { planFile });

    const filesOf = ({ manifest, runId }: typeof first) =>
      JSON.parse(JSON.stringify(manifest.tables).replaceAll(runId, 'run'));
    expect(filesOf(again)).toEqual(filesOf(first));
    expect(first.manifest.tables.orders.files).not.toEqual([]);
  });

  it('fails with plan_mismatch over other inputs, and with plan_unreadable where it is none', async () => {
    const first = await runOver(FILES);
    const planFile = join(folder, 'of-other-inputs.json');
    writeFileSync(planFile, await first.lake.get(planKey(first.runId)));
    const other = [['orders/a.csv', ordersCsv([line('o1')])]] as const;

    const failure = await failureOf(() => runOver(other, { planFile, lake: first.lake }));
    expect(failure).toMatchObject({ code: 'plan_mismatch' });

    writeFileSync(planFile, '{"planFormat": 2}');
    for (const file of [planFile, join(folder, 'none.json')]) {
      const unreadable = await failureOf(() => runOver(FILES, { planFile: file }));
      expect(unreadable).toMatchObject({ code: 'plan_unreadable' });
    }
    expect(await currentOf(first.lake)).toEqual(first.manifest);
  });
});

describe('a run with threads', () => {
  it('leaves nothing behind when it is aborted in any stage', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-threads-'));
    const [landingDir, lakeDir] = [join(folder, 'landing'), join(folder, 'lake')];
    const landing = new FileObjectStore(landingDir);
    for (const [key, text] of FILES) await landing.put(key, Buffer.from(text));
    const lake = new FileObjectStore(lakeDir);
    const options = { landing, lake, landingDir, lakeDir, workers: 2, threadedFromBytes: 0 };

    for (const stage of ['map', 'reduce', 'merge', 'publish']) {
      const controller = new AbortController();
      const reason = new Error(`stopped in ${stage}`);
      const failure = await failureOf(() =>
        runOver([], {
          ...options,
          config: CUT,
          signal: controller.signal,
          onProgress: (progress) => {
            if (progress.stage === stage) controller.abort(reason);
          },
        }),
      );
      expect(failure).toBe(reason);
      expect(await keysOf(lake)).toEqual([]);
    }
    const { manifest } = await runOver([], { ...options, config: CUT });
    expect(manifest.counts).toMatchObject({ read: 4, active: 2, duplicate: 1, quarantined: 1 });
    expect(readdirSync(join(lakeDir, 'tables/batch/orders'))).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });
});
