import { describe, expect, it } from 'vitest';
import type { BucketResult } from '../../../lambdas/batch/run/bucket-result.ts';
import type { ChunkResult } from '../../../lambdas/batch/run/chunk-result.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import {
  type MapOutput,
  type ReduceOutput,
  StageRunner,
  type StageSettings,
  type StageTask,
} from '../../../lib/embedded/batch/stage-runner.ts';
import { inlinePool } from '../../../lib/embedded/batch/worker-pool.ts';
import { keysOf, ordersCsv, storeOf } from '../../support/batch-runs.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { failureOf, orderLine } from '../../support/small-landing.ts';
import { runCut } from '../../support/staged-runs.ts';

/** A record of each outcome, and one more that is active. */
const ORDERS = ordersCsv([
  orderLine('o1'),
  orderLine('o2'),
  orderLine('o2'),
  orderLine('o3').replace('done', 'cancel'),
  orderLine('o4').replace('done', '?'),
]);

interface Damage {
  readonly chunk?: (result: ChunkResult) => Partial<ChunkResult>;
  readonly bucket?: (result: BucketResult) => Partial<BucketResult>;
}

/** A run in which a stage counts wrongly. */
async function runDamaged(lake: ObjectStore, { chunk, bucket }: Damage) {
  const landing = await storeOf([['orders/a.csv', ORDERS]]);
  const openPool = (settings: StageSettings) => {
    const runner = new StageRunner(landing, lake, settings);
    const run = async (task: StageTask) => {
      const output = (await runner.run(task)) as MapOutput & ReduceOutput;
      const change = { map: chunk, reduce: bucket, merge: undefined }[task.kind];
      if (change === undefined) return output;
      return { ...output, result: { ...output.result, ...change(output.result as never) } };
    };
    return inlinePool({ run: run as StageRunner['run'] });
  };
  return await runCut(landing, {}, lake, openPool);
}

const counted = (change: Partial<BucketResult['counts']>) => ({
  bucket: ({ counts }: BucketResult) => ({ counts: { ...counts, ...change } }),
});

describe('a run whose numbers do not add up', () => {
  it.each<[string, Damage]>([
    ['a record more was read', { chunk: () => ({ readRecords: 6 }) }],
    ['a record less was read', { chunk: () => ({ readRecords: 4 }) }],
    ['a duplicate was lost', counted({ duplicate: 0 })],
    ['an active record was made', counted({ active: 3 })],
    ['a cancelled record was lost', counted({ cancelled: 0 })],
    ['a quarantined record was lost', counted({ quarantined: 0 })],
    ['an active record is counted as cancelled', counted({ active: 1, cancelled: 2 })],
    ['the sides count other records as quarantined', counted({ active: 1, quarantined: 2 })],
    ['less was quarantined by map', { chunk: () => ({ quarantinedRecords: 0 }) }],
    ['a file was forgotten', { bucket: ({ files }) => ({ files: { ...files, orders: [] } }) }],
  ])('fails with not_conserved and publishes nothing: %s', async (_name, damage) => {
    const lake = new MemoryObjectStore();

    const failure = await failureOf(() => runDamaged(lake, damage));

    expect(failure).toMatchObject({ code: 'not_conserved' });
    expect(await keysOf(lake, 'manifests/')).toEqual([]);
  });

  it('is one that adds up otherwise', async () => {
    const { manifest } = await runDamaged(new MemoryObjectStore(), { chunk: () => ({}) });

    expect(manifest.counts).toEqual({
      read: 5,
      active: 2,
      cancelled: 1,
      quarantined: 1,
      duplicate: 1,
      late: 0,
    });
  });
});
