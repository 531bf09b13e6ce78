import { describe, expect, it } from 'vitest';
import { isConserved, zeroCounts } from '../../../lambdas/shared/rules/outcome.ts';

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
