import { expect, it } from 'vitest';
import { compareSequenceNumbers, isAfter } from '../../../lambdas/shared/state/sequence-order.ts';

const NINES = '9'.repeat(56);
const TEN = `1${'0'.repeat(56)}`;

it.each([
  ['9', '10', -1],
  ['10', '9', 1],
  ['7', '7', 0],
  ['007', '7', 0],
  [NINES, NINES, 0],
  [NINES, TEN, -1],
  [TEN, NINES, 1],
  [`${NINES}1`, `${NINES}2`, -1],
])('%s and %s are compared as numbers', (a, b, expected) => {
  expect(compareSequenceNumbers(a, b)).toBe(expected);
});

it('every record is after no checkpoint, and none is after its own', () => {
  expect(isAfter('0', null)).toBe(true);
  expect(isAfter('10', '9')).toBe(true);
  expect(isAfter('9', '9')).toBe(false);
  expect(isAfter('9', '10')).toBe(false);
});
