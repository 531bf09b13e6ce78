import { describe, expect, it } from 'vitest';
import type { ReconcileHost } from '../../../../lambdas/reconcile/steps/reconcile-host.ts';
import { reconcileStep } from '../../../../lambdas/reconcile/steps/reconcile-step.ts';
import { DEFAULT_CONFIG, parseConfig } from '../../../../lambdas/shared/model/config.ts';
import { type EpochMs, MS_PER_DAY } from '../../../../lambdas/shared/model/time.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { jsonBytes, parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../../../lambdas/shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../../../lambdas/shared/state/current-pointer.ts';
import { publishBatch } from '../../../support/batch-lake.ts';
import { keysOf } from '../../../support/batch-runs.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { aRecord, T0 } from '../../../support/lake-records.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { inOrder, lakeOf, reportOf } from '../../../support/reconcile-runs.ts';

const ORDERS = [aRecord('o1'), aRecord('o2', { quantity: 3 })];

const clockAt = (nowMs: number) => ({
  now: () => nowMs as EpochMs,
  sleep: async () => undefined,
});

function hostOf(lake: ObjectStore, memoryBytes = 2 ** 30): ReconcileHost {
  return {
    lake,
    clock: clockAt(T0),
    randomness: { fraction: () => 0, id: () => '0123456789abcdef' },
    config: DEFAULT_CONFIG,
    memoryBytes,
    codeVersion: '1',
  };
}

describe('a comparison on AWS', () => {
  it('agrees where both doors hold the same orders', async () => {
    const lake = await lakeOf({ batch: ORDERS, stream: ORDERS });

    expect(await reconcileStep(hostOf(lake))).toMatchObject({
      status: 'agree',
      epoch: 1,
      classes: {},
      unexplained: 0,
      batchRevenue: '7.50',
      streamRevenue: '7.50',
    });
  });

  it('names the classes that occur, and writes them to the report', async () => {
    const other = [ORDERS[0], aRecord('o2', { quantity: 4 }), aRecord('o3')];
    const lake = await lakeOf({ batch: ORDERS, stream: other });

    const result = await reconcileStep(hostOf(lake));

    expect(result).toMatchObject({
      status: 'differ',
      classes: { unexplained: 1, not_in_batch: 1 },
      unexplained: 1,
      batchRevenue: '7.50',
      streamRevenue: '12.00',
    });
    const key = 'reportKey' in result ? result.reportKey : '';
    const ids = (await reportOf(lake, key)).map(({ order_id }) => order_id);
    expect(new Set(ids)).toEqual(new Set(['o2', 'o3']));
  });

  it('ends with an answer that is JSON, and leaves nothing of its work', async () => {
    const lake = await lakeOf({ batch: ORDERS, stream: [ORDERS[0]] });

    const result = await reconcileStep(hostOf(lake, 1_000));

    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(await keysOf(lake, 'work/')).toEqual([]);
  });

  it('ends quietly as long as one side has not published', async () => {
    const lake = new MemoryObjectStore();
    await publishBatch(lake, inOrder(...ORDERS));

    const result = await reconcileStep(hostOf(lake));

    expect(result).toMatchObject({ status: 'nothing_published' });
    expect(JSON.stringify(result)).toContain('the lake holds no stream epoch');
    expect(await keysOf(lake, 'reports/')).toEqual([]);
  });

  it('fails when the time is over, and leaves nothing of its work', async () => {
    const lake = await lakeOf({ batch: ORDERS, stream: ORDERS });

    const signal = AbortSignal.abort(new Error('time is over'));

    await expect(reconcileStep(hostOf(lake), { signal })).rejects.toMatchObject({
      code: 'comparison_too_large',
      cause: { message: 'time is over' },
    });
    expect(await keysOf(lake, 'work/')).toEqual([]);
    expect(await keysOf(lake, 'reports/')).toEqual([]);
  });

  it('fails when a table of the run is gone: a later attempt reads the new run', async () => {
    const lake = await lakeOf({ batch: ORDERS, stream: ORDERS });
    const tables = await keysOf(lake, 'tables/batch/orders/');
    await lake.delete(tables);

    await expect(reconcileStep(hostOf(lake))).rejects.toThrow(tables[0]);
  });
});

