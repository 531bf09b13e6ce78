import { describe, expect, it } from 'vitest';
import { issueBit } from '../../../../lambdas/shared/model/issue.ts';
import type { EpochMs } from '../../../../lambdas/shared/model/time.ts';
import { NO_TIME } from '../../../../lambdas/shared/rules/lateness.ts';
import { ClaimSet } from '../../../../lambdas/shared/state/claims.ts';
import { Classifier } from '../../../../lambdas/stream/consume/classify-orders.ts';
import {
  claimsOf,
  classifyAll,
  LENGTHS,
  NO_LIMITS,
  NO_TIMES,
  ordersOf,
  outcomesOf,
} from '../../../support/classified.ts';

describe('the outcome of a record', () => {
  it('is one of five, in the order of the log', () => {
    const cut = classifyAll([
      { id: 'a', timeMs: 1_000 },
      { id: 'b', timeMs: 1_000, status: 'cancelled' },
      { id: 'a', timeMs: 1_010 },
      { issues: issueBit('invalid_json') },
      { id: 'c', timeMs: 1_000, status: 'pending' },
      { id: 'd', timeMs: 849 },
      { issues: issueBit('price_missing') | issueBit('status_unknown') },
      { issues: issueBit('status_unknown') | issueBit('record_too_long') },
    ]);

    expect(outcomesOf(cut)).toEqual([
      'active',
      'cancelled',
      'duplicate',
      'quarantined',
      'active',
      'late',
      'quarantined',
      'quarantined',
    ]);
    expect(cut.counts).toEqual({
      read: 8,
      active: 2,
      cancelled: 1,
      quarantined: 3,
      duplicate: 1,
      late: 1,
    });
    expect(Object.entries(cut.issues)).toEqual([
      ['record_too_long', 1],
      ['invalid_json', 1],
      ['price_missing', 1],
      ['status_unknown', 2],
    ]);
    expect(claimsOf(cut)).toEqual([
      ['a', 1_000],
      ['b', 1_000],
      ['c', 1_000],
    ]);
    expect(cut.claimMaxMs).toBe(1_000);
    expect(cut.times).toEqual({ maxEventTimeMs: 1_010, floorMs: NO_TIME });
    expect(cut.watermarkMs[5]).toBe(960);
  });

  it('follows the watermark before it, and its own time moves the next one', () => {
    const rows = [
      { id: 'a', timeMs: 1_049 },
      { id: 'b', timeMs: 899 },
      { id: 'c', timeMs: 1_050 },
      { id: 'd', timeMs: 899 },
      { id: 'e', timeMs: 900 },
    ];

    expect(outcomesOf(classifyAll(rows))).toEqual(['active', 'late', 'active', 'late', 'late']);
  });

  it('follows a floor as well, which stays', () => {
    const floor = { maxEventTimeMs: NO_TIME, floorMs: 500 as EpochMs };
    const cut = classifyAll(
      [
        { id: 'a', timeMs: 499 },
        { id: 'b', timeMs: 500 },
      ],
      floor,
    );

    expect(outcomesOf(cut)).toEqual(['late', 'active']);
    expect(cut.times).toEqual({ maxEventTimeMs: 500, floorMs: 500 });
    expect(cut.watermarkMs[0]).toBe(500);
  });

  it('moves no watermark and claims no id where it is late or quarantined', () => {
    const times = { maxEventTimeMs: 1_000 as EpochMs, floorMs: NO_TIME };
    const late = { id: 'a', timeMs: 800 };
    const cut = classifyAll([late, late, { timeMs: 5_000, issues: 1 }], times);

    expect(outcomesOf(cut)).toEqual(['late', 'late', 'quarantined']);
    expect(cut.times).toEqual(times);
    expect(claimsOf(cut)).toEqual([]);
    expect(cut.claimMaxMs).toBeNull();
  });

  it('never moves the time back', () => {
    const cut = classifyAll([
      { id: 'a', timeMs: 1_000 },
      { id: 'b', timeMs: 990 },
    ]);

    expect(cut.times.maxEventTimeMs).toBe(1_000);
  });

  it('lets a duplicate move the time, and caps it', () => {
    const cut = classifyAll([
      { id: 'a', timeMs: 1_000 },
      { id: 'a', timeMs: 90_000, arrivalMs: 2_000 },
      { id: 'b', timeMs: 90_000, arrivalMs: 1_500 },
    ]);

    expect(outcomesOf(cut)).toEqual(['active', 'duplicate', 'active']);
    expect(cut.times.maxEventTimeMs).toBe(12_000);
    expect(claimsOf(cut)).toEqual([
      ['a', 1_000],
      ['b', 11_500],
    ]);
    expect(cut.claimMaxMs).toBe(11_500);
  });
});

describe('a claim', () => {
  it('holds until the watermark reaches its time + horizon', () => {
    const rows = (lastMs: number) => [
      { id: 'a', timeMs: 1_000 },
      { id: 'b', timeMs: lastMs },
      { id: 'a', timeMs: 3_000 },
    ];

    expect(outcomesOf(classifyAll(rows(2_049)))).toEqual(['active', 'active', 'duplicate']);
    expect(outcomesOf(classifyAll(rows(2_050)))).toEqual(['active', 'active', 'active']);
  });

  it('is found among those of entries before', () => {
    const claims = new ClaimSet();
    const classifier = new Classifier(LENGTHS, NO_LIMITS, 2);
    const orders = ordersOf([
      { id: 'a', timeMs: 1_000 },
      { id: 'b', timeMs: 1_000 },
    ]);
    classifier.classify(orders, 0, NO_TIMES, claims);

    const again = classifier.classify(orders, 1, NO_TIMES, claims);

    expect(outcomesOf(again)).toEqual(['duplicate']);
    expect(again.counts).toMatchObject({ read: 1, duplicate: 1, active: 0 });
    expect(again.claimMaxMs).toBeNull();
  });

  it('has its own id where the cut begins behind the first row', () => {
    const orders = ordersOf([
      { id: 'abc', timeMs: 1 },
      { id: 'de', timeMs: 2 },
    ]);
    const cut = new Classifier(LENGTHS, NO_LIMITS, 2).classify(orders, 1, NO_TIMES, new ClaimSet());

    expect([cut.from, cut.to]).toEqual([1, 2]);
    expect(claimsOf(cut)).toEqual([['de', 2]]);
  });

  it('with the largest time is the largest wherever it stands', () => {
    const times = [1_000, 1_020, 1_010];

    expect(classifyAll(times.map((timeMs, i) => ({ id: `${i}`, timeMs }))).claimMaxMs).toBe(1_020);
  });
});
