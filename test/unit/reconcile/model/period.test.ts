import { describe, expect, it } from 'vitest';
import type { ReconcileOptions } from '../../../../lambdas/reconcile/model/result.ts';
import { aRecord, T0, type TableRows, WINDOW_MS } from '../../../support/lake-records.ts';
import { ALL_FINAL_MS, classesOf, compareSides, inOrder } from '../../../support/reconcile-runs.ts';

const DAY_MS = 86_400_000;

const since = (sinceMs: number): Partial<ReconcileOptions> => ({
  period: { sinceMs, untilMs: null },
});
const between = (sinceMs: number, untilMs: number): Partial<ReconcileOptions> => ({
  period: { sinceMs, untilMs },
});

/** One order an hour over three days. */
const RECORDS = Array.from({ length: 72 }, (_, hour) =>
  aRecord(`o${hour}`, { timeMs: T0 + hour * 3_600_000, productId: `p${hour % 3}` }),
);

describe('a period', () => {
  it('leaves out what batch has from before the stream began', async () => {
    const sides = { batch: RECORDS, stream: RECORDS.slice(30) };

    const all = await compareSides(sides);
    const both = await compareSides(sides, since(T0 + 30 * 3_600_000));

    expect(classesOf(all)).toEqual({ not_in_stream: 30 });
    expect([classesOf(both), both.agree]).toEqual([{}, true]);
    expect(both.batchCounts).toEqual({ active: 42, cancelled: 0 });
    expect([both.batchRevenueCents, both.streamRevenueCents]).toEqual([12_600n, 12_600n]);
  });

  it('still finds an order that is missing inside it', async () => {
    const stream = RECORDS.slice(30).filter(({ orderId }) => orderId !== 'o40');
    const result = await compareSides(
      { batch: RECORDS, stream },
      between(T0 + 30 * 3_600_000, T0 + 50 * 3_600_000),
    );
    expect([classesOf(result), result.agree]).toEqual([{ not_in_stream: 1 }, false]);
    expect(result.explainedCents).toBe(300n);
  });

  it('goes back to the start of the window at both ends', async () => {
    const batch = [
      aRecord('a', { timeMs: T0 }),
      aRecord('b', { timeMs: T0 + WINDOW_MS }),
      aRecord('c', { timeMs: T0 + 2 * WINDOW_MS - 1 }),
      aRecord('d', { timeMs: T0 + 2 * WINDOW_MS }),
    ];
    const middle = between(T0 + WINDOW_MS + 1, T0 + 3 * WINDOW_MS - 1);
    const result = await compareSides({ batch, stream: [aRecord('x')] }, middle);
    expect(result.period).toEqual({ sinceMs: T0 + WINDOW_MS, untilMs: T0 + 2 * WINDOW_MS });
    expect(classesOf(result)).toEqual({ not_in_stream: 2 });
  });

  it('without a window is wrong usage', async () => {
    const sides = { batch: RECORDS, stream: RECORDS };
    await expect(compareSides(sides, between(T0 + 1, T0 + 2))).rejects.toThrow(
      'the period contains no window: rounded to windows it is from 2026-01-05T00:00:00.000Z to ' +
        '2026-01-05T00:00:00.000Z; set --until at least one window after --since',
    );
  });

  it('has a report of its own', async () => {
    const sides = { batch: RECORDS, stream: RECORDS };
    const { reportKey } = await compareSides(sides, since(T0 + WINDOW_MS));
    expect(reportKey).toBe(
      'reports/reconcile/20260201T000000Z-0000000a-00000001-20260105T001000Z-end.parquet',
    );
  });
});

