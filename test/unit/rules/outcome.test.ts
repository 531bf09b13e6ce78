import { describe, expect, it } from 'vitest';
import { STATUSES } from '../../../lambdas/shared/model/order.ts';
import { tablesOf } from '../../../lambdas/shared/model/tables.ts';
import {
  ACTIVE,
  CANCELLED,
  countOutcomes,
  DUPLICATE,
  isConserved,
  LATE,
  OUTCOME_OF_STATUS,
  OUTCOMES,
  QUARANTINED,
  TABLE_OF_OUTCOME,
  zeroCounts,
} from '../../../lambdas/shared/rules/outcome.ts';

const SOME = { read: 31, active: 1, cancelled: 2, quarantined: 4, duplicate: 8, late: 16 };

describe('conservation', () => {
  it('holds where what was read is the sum of all outcomes', () => {
    expect(isConserved(SOME)).toBe(true);
    expect(isConserved(zeroCounts())).toBe(true);
  });

  it.each(['read', 'active', 'cancelled', 'quarantined', 'duplicate', 'late'] as const)(
    'fails when %s is one more or one less',
    (name) => {
      expect(isConserved({ ...SOME, [name]: SOME[name] + 1 })).toBe(false);
      expect(isConserved({ ...SOME, [name]: SOME[name] - 1 })).toBe(false);
    },
  );
});

it('begins with nothing read, and no outcome', () => {
  expect(zeroCounts()).toEqual({
    read: 0,
    active: 0,
    cancelled: 0,
    quarantined: 0,
    duplicate: 0,
    late: 0,
  });
});

describe('outcomes', () => {
  it('have the codes of their places', () => {
    const codes = [ACTIVE, CANCELLED, QUARANTINED, DUPLICATE, LATE];

    expect(codes.map((code) => OUTCOMES[code])).toEqual(OUTCOMES);
    expect(OUTCOMES).toEqual(['active', 'cancelled', 'quarantined', 'duplicate', 'late']);
  });

  it('are known for every status: cancelled ones are cancelled, all others active', () => {
    const named = STATUSES.map((status, code) => [status, OUTCOMES[OUTCOME_OF_STATUS[code]]]);

    expect(OUTCOME_OF_STATUS).toHaveLength(STATUSES.length);
    expect(Object.fromEntries(named)).toEqual({
      completed: 'active',
      cancelled: 'cancelled',
      pending: 'active',
      processing: 'active',
    });
  });

  it('each have a table of their own, which the stream door has', () => {
    const tables = OUTCOMES.map((outcome) => TABLE_OF_OUTCOME[outcome]);

    expect(new Set(tables).size).toBe(OUTCOMES.length);
    expect(tablesOf('stream').map(({ name }) => name)).toEqual(expect.arrayContaining(tables));
  });

  it('are counted from one row to another', () => {
    const outcomes = Uint8Array.of(LATE, ACTIVE, ACTIVE, CANCELLED, QUARANTINED, DUPLICATE, LATE);

    expect(countOutcomes(outcomes, 1, 6)).toEqual({
      ...{ read: 5, active: 2, cancelled: 1, quarantined: 1, duplicate: 1, late: 0 },
    });
    expect(countOutcomes(outcomes, 3, 3)).toEqual(zeroCounts());
  });
});