describe('a comparison that the schedule asks for', () => {
  const onlyNew = { onlyNew: true };

  /** Tables that were read. */
  function watched(lake: ObjectStore) {
    const keys: string[] = [];
    const store = hookedStore(lake, (_, key) => {
      keys.push(key);
    });
    return { store, tables: () => keys.filter((key) => key.startsWith('tables/')), keys };
  }

  /** An object's head, and the object. */
  const twice = (key: string) => [key, key];

  const OTHER_RUN = '20260202T000000Z-0000000b';

  /** The current run under another name. */
  async function nameAnew(lake: ObjectStore) {
    const pointer = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
    const manifest = parseJson<object>(await lake.get(pointer?.manifestKey ?? ''));
    const key = `manifests/batch/${OTHER_RUN}.json`;
    await lake.put(key, jsonBytes({ ...manifest, run_id: OTHER_RUN }));
    await lake.put(BATCH_CURRENT_KEY, jsonBytes({ manifest: key }));
  }

  it('reads no table where both publications are those of the last one', async () => {
    const lake = await lakeOf({ batch: ORDERS, stream: [ORDERS[0]] });
    const first = await reconcileStep(hostOf(lake), onlyNew);
    const { store, keys, tables } = watched(lake);

    const second = await reconcileStep(hostOf(store), onlyNew);

    expect(first).toMatchObject({ status: 'differ', classes: { not_in_stream: 1 } });
    expect(second).toEqual({ ...first, status: 'unchanged', was: 'differ' });
    expect(tables()).toEqual([]);
    expect(keys).toEqual([
      'state/reconcile/last.json',
      ...twice(BATCH_CURRENT_KEY),
      ...twice('manifests/stream/CURRENT.json'),
    ]);
  });

  it('compares anew after a new run, a new epoch, another period, code or memory', async () => {
    const lake = await lakeOf({ batch: ORDERS, stream: ORDERS });
    const host = hostOf(lake);
    const changed: ReconcileHost[] = [
      { ...host, codeVersion: '2' },
      { ...host, memoryBytes: host.memoryBytes * 2 },
      { ...host, config: parseConfig({ reconcile: { since: '2025-01-01T00:00:00Z' } }) },
    ];
    for (const other of changed) {
      await reconcileStep(host);
      expect((await reconcileStep(host, onlyNew)).status).toBe('unchanged');
      expect((await reconcileStep(other, onlyNew)).status).not.toBe('unchanged');
    }
    await reconcileStep(host);
    await nameAnew(lake);
    expect(await reconcileStep(host, onlyNew)).toMatchObject({ status: 'agree', runId: OTHER_RUN });
  });

  it('is made also of what is known where somebody asks by hand', async () => {
    const lake = await lakeOf({ batch: ORDERS, stream: ORDERS });
    await reconcileStep(hostOf(lake));

    expect(await reconcileStep(hostOf(lake))).toMatchObject({ status: 'agree' });
  });

  it('is refused at once for a day where as many records took too long', async () => {
    const lake = await lakeOf({ batch: ORDERS, stream: ORDERS });
    const signal = AbortSignal.abort(new Error('time is over'));
    await expect(reconcileStep(hostOf(lake), { signal })).rejects.toThrow('4 counted records');
    const { store, tables } = watched(lake);

    const again = reconcileStep(hostOf(store), onlyNew);

    await expect(again).rejects.toMatchObject({ code: 'comparison_too_large' });
    expect(tables()).toEqual([]);
    const later = { ...hostOf(lake), clock: clockAt(T0 + MS_PER_DAY) };
    expect(await reconcileStep(later, onlyNew)).toMatchObject({ status: 'agree' });
  });

  it('is made after one that took too long where there are fewer records, or more memory', async () => {
    const signal = AbortSignal.abort(new Error('time is over'));
    const lake = await lakeOf({ batch: ORDERS, stream: ORDERS });
    await expect(reconcileStep(hostOf(lake), { signal })).rejects.toThrow();
    await lake.delete([...(await keysOf(lake, 'tables/batch/')), BATCH_CURRENT_KEY]);
    await publishBatch(lake, inOrder(ORDERS[0]));
    expect(await reconcileStep(hostOf(lake), onlyNew)).toMatchObject({ status: 'differ' });

    const other = await lakeOf({ batch: ORDERS, stream: ORDERS });
    await expect(reconcileStep(hostOf(other), { signal })).rejects.toThrow();
    expect(await reconcileStep(hostOf(other, 2 ** 31), onlyNew)).toMatchObject({ status: 'agree' });
  });

  it('ends quietly as long as one side has not published', async () => {
    const lake = new MemoryObjectStore();
    await publishBatch(lake, inOrder(...ORDERS));

    const result = await reconcileStep(hostOf(lake), onlyNew);
    expect(result).toMatchObject({ status: 'nothing_published' });
  });
});
