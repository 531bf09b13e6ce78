import { describe, expect, it } from 'vitest';
import {
  dayOfWeek,
  daysInMonth,
  epochDayOf,
  formatDay,
  MAX_INSTANT_MS,
} from '../../../lambdas/shared/model/time.ts';

it.each([
  [1970, 1, 1, 0],
  [1969, 12, 31, -1],
  [1970, 3, 1, 59],
  [1972, 2, 29, 789],
  [1972, 3, 1, 790],
  [1999, 12, 31, 10_956],
  [2000, 2, 29, 11_016],
  [2000, 3, 1, 11_017],
  [2026, 1, 1, 20_454],
  [2026, 12, 31, 20_818],
  [2100, 2, 28, 47_540],
  [2100, 3, 1, 47_541],
  [2199, 12, 31, 84_005],
  [2400, 2, 29, 157_113],
  [0, 3, 1, -719_468],
  [-1, 12, 31, -719_529],
])('numbers the day %d-%d-%d', (year, month, day, expected) => {
  expect(epochDayOf(year, month, day)).toBe(expected);
});

it.each([
  [2025, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
  [2024, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
  [2100, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
  [2000, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
])('knows the lengths of the months of %d', (year, expected) => {
  const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((month) => daysInMonth(year, month));

  expect(lengths).toEqual(expected);
});

it('writes a day as a date', () => {
  expect([-1, 0, 20_454].map(formatDay)).toEqual(['1969-12-31', '1970-01-01', '2026-01-01']);
});

describe('the day of the week', () => {
  it('begins with Sunday', () => {
    // From Sunday 1970-01-04 to the Sunday after it.
    expect([3, 4, 5, 6, 7, 8, 9, 10].map(dayOfWeek)).toEqual([1, 2, 3, 4, 5, 6, 7, 1]);
  });

  it('goes on before 1970', () => {
    // Wednesday 1969-12-31, Thursday 1969-12-25, Sunday 1969-12-21.
    expect([-1, -7, -11].map(dayOfWeek)).toEqual([4, 5, 1]);
  });
});

it('accepts instants up to the last millisecond of 2199', () => {
  expect(new Date(MAX_INSTANT_MS).toISOString()).toBe('2199-12-31T23:59:59.999Z');
});
