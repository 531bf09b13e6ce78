import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCents, linePriceCents } from '../../../lambdas/shared/model/money.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

it.each<[bigint | number, string]>([
  [0n, '0.00'],
  [5n, '0.05'],
  [-5n, '-0.05'],
  [10, '0.10'],
  [100n, '1.00'],
  [-12_345n, '-123.45'],
  [999_999_999_999_999_999n, '9999999999999999.99'],
])('writes %s cents with two decimals', (cents, text) => {
  expect(formatCents(cents)).toBe(text);
});

describe('linePriceCents', () => {
  it.each([
    // Amount of the line, quantity, price, and what is left.
    [1_000, 3, 333, 1],
    [1_001, 3, 334, -1],
    [5, 2, 2, 1],
    [7, 2, 4, -1],
    [9, 6, 2, -3],
    [15, 6, 2, 3],
    [25, 10, 2, 5],
    [35, 10, 4, -5],
    [250_000, 100_000, 2, 50_000],
    [350_000, 100_000, 4, -50_000],
    [1, 100_000, 0, 1],
    [50_000, 100_000, 0, 50_000],
    [50_001, 100_000, 1, -49_999],
    [0, 7, 0, 0],
    [100_000_000_000, 11, 9_090_909_091, -1],
    [9_999_999_999, 1, 9_999_999_999, 0],
  ])('rounds %s for %s pieces half to even: %s', (amount, quantity, price, rest) => {
    expect(linePriceCents(amount, quantity)).toBe(price);
    expect(amount - quantity * price).toBe(rest);
  });

  it('is always the nearest price, and the even one of two that are as near', () => {
    const amounts = fc.oneof(fc.nat(1_000_000), fc.maxSafeNat());
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 100_000 }), (amount, quantity) => {
        const price = BigInt(linePriceCents(amount, quantity));

        const doubled = (BigInt(amount) - price * BigInt(quantity)) * 2n;
        const distance = doubled < 0n ? -doubled : doubled;
        expect(distance).toBeLessThanOrEqual(BigInt(quantity));
        if (distance === BigInt(quantity)) expect(price % 2n).toBe(0n);
      }),
      { seed, ...runs(1_000) },
    );
  });
});
