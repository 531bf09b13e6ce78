import { describe, expect, it } from 'vitest';
import { hashBytes, viewOf } from '../../../lambdas/shared/ingest/bytes.ts';
import { OrderColumns } from '../../../lambdas/shared/ingest/order-columns.ts';
import { issueBit } from '../../../lambdas/shared/model/issue.ts';
import { STATUSES } from '../../../lambdas/shared/model/order.ts';
import { OUTCOMES } from '../../../lambdas/shared/model/outcome.ts';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import { ClaimSet } from '../../../lambdas/shared/state/claims.ts';
import { NO_TIME } from '../../../lambdas/shared/windowing/stream-times.ts';
import {
  type ArrivedOrders,
  type ClassifiedCut,
  Classifier,
  type CutLimits,
} from '../../../lambdas/stream/consume-orders/classify.ts';

const LENGTHS = {
  windowLengthMs: 100,
  watermarkDelayMs: 50,
  dedupeHorizonMs: 1_000,
  maxAheadMs: 10_000,
};
const NO_LIMITS = { claimBytes: 1_000_000, segmentBytes: 1_000_000 };
const NO_TIMES = { maxEventTimeMs: NO_TIME, floorMs: NO_TIME };

interface Row {
  readonly id?: string;
  readonly timeMs?: number;
  readonly arrivalMs?: number;
  readonly status?: (typeof STATUSES)[number];
  readonly issues?: number;
  readonly bytes?: number;
}

/** Behind the rows stand others, of a batch before. */
function ordersOf(rows: readonly Row[]): ArrivedOrders {
  const columns = new OrderColumns(rows.length + 2);
  columns.idEnd.fill(1_000);
  columns.issues[rows.length + 1] = 1;
  const arrivalTimeMs = new Float64Array(rows.length + 2);
  const segmentBytes = new Float64Array(rows.length + 2);
  rows.forEach(({ id = '', timeMs = 0, arrivalMs = timeMs, issues = 0, ...row }, index) => {
    const bytes = new TextEncoder().encode(id);
    columns.ids.reserve(bytes.length).set(bytes, columns.ids.size);
    columns.ids.size += bytes.length;
    columns.idEnd[index] = columns.ids.size;
    columns.idHash[index] = hashBytes(viewOf(bytes), 0, bytes.length);
    columns.timeMs[index] = timeMs;
    columns.status[index] = STATUSES.indexOf(row.status ?? 'completed');
    columns.issues[index] = issues;
    arrivalTimeMs[index] = arrivalMs;
    segmentBytes[index] = row.bytes ?? 1;
  });
  columns.rowCount = rows.length;
  return { columns, arrivalTimeMs, segmentBytes };
}

const outcomesOf = ({ outcome, from, to }: ClassifiedCut) =>
  [...outcome.subarray(from, to)].map((index) => OUTCOMES[index]);

function claimsOf({ claims }: ClassifiedCut): [string, number][] {
  const { count, ids, starts, ends, timeMs } = claims;
  return Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(ids.buffer, ids.byteOffset + starts[i], ends[i] - starts[i]);
    return [new TextDecoder().decode(bytes), timeMs[i]];
  });
}

function classifyAll(rows: readonly Row[], times = NO_TIMES, limits: CutLimits = NO_LIMITS) {
  const classifier = new Classifier(LENGTHS, limits, rows.length + 2);
  return classifier.classify(ordersOf(rows), 0, times, new ClaimSet());
}

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
