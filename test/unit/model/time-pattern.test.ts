import { describe, expect, it } from 'vitest';
import { isTimePattern } from '../../../lambdas/shared/model/time-pattern.ts';

describe('isTimePattern', () => {
  it.each([
    '%Y-%m-%d %H:%M:%S.%f',
    '%d.%m.%y',
    '%A, %e %B %Y %I:%M %p %z',
    '%b %d %Y',
    '%h %d %y',
    '%s',
    '%D %T',
    '%FT%R%Z',
    '%Y/%j',
    '%n%t%% %F',
    'on %a the %d of %m in %Y',
  ])('takes %j', (pattern) => {
    expect(isTimePattern(pattern)).toBe(true);
  });

  it.each([
    ['', 'nothing'],
    ['2026-01-31', 'no directive'],
    ['%H:%M', 'a time without a day'],
    ['%d.%m', 'no year'],
    ['%Y-%m', 'no day'],
    ['%Y-%d', 'no month'],
    ['%y/%j', 'a day of a year of two digits'],
    ['%m/%d %j', 'no year'],
    ['%Y-%m-%d %Q', 'an unknown directive'],
    ['%Y-%m-%d %', 'a percent sign at the end'],
    ['%-d.%m.%Y', 'a flag'],
    ['%%Y-%m-%d', 'an escaped percent sign'],
  ])('does not take %j: %s', (pattern) => {
    expect(isTimePattern(pattern)).toBe(false);
  });
});
