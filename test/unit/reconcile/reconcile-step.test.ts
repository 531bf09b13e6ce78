import { describe, expect, it } from 'vitest';
import {
  type ReconcileHost,
  reconcileStep,
} from '../../../lambdas/reconcile/compare-tables/reconcile-step.ts';
import { MemoryObjectStore } from '../../../lambdas/shared/adapters/memory/memory-object-store.ts';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { publishBatch } from '../../support/batch-lake.ts';
import { keysOf } from '../../support/batch-runs.ts';
import { aRecord, T0 } from '../../support/lake-records.ts';
import { inOrder, lakeOf, reportOf } from '../../support/reconcile-runs.ts';

const ORDERS = [aRecord('o1'), aRecord('o2', { quantity: 3 })];

function hostOf(lake: ObjectStore, memoryBytes = 2 ** 30): ReconcileHost {
  return {
    lake,
    clock: { now: () => T0 as EpochMs, sleep: async () => undefined },
    randomness: { fraction: () => 0, id: () => '0123456789abcdef' },
    config: DEFAULT_CONFIG,
    memoryBytes,
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
    const key = result.status === 'nothing_published' ? '' : result.reportKey;
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

    await expect(reconcileStep(hostOf(lake), signal)).rejects.toThrow('time is over');
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
