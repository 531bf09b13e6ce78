import { expect, it } from 'vitest';
import { formatCents } from '../../../lambdas/shared/model/money.ts';

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
