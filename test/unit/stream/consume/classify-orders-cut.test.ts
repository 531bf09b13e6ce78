import { describe, expect, it } from 'vitest';
import { issueBit } from '../../../../lambdas/shared/model/issue.ts';
import { ClaimSet } from '../../../../lambdas/shared/state/claims.ts';
import { Classifier } from '../../../../lambdas/stream/consume/classify-orders.ts';
import {
  claimsOf,
  classifyAll,
  LENGTHS,
  NO_LIMITS,
  NO_TIMES,
  ordersOf,
} from '../../../support/classified.ts';

describe('a cut', () => {
  const row = (id: string, bytes = 10) => ({ id, timeMs: 1_000, bytes });

  it.each([
    [30, 3],
    [29, 2],
    [20, 2],
    [10, 1],
    [9, 1],
  ])('with %d bytes for a segment takes %d of three records of 10', (segmentBytes, taken) => {
    const limits = { ...NO_LIMITS, segmentBytes };

    expect(classifyAll([row('a'), row('b'), row('c')], NO_TIMES, limits).to).toBe(taken);
  });

  // A claim takes 9 bytes beside its id.
  it.each([
    [36, 3],
    [35, 2],
    [22, 2],
    [21, 1],
    [10, 1],
    [9, 1],
  ])('with %d bytes for claims takes %d records, of ids of 1, 3 and 5', (claimBytes, taken) => {
    const limits = { ...NO_LIMITS, claimBytes };
    const rows = [row('a'), row('bbb'), row('ccccc')];

    expect(classifyAll(rows, NO_TIMES, limits).to).toBe(taken);
  });

  it('goes on where the one before ended, with room as at first', () => {
    const orders = ordersOf(['a', 'bb', 'c', 'dd', 'e'].map((id) => row(id)));
    const claims = new ClaimSet();
    const classifier = new Classifier(LENGTHS, { claimBytes: 21, segmentBytes: 20 }, 5);
    const cuts: [number, number, [string, number][]][] = [];
    for (let from = 0; from < 5; ) {
      const cut = classifier.classify(orders, from, NO_TIMES, claims);
      cuts.push([cut.from, cut.to, claimsOf(cut)]);
      from = cut.to;
    }

    expect(cuts).toEqual([
      [
        0,
        2,
        [
          ['a', 1_000],
          ['bb', 1_000],
        ],
      ],
      [
        2,
        4,
        [
          ['c', 1_000],
          ['dd', 1_000],
        ],
      ],
      [4, 5, [['e', 1_000]]],
    ]);
  });

  it('counts what it took, nothing behind it and nothing of the cut before', () => {
    const orders = ordersOf([
      { id: 'a', timeMs: 3_000 },
      { id: 'b', timeMs: 3_000 },
      { id: 'c', timeMs: 2_990 },
      { issues: issueBit('price_missing') },
    ]);
    const claims = new ClaimSet();
    const classifier = new Classifier(LENGTHS, { ...NO_LIMITS, segmentBytes: 2 }, 4);
    classifier.classify(orders, 0, NO_TIMES, claims);
    const third = classifier.classify(orders, 2, NO_TIMES, claims);
    const single = new Classifier(LENGTHS, { ...NO_LIMITS, segmentBytes: 1 }, 4);
    const alone = single.classify(orders, 2, NO_TIMES, new ClaimSet());

    expect([third.claimMaxMs, third.to]).toEqual([2_990, 4]);
    expect(alone.counts).toMatchObject({ read: 1, active: 1, quarantined: 0 });
    expect(alone.issues).toEqual({});
    const first = single.classify(orders, 0, NO_TIMES, new ClaimSet());
    expect(first.counts).toMatchObject({ read: 1, active: 1 });
  });
});
