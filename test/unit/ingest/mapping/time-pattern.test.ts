import { describe, expect, it } from 'vitest';
import { compileTimePatterns } from '../../../../lambdas/shared/ingest/mapping/time-pattern.ts';
import { INVALID_TIME } from '../../../../lambdas/shared/ingest/timestamp.ts';
import { checkTimePattern } from '../../../../lambdas/shared/model/time-pattern.ts';
import { placed } from '../../../support/bytes-of.ts';

/** Digits and letters around the value are not its own. */
function timeOf(patterns: string | string[], text: string, zone: string | null = null) {
  const read = compileTimePatterns([patterns].flat(), zone);
  const results = ['0', ' ', 'Z', '.5', '+01', 'pm'].map((around) => {
    const { bytes, start, end } = placed(text, around);
    return read(bytes, start, end);
  });
  expect(new Set(results).size).toBe(1);
  return results[0] === INVALID_TIME ? null : new Date(results[0]).toISOString();
}

const TEN_TWENTY = '2026-01-05T10:20:00.000Z';
const AT_MIDNIGHT = '2026-01-05T00:00:00.000Z';

describe('compileTimePatterns', () => {
  it.each([
    ['%d.%m.%Y %H:%M', '05.01.2026 10:20', TEN_TWENTY],
    ['%d.%m.%Y %H:%M', '5.1.2026 10:20', TEN_TWENTY],
    ['%d.%m.%Y %H:%M', '5.1.2026 \t 10:20', TEN_TWENTY],
    ['%d.%m.%Y%n%H:%M', '5.1.2026\u202f10:20', TEN_TWENTY],
    [' %d.%m.%Y %t ', '5.1.2026', AT_MIDNIGHT],
    ['%m/%d/%Y %I:%M %p', '1/5/2026 10:20 AM', TEN_TWENTY],
    ['%m/%d/%Y %I:%M%p', '1/5/2026 10:20am', TEN_TWENTY],
    ['%m/%d/%Y, %I:%M:%S %p', '1/5/2026, 10:20:00\u202fPm', '2026-01-05T22:20:00.000Z'],
    ['%D %I %p', '01/05/26 12 AM', AT_MIDNIGHT],
    ['%D %I %p', '01/05/26 12 PM', '2026-01-05T12:00:00.000Z'],
    ['%D %R', '01/05/26 10:20', TEN_TWENTY],
    ['%F %T', '2026-01-05 10:20:00', TEN_TWENTY],
    ['%FT%T.%fZ', '2026-01-05T10:20:30.1Z', '2026-01-05T10:20:30.100Z'],
    ['%F %T,%f', '2026-01-05 10:20:30,999999999', '2026-01-05T10:20:30.999Z'],
    ['%F %T.%f', '2026-01-05 10:20:30.0009', '2026-01-05T10:20:30.000Z'],
    ['%Y%m%d%H%M%S%f', '20260105102030456', '2026-01-05T10:20:30.456Z'],
    ['%Y%m%dT%H%M', '20260105T1020', TEN_TWENTY],
    ['%d %b %Y %R', '05 Jan 2026 10:20', TEN_TWENTY],
    ['%d %B %Y %R', '5 JANUARY 2026 10:20', TEN_TWENTY],
    ['%d %b %Y %R', '5 january 2026 10:20', TEN_TWENTY],
    ['%h %e, %Y', 'Jan  5, 2026', AT_MIDNIGHT],
    ['%h%e, %Y', 'Jan 5, 2026', AT_MIDNIGHT],
    ['%b%d,%Y', 'may5,2026', '2026-05-05T00:00:00.000Z'],
    ['%d-%b-%y', '5-Sept-26', '2026-09-05T00:00:00.000Z'],
    ['%d-%b-%y', '5-September-26', '2026-09-05T00:00:00.000Z'],
    ['%d/%m/%y', '05/01/69', null],
    ['%d/%m/%y', '05/01/70', '1970-01-05T00:00:00.000Z'],
    ['%d/%m/%y', '05/01/99', '1999-01-05T00:00:00.000Z'],
    ['%d/%m/%y', '05/01/00', '2000-01-05T00:00:00.000Z'],
    ['%d/%m/%y', '05/01/68', '2068-01-05T00:00:00.000Z'],
    ['%a, %d %b %Y %T %z', 'Mon, 05 Jan 2026 11:20:00 +0100', TEN_TWENTY],
    ['%A, %d %b %Y %T %Z', 'monday, 05 Jan 2026 11:20:00 CET', TEN_TWENTY],
    ['%a %b %d %Y %T GMT%z', 'Mon Jan 05 2026 05:20:00 GMT-0500', TEN_TWENTY],
    ['%F %R%z', '2026-01-05 10:20Z', TEN_TWENTY],
    ['%F %R%z', '2026-01-05 11:20+01', TEN_TWENTY],
    ['%F %R%z', '2026-01-05 15:50+05:30', TEN_TWENTY],
    ['%F %R%z', '2026-01-06 00:20+14:00', TEN_TWENTY],
    ['%F %R%z', '2026-01-04 20:20-14', TEN_TWENTY],
    ['%z %F %R', '+01:00 2026-01-05 11:20', TEN_TWENTY],
    ['%F %R %Z', '2026-01-05 10:20 UTC', TEN_TWENTY],
    ['%F %R %Z', '2026-01-05 10:20 GMT', TEN_TWENTY],
    ['%F %R %Z', '2026-01-05 10:20 Z', TEN_TWENTY],
    ['%F %R %Z', '2026-01-05 02:20 PST', TEN_TWENTY],
    ['%F %R %Z', '2026-01-05 03:20 PDT', TEN_TWENTY],
    ['%F %R %Z', '2026-01-05 05:20 EST', TEN_TWENTY],
    ['%F %R (%Z)', '2026-01-05 12:20 (CEST)', TEN_TWENTY],
    ['%Y-%j', '2026-005', AT_MIDNIGHT],
    ['%Y-%j', '2026-5', AT_MIDNIGHT],
    ['%Y%j', '2024366', '2024-12-31T00:00:00.000Z'],
    ['%Y-%j', '2026-365', '2026-12-31T00:00:00.000Z'],
    ['%s', '1767608400', TEN_TWENTY],
    ['%s', '1767608400.0019', '2026-01-05T10:20:00.001Z'],
    ['%s', '0', '1970-01-01T00:00:00.000Z'],
    ['@%s', '@1767608400', TEN_TWENTY],
    ['%d. %m. %Y kl. %R', '5. 1. 2026 kl. 10:20', TEN_TWENTY],
    ['%Y年%m月%d日', '2026年1月5日', AT_MIDNIGHT],
    ['100%% %F', '100% 2026-01-05', AT_MIDNIGHT],
    ['%F %R%z', '1969-12-31 23:30-01:00', '1970-01-01T00:30:00.000Z'],
    ['%F', '2199-12-31', '2199-12-31T00:00:00.000Z'],
    ['%F', '2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('reads by %s %j', (pattern, text, instant) => {
    expect(timeOf(pattern, text)).toBe(instant);
  });

  it.each([
    ['%d.%m.%Y', ['', '5.1.', '5.1.26', '5.1.20260', '32.1.2026', '0.1.2026', '5.13.2026']],
    [
      '%d.%m.%Y',
      ['5/1/2026', '5.1.2026 10:20', ' 5.1.2026', '5. 1.2026', '005.1.2026', '٥.1.2026'],
    ],
    ['%d.%m.%Y', ['29.2.2026', '29.2.2100', '31.4.2026', '31.12.1969', '1.1.2200', '5.1.0026']],
    ['%d.%m.%y', ['5.1.6', '5.1.2026', '5.1.']],
    ['%F %R', ['2026-01-05 24:00', '2026-01-05 10:60', '2026-01-0510:20', '2026-01-05T10:20']],
    ['%F %R', ['2026-01-05\u200910:20', '2026-01-05 10:20:30', '2026-01-05 10:', '2026-01-05 ']],
    ['%F %T', ['2026-01-05 10:20:60', '2026-01-05 10:20:3x', '2026-01-05 10:20:30.5']],
    ['%F %T.%f', ['2026-01-05 10:20:30.', '2026-01-05 10:20:30.1234567890', '2026-01-05 10:20:30']],
    ['%F %I:%M %p', ['2026-01-05 13:20 PM', '2026-01-05 0:20 AM', '2026-01-05 1:20', 'PM']],
    ['%F %I:%M %p', ['2026-01-05 1:20 p.m.', '2026-01-05 1:20 P', '2026-01-05 1:20 XM']],
    ['%d %b %Y', ['5 Ja 2026', '5 Jänner 2026', '5 Janu 2026', '5 Mai 2026', '5 1 2026', '5 Jan.']],
    ['%Y%m%d', ['2026115', '202615', '2026 105', '202601051']],
    ['%Y%j', ['20265', '202605', '2026000', '2026366', '2026367']],
    ['%F %R%z', ['2026-01-05 10:20', '2026-01-05 10:20+1', '2026-01-05 10:20+053']],
    ['%F %R%z', ['2026-01-05 10:20+14:01', '2026-01-05 10:20+05:60', '2026-01-05 10:20z']],
    ['%F %R%z', ['2026-01-05 10:20+05:', '2026-01-05 10:20 Z', '2026-01-05 10:20UTC']],
    ['%F %R %Z', ['2026-01-05 10:20 BST', '2026-01-05 10:20 IST', '2026-01-05 10:20 utc']],
    ['%F %R %Z', ['2026-01-05 10:20 UTCX', '2026-01-05 10:20 ', '2026-01-05 10:20 +01']],
    ['%F %R %Z', ['2026-01-05 10:20 ABCDE', '2026-01-05 10:20 EURO']],
    ['%a %F', ['Tue 2026-01-05', 'Mo 2026-01-05', 'Montag 2026-01-05', 'Monda 2026-01-05']],
    ['%s', ['-1', '7258118400', '1767608400000', '1767608400.', '1.7e9', '9'.repeat(30), '']],
    ['%s', ['1767608400.1234567890', '1767608400,5']],
  ])('reads by %s none of %j', (pattern, texts) => {
    for (const text of texts) expect([text, timeOf(pattern, text)]).toEqual([text, null]);
  });

  it('takes the first pattern that makes a value a time', () => {
    const european = ['%d/%m/%Y', '%m/%d/%Y', 'auto', '%s'];
    expect(timeOf(european, '5/1/2026')).toBe(AT_MIDNIGHT);
    expect(timeOf(european, '1/13/2026')).toBe('2026-01-13T00:00:00.000Z');
    expect(timeOf(european, '2026-01-05 10:20')).toBe(TEN_TWENTY);
    expect(timeOf(european, '1767608400')).toBe(TEN_TWENTY);
    expect(timeOf(european, '13/13/2026')).toBe(null);
    expect(timeOf(['%m/%d/%Y', '%d/%m/%Y'], '5/1/2026')).toBe('2026-05-01T00:00:00.000Z');
  });

  it('reads values that follow each other on their own', () => {
    const read = compileTimePatterns(['%a %F %I%p', '%F %H'], null);
    const texts = ['Mon 2026-01-05 11PM', '2026-01-06 11', 'Sun 2026-01-06 1PM', '2026-01-06 1'];
    const times = texts.map((text) => {
      const bytes = Buffer.from(text);
      const timeMs = read(bytes, 0, bytes.length);
      return timeMs === INVALID_TIME ? null : new Date(timeMs).toISOString().slice(0, 13);
    });
    expect(times).toEqual(['2026-01-05T23', '2026-01-06T11', null, '2026-01-06T01']);
  });

  it('fails when a pattern or a zone is none', () => {
    expect(() => compileTimePatterns(['auto', '%d.%m.'], null)).toThrow(
      'format "%d.%m." has no year (%Y or %y)',
    );
    expect(() => compileTimePatterns(['%Q'], null)).toThrow('format "%Q" %Q is no directive');
    expect(() => compileTimePatterns(['auto'], 'Europe/Bonn')).toThrow('"Europe/Bonn"');
  });
});

describe('compileTimePatterns with a zone', () => {
  const BERLIN = 'Europe/Berlin';

  it.each([
    ['%d.%m.%Y %H:%M', '05.01.2026 11:20', TEN_TWENTY],
    ['%d.%m.%Y', '05.01.2026', '2026-01-04T23:00:00.000Z'],
    ['%a %d.%m.%Y', 'Mon 05.01.2026', '2026-01-04T23:00:00.000Z'],
    ['%d.%m.%Y %H:%M', '29.03.2026 02:30', null],
    ['%d.%m.%Y %H:%M', '25.10.2026 02:30', '2026-10-25T00:30:00.000Z'],
    ['%d.%m.%Y %H:%M %z', '05.01.2026 10:20 Z', TEN_TWENTY],
    ['%d.%m.%Y %H:%M %Z', '05.01.2026 05:20 EST', TEN_TWENTY],
    ['%s', '1767608400', TEN_TWENTY],
    ['%F', '1970-01-01', null],
    ['%F', '2200-01-01', '2199-12-31T23:00:00.000Z'],
    ['auto', '2026-01-05 11:20', TEN_TWENTY],
    ['auto', '2026-01-05T11:20:00.000', TEN_TWENTY],
    ['auto', '2026-01-05T10:20Z', TEN_TWENTY],
    ['auto', '2026-01-05 10:20 UTC', TEN_TWENTY],
    ['auto', '2026-01-05 10:20:00.0 +00:00', TEN_TWENTY],
    ['auto', '2026-01-05 05:20-0500', TEN_TWENTY],
    ['auto', '2026-03-29 02:30', null],
    ['auto', '2026-03-29 02:30Z', '2026-03-29T02:30:00.000Z'],
    ['auto', '2026-10-25 02:30:30.5', '2026-10-25T00:30:30.500Z'],
    ['auto', '1970-01-01 00:59:59.999', null],
    ['auto', '2200-01-01T00:59:59.999999999', '2199-12-31T23:59:59.999Z'],
    ['auto', '2200-01-01T01:00', null],
    ['auto', '2200-01-01T00:30Z', null],
    ['auto', '2026-01-05', null],
    ['auto', '2026-01-05 1', null],
    ['auto', '2026-02-29 11:20', null],
    ['auto', '2026-01-05 11:20:30.1234567890', null],
  ])('reads by %s %j', (pattern, text, instant) => {
    expect(timeOf(pattern, text, BERLIN)).toBe(instant);
  });

  it('reads the own form where the local year is before that of UTC', () => {
    expect(timeOf('auto', '1969-12-31 19:00', 'America/New_York')).toBe('1970-01-01T00:00:00.000Z');
    expect(timeOf('auto', '1969-12-31 18:59:59', 'America/New_York')).toBe(null);
    expect(timeOf('auto', '1969-12-31 19:00Z', 'America/New_York')).toBe(null);
    expect(timeOf('%F', '2018-11-04', 'America/Sao_Paulo')).toBe(null);
    expect(timeOf('%F', '2018-11-05', 'America/Sao_Paulo')).toBe('2018-11-05T02:00:00.000Z');
  });
});

describe('checkTimePattern', () => {
  it.each([
    ...['auto', '%d.%m.%Y', '%s', '%y%j', '%D', '%F %T.%f %z', '%a %A %F', '%d %b %Y %I %p'],
    ...['100%% %F', '%n%F%t'],
  ])('accepts %s', (pattern) => {
    expect(checkTimePattern(pattern)).toBe(null);
  });

  it.each([
    ['', 'has no year (%Y or %y)'],
    ['Auto', 'has no year (%Y or %y)'],
    ['%d.%m.', 'has no year (%Y or %y)'],
    ['%Y-%d', 'has no month (%m or %b)'],
    ['%d.%M.%Y', 'has no month (%m or %b)'],
    ['%Y-%m', 'has no day (%d)'],
    ['%F %j', '%j is month and day; it goes with neither'],
    ['%F %d', 'has the day twice (%d, %d)'],
    ['%F %H:%m', 'has the month twice (%m, %m)'],
    ['%F %y', 'has the year twice (%Y, %y)'],
    ['%F %T %z (%Z)', 'has the zone twice (%z, %Z)'],
    ['%F %s', '%s is a whole time; no other directive goes with it'],
    ['%s.%f', '%s is a whole time; no other directive goes with it'],
    ['%F %I:%M', '%I needs %p (AM or PM)'],
    ['%F %R %p', '%p needs %I (1 to 12)'],
    ['%F %M', 'has minutes (%M) but no hour; the month is %m'],
    ['%F %H:%S', 'has seconds (%S) but no minutes (%M)'],
    ['%F %R.%f', 'has a fraction (%f) but no seconds (%S)'],
    ['%F %', 'ends in a single %; %% is a per cent sign'],
  ])('says of %j that it %s', (pattern, fault) => {
    expect(checkTimePattern(pattern)).toBe(fault);
  });

  it.each([
    ['%F %Q', '%Q'],
    ['%-d.%m.%Y', '%-'],
    ['%constructor', '%c'],
    ['%F % H', '% '],
  ])('names the unknown directive of %s', (pattern, name) => {
    expect(checkTimePattern(pattern)).toBe(
      `${name} is no directive; known: %Y %y %m %b %B %h %d %e %j %H %I %p %M %S %f %z %Z %a %A ` +
        '%s %D %F %R %T %n %t %%',
    );
  });
});