describe('an order id with records on both sides of the border', () => {
  const early = aRecord('o1', { timeMs: T0 });
  const later = { timeMs: T0 + WINDOW_MS, quantity: 5 };
  const other = aRecord('o2', { timeMs: T0 + WINDOW_MS, customerId: 'c2' });

  it('is explained where batch counts the early one, which the stream never saw', async () => {
    const batch = [early, other, aRecord('o1', { ...later, outcome: 'duplicate' })];
    const stream = [other, aRecord('o1', later)];

    const result = await compareSides({ batch, stream }, since(T0 + WINDOW_MS));

    expect([classesOf(result), result.agree]).toEqual([{ different_first: 1 }, true]);
    expect(result.explainedCents).toBe(-750n);
    // Everything compared, an order is lost: nothing explains that.
    expect(classesOf(await compareSides({ batch, stream }))).toEqual({ unexplained: 1 });
  });

  it('is unexplained where batch has no record of what the stream counts', async () => {
    const sides = { batch: [early, other], stream: [other, aRecord('o1', later)] };
    const result = await compareSides(sides, since(T0 + WINDOW_MS));
    expect(classesOf(result)).toEqual({ unexplained: 1 });
  });

  it('is left out where both count the early one', async () => {
    const copy = aRecord('o1', { ...later, outcome: 'duplicate' });
    const sides = { batch: [early, copy, other], stream: [early, copy, other] };
    expect(classesOf(await compareSides(sides, since(T0 + WINDOW_MS)))).toEqual({});
  });
});

describe('cells of a period', () => {
  const addCent = (rows: TableRows['orders'], at: number, column: string) =>
    (rows ?? []).map((row, i) => (i === at ? { ...row, [column]: Number(row[column]) + 1 } : row));
  const damaged = (table: 'daily_revenue' | 'window_revenue' | 'product_revenue', at: number) => ({
    batch: RECORDS,
    stream: RECORDS,
    damageStream: (tables: TableRows): TableRows => ({
      ...tables,
      [table]: addCent(tables[table], at, 'total_revenue'),
    }),
  });
  const fromNoon = since(T0 + DAY_MS / 2);

  it('are those of the tables for windows and for days that lie in it as a whole', async () => {
    expect(classesOf(await compareSides(damaged('daily_revenue', 1), fromNoon))).toEqual({
      unexplained: 1,
    });
    expect(classesOf(await compareSides(damaged('window_revenue', 12), fromNoon))).toEqual({
      unexplained: 1,
    });
  });

  it('are computed from rows where a table has more than the period', async () => {
    expect(classesOf(await compareSides(damaged('daily_revenue', 0), fromNoon))).toEqual({});
    expect(classesOf(await compareSides(damaged('window_revenue', 11), fromNoon))).toEqual({});
    expect(classesOf(await compareSides(damaged('product_revenue', 0), fromNoon))).toEqual({});
  });

  it('of windows that are still open count as they do without one', async () => {
    const watermarkMs = T0 + 71 * 3_600_000;
    const stream = [{ records: inOrder(...RECORDS), watermarkMs }];
    const result = await compareSides({ batch: RECORDS, stream }, fromNoon);
    expect([classesOf(result), result.agree]).toEqual([{ window_not_final: 1 }, true]);
  });

  it('find a row that was lost in the stream', async () => {
    const damageStream = (tables: TableRows): TableRows => ({
      ...tables,
      orders: tables.orders?.filter(({ order_id: id }) => id !== 'o50') ?? [],
    });
    const sides = { batch: RECORDS, stream: RECORDS, damageStream };
    const result = await compareSides(sides, { ...fromNoon, allowMissing: true });
    // The day and the window of the stream's tables still hold it.
    expect(classesOf(result)).toEqual({ not_in_stream: 1, unexplained: 2 });
  });
});

describe('where the stream began later than batch', () => {
  it('the first window of the stream is named', async () => {
    const sides = { batch: RECORDS, stream: RECORDS.slice(30) };
    expect((await compareSides(sides)).streamBegan).toEqual({
      batchOldestMs: T0,
      streamOldestMs: T0 + 30 * 3_600_000,
      firstWindowMs: T0 + 30 * 3_600_000,
    });
    const { streamBegan } = await compareSides(sides, since(T0 + 30 * 3_600_000));
    expect(streamBegan).toBe(null);
  });

  it('nothing is named where nothing is missing in the stream', async () => {
    const late = RECORDS.map((record, i) =>
      i < 30 ? { ...record, outcome: 'late' as const } : record,
    );
    const stream = [{ records: inOrder(...late), watermarkMs: ALL_FINAL_MS }];
    const result = await compareSides({ batch: RECORDS, stream });
    expect([classesOf(result), result.streamBegan]).toEqual([{ late_in_stream: 30 }, null]);
  });
});
