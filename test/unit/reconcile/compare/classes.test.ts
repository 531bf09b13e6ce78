import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../lambdas/shared/rules/outcome.ts';
import { aRecord, type LakeRecord, T0, WINDOW_MS } from '../../../support/lake-records.ts';
import { classesOf, compareSides } from '../../../support/reconcile-runs.ts';

/**
 * Records of one order id: `A1` is an active record worth 1.00, `D2` a duplicate one of 2.00, `A1p`
 * is pending, `D1c` cancelled.
 */
function records(text: string): LakeRecord[] {
  const outcomes: Readonly<Record<string, Outcome>> = {
    A: 'active',
    C: 'cancelled',
    D: 'duplicate',
    L: 'late',
    Q: 'quarantined',
  };
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(([letter, euros, dimension]) =>
      aRecord('o1', {
        outcome: outcomes[letter],
        quantity: 1,
        priceCents: Number(euros) * 100,
        // Values 8 and 9 are records of a cancelled order, whatever became of them.
        status: Number(euros) >= 8 || letter === 'C' ? 'cancelled' : 'completed',
        ...(dimension === 'p' ? { status: 'pending' } : {}),
        ...(dimension === 'c' ? { status: 'cancelled' } : {}),
        ...(dimension === 'x' ? { product: ['Other tea', 'Drink', null, 199] } : {}),
        ...(dimension === 'y' ? { customer: [null, null, null, null] } : {}),
      }),
    );
}

/** What batch has, what the stream has, and the class (null: equal) with its cents. */
const CASES: readonly (readonly [string, string, string | null, bigint])[] = [
  ['A1', 'A1', null, 0n],
  ['C8', 'C8', null, 0n],
  ['A1 D1', 'A1 D1', null, 0n],
  ['A1 D2 Q1', 'A1 L3', null, 0n],

  ['A1', 'L1', 'late_in_stream', 100n],
  ['C8', 'L8', 'late_in_stream', 0n],
  ['A1 D2', 'L2 L1', 'late_in_stream', 100n],
  ['A1 D1', 'L1', 'late_in_stream', 100n],
  ['A1', 'L2', 'unexplained', 100n],
  ['A1', 'L2 Q1', 'unexplained', 100n],

  ['A1 D1', 'A1 A1', 'duplicate_beyond_horizon', -100n],
  ['A1 D2', 'A1 A2', 'duplicate_beyond_horizon', -200n],
  ['A1 D2 D3', 'A1 A2 A3', 'duplicate_beyond_horizon', -500n],
  ['A1 D2 D3', 'A1 D2 A3', 'duplicate_beyond_horizon', -300n],
  ['A1 D9', 'A1 C9', 'duplicate_beyond_horizon', 0n],
  ['C8 D2', 'C8 A2', 'duplicate_beyond_horizon', -200n],
  ['A1 D2 D3', 'L1 A2 A3', 'duplicate_beyond_horizon', -400n],
  ['A1 D2 D3', 'A2 D1 A3', 'duplicate_beyond_horizon', -400n],
  ['A1 D2 D3', 'A2 A3', 'unexplained', -400n],
  ['A1', 'A1 A1', 'unexplained', -100n],
  ['A1 D1', 'A1 A1 A1', 'unexplained', -200n],
  ['A1 D2', 'A1 A3', 'unexplained', -300n],
  ['A1 Q2', 'A1 A2', 'unexplained', -200n],

  ['A1 D2', 'A2 D1', 'different_first', -100n],
  ['A1 D2', 'A2 L1', 'different_first', -100n],
  ['A1 D9', 'C9 D1', 'different_first', 100n],
  ['C8 D2', 'A2 L8', 'different_first', -200n],
  ['A1 D2', 'A2', 'unexplained', -100n],
  ['A1', 'A2 D1', 'unexplained', -100n],
  ['A1', 'A2', 'unexplained', -100n],
  ['A1', 'C8', 'unexplained', 100n],

  ['A1', 'A1p', 'status_changed', 0n],
  ['A1', 'C1', 'status_changed', 100n],
  ['C1', 'A1p', 'status_changed', -100n],
  ['A1', 'A1p D1p', 'status_changed', 0n],
  ['C1 D1p', 'A1p', 'status_changed', -100n],
  ['A1 D2', 'A1p', 'status_changed', 0n],
  ['A1x', 'A1p', 'status_changed', 0n],
  ['C1 D1p', 'A1p D1c', 'different_first', -100n],
  ['A1', 'L1p', 'unexplained', 100n],
  ['A1', 'A1p A1p', 'unexplained', -100n],
  ['C1', 'A2p', 'unexplained', -200n],

  ['A1', 'A1x', 'dimension_changed', 0n],
  ['A1', 'A1y', 'dimension_changed', 0n],
  ['A1 D1', 'A1x A1y', 'duplicate_beyond_horizon', -100n],
  ['A1 D2', 'A2x D1', 'different_first', -100n],

  ['A1', '', 'not_in_stream', 100n],
  ['C8', '', 'not_in_stream', 0n],
  ['A1 D2', '', 'not_in_stream', 100n],
  ['', 'A1', 'not_in_batch', -100n],
  ['', 'A1 D2', 'not_in_batch', -100n],
  ['', 'A1 A1', 'not_in_batch', -200n],
  ['A1', 'Q1', 'unexplained', 100n],
  ['Q1', 'A1', 'unexplained', -100n],
  ['D1', 'A1', 'unexplained', -100n],
  ['A1', 'D1', 'unexplained', 100n],
  ['A1 A1', 'A1', 'unexplained', 100n],
  ['A1 A2', 'A1 A2', 'unexplained', 0n],
];

