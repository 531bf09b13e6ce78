import { describe, expect, it } from 'vitest';
import { checkTimePattern } from '../../../lambdas/shared/model/time-pattern.ts';

describe('a pattern of times', () => {
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
    '%y/%j',
    '%n%t%% %F',
    'on %a the %d of %m in %Y',
  ])('takes %j', (pattern) => {
    expect(checkTimePattern(pattern)).toBe(null);
  });

  it.each([
    ['', 'nothing'],
    ['2026-01-31', 'no directive'],
    ['%H:%M', 'a time without a day'],
    ['%d.%m', 'no year'],
    ['%Y-%m', 'no day'],
    ['%Y-%d', 'no month'],
    ['%d.%m.%Y %I:%M', 'an hour of which half of the day'],
    ['%d.%m.%Y %M', 'minutes without an hour'],
    ['%m/%d %j', 'no year'],
    ['%Y-%m-%d %Q', 'an unknown directive'],
    ['%Y-%m-%d %', 'a percent sign at the end'],
    ['%-d.%m.%Y', 'a flag'],
    ['%%Y-%m-%d', 'an escaped percent sign'],
  ])('does not take %j: %s', (pattern) => {
    expect(checkTimePattern(pattern)).not.toBe(null);
  });
});
