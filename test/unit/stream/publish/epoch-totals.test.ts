import { describe, expect, it } from 'vitest';
import type { EpochPlan } from '../../../../lambdas/shared/state/epoch-plan.ts';
import type { EpochSnapshot } from '../../../../lambdas/shared/state/epoch-snapshot.ts';
import type { RevenueCells } from '../../../../lambdas/shared/state/revenue-cells.ts';
import type { ShardResult } from '../../../../lambdas/shared/state/shard-result.ts';
import { addUp } from '../../../../lambdas/stream/publish/commit/epoch-totals.ts';
import { failureOf } from '../../../support/small-landing.ts';

const NONE = { read: 0, active: 0, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 };
const PLAN = { epoch: 4, windowLengthMs: 600_000, previousWatermarkMs: null };

type Part = Partial<Pick<ShardResult, 'counts' | 'issues'> & RevenueCells>;

function totalsOf(parts: readonly Part[], previous: Part | null = null, plan: object = {}) {
  const whole = (part: Part) => ({
    counts: NONE,
    issues: {},
    days: [],
    hours: [],
    products: [],
    windows: [],
    ...part,
  });
  return addUp(
    { ...PLAN, ...plan } as EpochPlan,
    parts.map(whole) as unknown as ShardResult[],
    previous === null ? null : (whole(previous) as unknown as EpochSnapshot),
  );
}

describe('the totals of an epoch', () => {
  it('are those of its shards and of the epoch before, in order', () => {
    const totals = totalsOf(
      [
        {
          counts: { ...NONE, read: 5, active: 2, late: 3 },
          issues: { status_unknown: 1 },
          days: [[20_001, 2, '70']],
          hours: [[23, 2, '70']],
        },
        {
          counts: { ...NONE, read: 3, active: 1, cancelled: 2 },
          issues: { price_missing: 4, status_unknown: 2 },
          days: [[19_999, 1, '5']],
          hours: [[2, 1, '5']],
        },
      ],
      {
        counts: { ...NONE, read: 20, active: 4, quarantined: 9, duplicate: 7 },
        issues: { quantity_missing: 9 },
        days: [[20_001, 4, '1000']],
        hours: [[10, 4, '1000']],
      },
    );

    expect(totals.epochCounts).toEqual({ ...NONE, read: 8, active: 3, cancelled: 2, late: 3 });
    expect(totals.counts).toEqual({
      read: 28,
      active: 7,
      cancelled: 2,
      quarantined: 9,
      duplicate: 7,
      late: 3,
    });
    expect(Object.entries(totals.issues)).toEqual([
      ['quantity_missing', 9],
      ['price_missing', 4],
      ['status_unknown', 3],
    ]);
    expect([...totals.byDay]).toEqual([
      [19_999, { orders: 1, cents: 5n }],
      [20_001, { orders: 6, cents: 1_070n }],
    ]);
    expect([...totals.byHour]).toEqual([
      [2, { orders: 1, cents: 5n }],
      [10, { orders: 4, cents: 1_000n }],
      [23, { orders: 2, cents: 70n }],
    ]);
    expect(totals.revenueCents).toBe(1_075n);
  });

  it('fail with not_conserved after an epoch whose numbers do not add up', async () => {
    const failure = await failureOf(async () =>
      totalsOf([{ counts: { ...NONE, read: 1, active: 1 } }], { counts: { ...NONE, read: 2 } }),
    );

    expect(failure).toMatchObject({
      code: 'not_conserved',
      message:
        'record counts of epoch 4 do not match: {"read":3,"active":1,"cancelled":0,' +
        '"quarantined":0,"duplicate":0,"late":0}',
    });
  });

  it('take a window that ends behind the watermark before, and none that ends at it', () => {
    const windows = [{ start_ms: 600_000, products: [['p', 1, '5'] as const] }];
    const watermark = (previousWatermarkMs: number) => () =>
      totalsOf([{ windows }], null, { previousWatermarkMs });

    expect(watermark(1_199_999)).not.toThrow();
    expect(watermark(1_200_000)).toThrow('1970-01-01T00:10:00.000Z was not final before');
  });
});

describe('a sum that does not fit', () => {
  const half = String(6n * 10n ** 17n);
  const HALVES = {
    days: [
      [20_458, 1, half],
      [20_459, 1, half],
    ],
    hours: [
      [9, 1, half],
      [10, 1, half],
    ],
    products: [
      ['p', 1, half],
      ['q', 1, half],
    ],
  } as const;
  const twice = String(12n * 10n ** 17n);

  it.each<[string, Part]>([
    ['product_revenue of p', { products: [['p', 2, twice]] }],
    ['daily_revenue of 2026-01-06', { days: [[20_459, 2, twice]] }],
    ['hourly_revenue of hour 10', { hours: [[10, 2, twice]] }],
    ['the revenue of all orders', {}],
  ])('fails with revenue_overflow, which names %s', async (cell, change) => {
    const failure = await failureOf(async () => totalsOf([{ ...HALVES, ...change }]));

    expect(failure).toMatchObject({
      code: 'revenue_overflow',
      message: expect.stringMatching(`^${cell} is 12000000000000000.00, more than DECIMAL`),
    });
  });
});
