import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconcile } from '../../lambdas/reconcile/compare/compare-tables.ts';
import { OUTCOMES } from '../../lambdas/shared/rules/outcome.ts';
import { aRecord, type LakeRecord, T0, WINDOW_MS } from '../support/lake-records.ts';
import { type JudgedRecord, judge } from '../support/oracle/reconcile.ts';
import {
  ALL_FINAL_MS,
  classesOf,
  compareSides,
  inOrder,
  lakeOf,
  OPTIONS,
} from '../support/reconcile-runs.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

/** Few ids and few values, so that records meet in all combinations. */
const anyRecord = fc
  .record({
    id: fc.integer({ min: 1, max: 4 }),
    variant: fc.integer({ min: 1, max: 3 }),
    status: fc.constantFrom('pending', 'pending', 'completed', 'cancelled'),
    dimension: fc.integer({ min: 1, max: 5 }),
    outcome: fc.constantFrom(...OUTCOMES, 'active' as const, 'active' as const),
  })
  .map(({ id, variant, status, dimension, outcome }): LakeRecord => {
    // The outcome of a valid counted record follows from its status.
    const counted = status === 'cancelled' ? 'cancelled' : 'active';
    return aRecord(`o${id}`, {
      outcome: outcome === 'active' || outcome === 'cancelled' ? counted : outcome,
      status,
      productId: `p${variant}`,
      timeMs: T0 + variant * WINDOW_MS,
      quantity: variant,
      product: [dimension === 1 ? 'New name' : 'Old name', null, null, null],
    });
  });

const judged = (record: LakeRecord): JudgedRecord => ({
  orderId: record.orderId,
  // Nothing but its id is known of a quarantined record.
  values: record.outcome === 'quarantined' ? 'none' : `${record.productId} ${record.status}`,
  valuesButStatus: record.outcome === 'quarantined' ? 'none' : record.productId,
  timeMs: record.timeMs,
  joined: record.outcome === 'active' ? JSON.stringify(record.product) : '',
  outcome: record.outcome,
  cents: record.quantity * record.priceCents,
});

/** Batch has no late records. */
const anyBatch = fc.array(
  anyRecord.filter(({ outcome }) => outcome !== 'late'),
  { maxLength: 8 },
);

describe('reconcile', () => {
  it(
    'judges every order id as the plain reading of the contract does',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          anyBatch,
          fc.array(anyRecord, { maxLength: 8 }),
          fc.boolean(),
          async (batch, stream, allowMissing) => {
            const expected = judge(batch.map(judged), stream.map(judged), allowMissing);
            const streamEpoch = { records: inOrder(...stream), watermarkMs: ALL_FINAL_MS };
            const result = await compareSides({ batch, stream: [streamEpoch] }, { allowMissing });

            expect(classesOf(result)).toEqual(expected.classes);
            expect(result.agree).toBe(expected.agree);
            expect(Number(result.explainedCents)).toBe(expected.explainedCents);
          },
        ),
        { seed, ...runs(120) },
      );
    },
    LIMIT_MS,
  );

  it(
    'judges a period as the plain reading does, and its cells add up',
    async () => {
      const border = fc.option(fc.integer({ min: 0, max: 5 * 600_000 }));
      await fc.assert(
        fc.asyncProperty(
          anyBatch,
          fc.array(anyRecord, { maxLength: 8 }),
          fc.tuple(border, border),
          fc.constantFrom(OPTIONS.memoryLimitBytes, 1_000),
          async (batch, stream, borders, memoryLimitBytes) => {
            const [since, until] = borders.map((offsetMs) =>
              offsetMs === null ? null : Math.floor(offsetMs / WINDOW_MS) * WINDOW_MS + T0,
            );
            fc.pre(since === null || until === null || since < until);
            const asked = { sinceMs: since ?? 0, untilMs: until ?? Number.POSITIVE_INFINITY };
            const expected = judge(batch.map(judged), stream.map(judged), false, asked);
            const streamEpoch = { records: inOrder(...stream), watermarkMs: ALL_FINAL_MS };
            const [sinceMs, untilMs] = borders.map((offsetMs) =>
              offsetMs === null ? null : T0 + offsetMs,
            );
            const result = await compareSides(
              { batch, stream: [streamEpoch] },
              { period: { sinceMs, untilMs }, memoryLimitBytes },
            );

            expect(classesOf(result)).toEqual(expected.classes);
            expect(result.agree).toBe(expected.agree);
            expect(Number(result.explainedCents)).toBe(expected.explainedCents);
          },
        ),
        { seed, ...runs(120) },
      );
    },
    LIMIT_MS,
  );

  it(
    'gives the same result and the same bytes whatever its memory and the epochs',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          anyBatch,
          fc.array(fc.array(anyRecord, { maxLength: 5 }), { minLength: 1, maxLength: 4 }),
          fc.integer({ min: 1, max: 40_000 }),
          fc.integer({ min: 0, max: 4 }),
          async (batch, parts, memoryLimitBytes, finalWindows) => {
            const watermarkMs = T0 + finalWindows * WINDOW_MS;
            const all = inOrder(...parts.flat());
            const last = parts.length - 1;
            const epochs = parts.map((part, index) => {
              const from = parts.slice(0, index).flat().length;
              return {
                records: all.slice(from, from + part.length),
                watermarkMs: index === last ? watermarkMs : null,
                isComplete: index % 2 === 1,
              };
            });
            const lake = await lakeOf({ batch, stream: epochs });

            const wide = await reconcile(lake, OPTIONS);
            const report = await lake.get(wide.reportKey);
            const narrow = await reconcile(lake, { ...OPTIONS, memoryLimitBytes });

            expect(narrow).toEqual(wide);
            expect(await lake.get(narrow.reportKey)).toEqual(report);
          },
        ),
        { seed, ...runs(40) },
      );
    },
    LIMIT_MS,
  );
});