/** So that no list is empty, and so that another id is compared too. */
const OTHER = aRecord('o2', { customerId: 'c2' });

describe('an order id', () => {
  it.each(CASES)(
    'with %j in batch and %j in the stream is %s',
    async (batch, stream, name, cents) => {
      const result = await compareSides({
        batch: [OTHER, ...records(batch)],
        stream: [OTHER, ...records(stream)],
      });

      expect(classesOf(result)).toEqual(name === null ? {} : { [name]: 1 });
      const isMissing = name === 'not_in_stream' || name === 'not_in_batch';
      expect(result.agree).toBe(name !== 'unexplained' && !isMissing);
      expect(result.explainedCents).toBe(name === 'unexplained' ? 0n : cents);
      if (name !== null) expect(result.classes[name as 'unexplained'].cents).toBe(cents);
    },
  );
});

describe('two records', () => {
  const record = aRecord('o1');
  const SEVENTH: readonly (readonly [string, Partial<LakeRecord>])[] = [
    ['customer_id', { customerId: 'c9' }],
    ['product_id', { productId: 'p9' }],
    ['order_timestamp', { timeMs: record.timeMs + 1 }],
    ['quantity', { quantity: 4, priceCents: 75 }],
    ['price', { quantity: 1, priceCents: 300 }],
  ];

  it.each(SEVENTH)('with another %s are not the same', async (_, values) => {
    const sides = { batch: [record], stream: [aRecord('o1', values)] };
    expect(classesOf(await compareSides(sides))).toEqual({ unexplained: 1 });
  });

  it('that are equal but for the status are the same order, which moved on', async () => {
    const sides = { batch: [record], stream: [aRecord('o1', { status: 'pending' })] };
    expect(classesOf(await compareSides(sides))).toEqual({ status_changed: 1 });
  });

  it('with another order_id are two orders', async () => {
    const result = await compareSides({ batch: [record], stream: [aRecord('O1')] });
    expect(classesOf(result)).toEqual({ not_in_stream: 1, not_in_batch: 1 });
  });

  it('at one position of the stream are unexplained, whatever else fits', async () => {
    const batch = [record, aRecord('o1', { outcome: 'duplicate' })];
    const stream = [{ records: [record, record], watermarkMs: null }];
    const result = await compareSides({ batch, stream });
    expect(result.classes.unexplained.count).toBe(1);
  });
});

describe('amounts per line', () => {
  /** Three pieces at 3.33, and some cents. */
  const lineOf = (remainderCents: number, rest: Partial<LakeRecord> = {}) =>
    aRecord('o1', { quantity: 3, priceCents: 333, remainderCents, ...rest });

  it.each([1, 0, -1])('are the same with a remainder of %s cents on both sides', async (cents) => {
    const result = await compareSides({ batch: [lineOf(cents)], stream: [lineOf(cents)] });

    expect(classesOf(result)).toEqual({});
    expect(result.agree).toBe(true);
  });

  it('that are another are not the same, though price and quantity are', async () => {
    const result = await compareSides({ batch: [lineOf(1)], stream: [lineOf(0)] });

    expect(classesOf(result)).toEqual({ unexplained: 1 });
    expect(result.classes.unexplained.cents).toBe(1n);
    const differs = 'total_amount: 10.00 in batch, 9.99 in the stream';
    expect(result.shown).toMatchObject([{ orderId: 'o1', differs }]);
  });

  it('are explained to the cent where the stream kept the record as late', async () => {
    const late = lineOf(1, { outcome: 'late' });
    const result = await compareSides({ batch: [lineOf(1)], stream: [late] });

    expect(classesOf(result)).toEqual({ late_in_stream: 1 });
    expect([result.agree, result.explainedCents]).toEqual([true, 1_000n]);
  });

  it('that do not give their price are broken rows, even where both sides have them', async () => {
    const result = await compareSides({ batch: [lineOf(2)], stream: [lineOf(2)] });
    expect(classesOf(result)).toEqual({ unexplained: 1 });
  });

  it.each([T0, null])('enter the cells of a period as they are, since %s', async (sinceMs) => {
    const period = { sinceMs, untilMs: T0 + 3 * WINDOW_MS };
    const sides = { batch: [lineOf(1), aRecord('o2')], stream: [lineOf(1), aRecord('o2')] };

    const result = await compareSides(sides, { period });

    expect(classesOf(result)).toEqual({});
    expect([result.agree, result.batchRevenueCents]).toEqual([true, 1_300n]);
  });
});

describe('--allow-missing', () => {
  it('forgives ids that never reached a side, and nothing else', async () => {
    const missing = { batch: [OTHER, aRecord('o1')], stream: [OTHER, aRecord('o3')] };
    expect((await compareSides(missing, { allowMissing: true })).agree).toBe(true);
    expect((await compareSides(missing)).agree).toBe(false);

    const wrong = {
      batch: [OTHER, aRecord('o1', { quantity: 3 })],
      stream: [OTHER, aRecord('o1')],
    };
    expect((await compareSides(wrong, { allowMissing: true })).agree).toBe(false);
  });
});
