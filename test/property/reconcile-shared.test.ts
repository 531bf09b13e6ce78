import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconcile } from '../../lambdas/reconcile/compare/compare-tables.ts';
import type { ReconcileOptions } from '../../lambdas/reconcile/model/result.ts';
import type { PublicationKeys } from '../../lambdas/reconcile/read/publications.ts';
import {
  dealShare,
  joinShares,
  matchShare,
  planShared,
} from '../../lambdas/reconcile/share/shared-comparison.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { OUTCOMES } from '../../lambdas/shared/rules/outcome.ts';
import { BATCH_CURRENT_KEY } from '../../lambdas/shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../lambdas/shared/state/current-pointer.ts';
import { keysOf } from '../support/batch-runs.ts';
import { aRecord, type LakeRecord, T0, WINDOW_MS } from '../support/lake-records.ts';
import { inOrder, lakeOf, OPTIONS } from '../support/reconcile-runs.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

/** Ids that meet on both sides, in windows of which some are open. */
const anyRecord = fc
  .record({
    id: fc.integer({ min: 1, max: 12 }),
    variant: fc.integer({ min: 1, max: 4 }),
    status: fc.constantFrom('pending', 'completed', 'cancelled'),
    outcome: fc.constantFrom(...OUTCOMES, 'active' as const, 'active' as const),
  })
  .map(({ id, variant, status, outcome }): LakeRecord => {
    const counted = status === 'cancelled' ? 'cancelled' : 'active';
    return aRecord(`o${id}`, {
      outcome: outcome === 'active' || outcome === 'cancelled' ? counted : outcome,
      status,
      productId: `p${variant}`,
      timeMs: T0 + variant * WINDOW_MS,
      quantity: variant,
    });
  });

const anyBatch = fc.array(
  anyRecord.filter(({ outcome }) => outcome !== 'late'),
  { maxLength: 25 },
);
const anyStream = fc.array(fc.array(anyRecord, { maxLength: 10 }), { minLength: 1, maxLength: 3 });

const PERIODS: ReconcileOptions['period'][] = [
  { sinceMs: null, untilMs: null },
  { sinceMs: T0 + 2 * WINDOW_MS, untilMs: T0 + 4 * WINDOW_MS },
];

async function currentKeys(lake: ObjectStore): Promise<PublicationKeys> {
  const key = async (current: string) =>
    (await readCurrentPointer(lake, current))?.manifestKey ?? '';
  const streamKey = await key('manifests/stream/CURRENT.json');
  return { batchKey: await key(BATCH_CURRENT_KEY), streamKey };
}

/** Every share twice, as where an answer is lost. */
async function compareShared(lake: ObjectStore, options: ReconcileOptions, workers: number) {
  const plan = await planShared(lake, options, await currentKeys(lake), workers);
  let calls = 0;
  const run = () => ({ lake, options, plan, callId: String(calls++) });
  for (const share of [dealShare, matchShare]) {
    for (let worker = workers - 1; worker >= 0; worker--) {
      await share(run(), worker);
      await share(run(), worker);
    }
  }
  return await joinShares(run());
}

describe('a comparison by many workers', () => {
  it(
    'gives the result and the report of one process, byte for byte',
    async () => {
      const law = fc.asyncProperty(
        anyBatch,
        anyStream,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(...PERIODS),
        fc.constantFrom(2 ** 30, 1_000),
        async (batch, epochs, workers, period, memoryLimitBytes) => {
          let position = 0;
          const stream = epochs.map((records, index) => ({
            records: inOrder(...records).map((record) => ({ ...record, position: ++position })),
            watermarkMs: T0 + (index + 2) * WINDOW_MS,
          }));
          const lake = await lakeOf({ batch, stream });
          const options = { ...OPTIONS, period, memoryLimitBytes };
          const whole = await reconcile(lake, options);
          const report = await lake.get(whole.reportKey);
          await lake.delete([whole.reportKey]);

          const shared = await compareShared(lake, options, workers);

          expect(shared).toEqual(whole);
          expect(Buffer.compare(await lake.get(shared.reportKey), report)).toBe(0);
          expect(await keysOf(lake, 'work/')).toEqual([]);
        },
      );
      await fc.assert(law, { seed, ...runs(60) });
    },
    LIMIT_MS,
  );

  it('fails when a worker left nothing', async () => {
    const lake = await lakeOf({ batch: [aRecord('o1')], stream: [aRecord('o1')] });
    const plan = await planShared(lake, OPTIONS, await currentKeys(lake), 2);
    const run = { lake, options: OPTIONS, plan, callId: '0' };
    await dealShare(run, 0);

    await expect(matchShare(run, 0)).rejects.toThrow('dealt/1');
  });
});
