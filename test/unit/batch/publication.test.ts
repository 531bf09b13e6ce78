import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { BatchManifest } from '../../../lambdas/batch/run/batch-manifest.ts';
import { loadDimension } from '../../../lambdas/shared/dimensions/load-dimension.ts';
import { PRODUCTS } from '../../../lambdas/shared/model/dimension.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { keysOf, type RunOptions, runOver, storeOf } from '../../support/batch-runs.ts';
import { dimensionLimit } from '../../support/dimension-limit.ts';
import { type Hook, hookedStore } from '../../support/hooked-store.ts';
import { readTables } from '../../support/lake-tables.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { currentOf, failureOf, SMALL_CHUNKS, SMALL_LANDING } from '../../support/small-landing.ts';

describe('a run that fails', () => {
  const withoutOrders = SMALL_LANDING.filter(([key]) => !key.startsWith('orders/'));
  const withProducts = (key: string, content: string | Uint8Array) =>
    [SMALL_LANDING[0], [key, content]] as const;

  it.each([
    ['landing_empty', withoutOrders],
    ['landing_empty', [['orders/_a.csv', SMALL_LANDING[0][1]]]],
    ['all_files_rejected', [['orders/a.csv', '']]],
    [
      'all_files_rejected',
      [
        ['orders/a.csv', gzipSync(SMALL_LANDING[0][1]).subarray(0, 30)],
        ['orders/b.csv', 'order_id\n'],
      ],
    ],
    ['dimension_rejected', withProducts('products/p.csv', 'product_name,brand\n')],
    ['dimension_rejected', withProducts('products/p.csv', '')],
    [
      'dimension_rejected',
      withProducts('products/p.csv.gz', gzipSync(SMALL_LANDING[1][1]).subarray(9)),
    ],
    ['dimension_rejected', withProducts('customers/old/c', 'email\n')],
  ] as const)('fails with %s and leaves the run before as it was', async (code, files) => {
    const { lake, manifest } = await runOver(SMALL_LANDING);
    const before = await keysOf(lake);

    expect(await failureOf(() => runOver(files, { lake }))).toMatchObject({ code });
    expect(await keysOf(lake)).toEqual(before);
    expect(await currentOf(lake)).toEqual(manifest);
  });

  it('fails with dimensions_too_large above the memory for them', async () => {
    const landing = await storeOf(SMALL_LANDING);
    const { etag } = (await landing.head('products/p.csv')) ?? { etag: '' };
    const files = [{ key: 'products/p.csv', etag, sizeBytes: 62 }];

    await expect(
      loadDimension(landing, PRODUCTS, files, dimensionLimit(100)),
    ).rejects.toMatchObject({
      code: 'dimensions_too_large',
    });
    expect((await loadDimension(landing, PRODUCTS, files, dimensionLimit(1e6))).counts).toEqual({
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
    if (hasFormer) await runOver(SMALL_LANDING, { lake });
    let other: BatchManifest | null = null;
    const hooked = hookedStore(lake, async (operation, key) => {
      if (operation !== 'put' || key !== BATCH_CURRENT_KEY || other !== null) return;
      other = (await runOver(SMALL_LANDING, { lake })).manifest;
    });
    const before = await keysOf(lake);

    const failure = await failureOf(() => runOver(SMALL_LANDING, { lake: hooked }));

    expect(failure).toMatchObject({ code: 'superseded' });
    expect(await currentOf(lake)).toEqual(other);
    const added = (await keysOf(lake)).filter((key) => !before.includes(key));
    const { run_id } = other as unknown as BatchManifest;
    expect(added.filter((key) => !key.includes(run_id))).toEqual(
      hasFormer ? [] : [BATCH_CURRENT_KEY],
    );
  });

  it('is superseded where somebody removed CURRENT meanwhile', async () => {
    const lake = new MemoryObjectStore();
    await runOver(SMALL_LANDING, { lake });
    const hooked = hookedStore(lake, async (operation, key) => {
      if (operation === 'put' && key === BATCH_CURRENT_KEY) await lake.delete([key]);
    });

    expect(await failureOf(() => runOver(SMALL_LANDING, { lake: hooked }))).toMatchObject({
      code: 'superseded',
      cause: { name: 'PreconditionFailedError', key: BATCH_CURRENT_KEY },
    });
    expect(await lake.head(BATCH_CURRENT_KEY)).toBeNull();
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
    const files = [...SMALL_LANDING, ['orders/b.csv.gz', gzipSync(SMALL_LANDING[0][1])] as const];
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

/** Runs over several chunks, and something happens before operation number `at`. */
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
  const landing = hookedStore(await storeOf(SMALL_LANDING), hook);
  const lake = hookedStore(options.lake as ObjectStore, hook);
  const result = await runOver([], { ...options, landing, lake, config: SMALL_CHUNKS });
  return { ...result, operations };
}

describe('whatever happens at any operation of a run', () => {
  it('leaves nothing behind when it is aborted, and the run before as it was', async () => {
    const lake = new MemoryObjectStore();
    const { manifest } = await runOver(SMALL_LANDING, { lake });
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
    const former = (await runOver(SMALL_LANDING, { lake })).manifest;
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
