import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  INVALID_TIME,
  parseEpochDay,
  parseTimestampMs,
} from '../../../lambdas/shared/ingest/timestamp.ts';
import { placed } from '../../support/bytes-of.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

function parsed(text: string): string | null {
  const { bytes, start, end } = placed(text, '0');
  const value = parseTimestampMs(bytes, start, end);
  return value === INVALID_TIME ? null : new Date(value).toISOString();
}

describe('parseTimestampMs', () => {
  it.each([
    ['2026-01-05 10:20:30', '2026-01-05T10:20:30.000Z'],
    ['2026-01-05T10:20:30', '2026-01-05T10:20:30.000Z'],
    ['2026-01-05T10:20:30Z', '2026-01-05T10:20:30.000Z'],
    ['2026-01-05T10:20:30.5', '2026-01-05T10:20:30.500Z'],
    ['2026-01-05T10:20:30.25Z', '2026-01-05T10:20:30.250Z'],
    ['2026-01-05T10:20:30.999999999', '2026-01-05T10:20:30.999Z'],
    ['2026-01-05 10:20:30.0009+00:00', '2026-01-05T10:20:30.000Z'],
    ['2026-01-05T10:20:30+05:30', '2026-01-05T04:50:30.000Z'],
    ['2026-01-05T10:20:30-08:00', '2026-01-05T18:20:30.000Z'],
    ['2026-01-05T10:20:30-00:00', '2026-01-05T10:20:30.000Z'],
    ['2026-01-05T00:00:00+14:00', '2026-01-04T10:00:00.000Z'],
    ['2026-12-31T23:00:00-14:00', '2027-01-01T13:00:00.000Z'],
    ['2024-02-29T00:00:00', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00', '2000-02-29T00:00:00.000Z'],
    ['1970-01-01T00:00:00', '1970-01-01T00:00:00.000Z'],
    ['1969-12-31T23:00:00-01:00', '1970-01-01T00:00:00.000Z'],
    ['2199-12-31T23:59:59.999', '2199-12-31T23:59:59.999Z'],
    ['2200-01-01T00:30:00+01:00', '2199-12-31T23:30:00.000Z'],
  ])('reads %s', (text, instant) => {
    expect(parsed(text)).toBe(instant);
  });

  it.each([
    ...['2026-01-05', '2026-01-05 10:20', '2026-01-05T10:20:3', '2026-1-05 10:20:30', ''],
    ...['2026-01-05  10:20:30', '2026-01-05t10:20:30', '2026-01-05T10:20:30z', '20260105T102030Z'],
    ...['2026-01-05T10:20:30.', '2026-01-05T10:20:30.Z', '2026-01-05T10:20:30.1234567890'],
    ...['2026-01-05T10:20:30,5', '2026-01-05T10:20:30 Z', '2026-01-05T10:20:30+0530'],
    ...['2026-01-05T10:20:30+05', '2026-01-05T10:20:30+5:30', '2026-01-05T10:20:30+14:01'],
    ...['2026-01-05T10:20:30+13:60', '2026-01-05T10:20:30+00:00Z', '2026-01-05T10:20:30-15:00'],
    ...['2026-02-29T00:00:00', '2100-02-29T00:00:00', '2026-04-31T00:00:00', '2026-00-01T00:00:00'],
    ...['2026-13-01T00:00:00', '2026-01-00T00:00:00', '2026-01-32T00:00:00', '2026-01-05T24:00:00'],
    ...['2026-01-05T23:60:00', '2026-12-31T23:59:60', '2026/01/05 10:20:30', '2026-01-05T10-20-30'],
    ...['1969-12-31T23:59:59', '1970-01-01T00:00:00+00:01', '2200-01-01T00:00:00'],
    ...['2199-12-31T23:59:59-00:01', '0000-01-01T00:00:00', '2026-01-05T1a:20:30', 'T'.repeat(19)],
    ...['2026-01-05T10:20:30.5+', '+2026-01-05T10:20:30', '2026-01-05T10:20:30+05:30x', '-'],
  ])('reads %j as no time', (text) => {
    expect(parsed(text)).toBe(null);
  });

  it('reads every instant of its years back', () => {
    const instant = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) - 1 });
    const offsetMinutes = fc.integer({ min: -840, max: 840 });
    fc.assert(
      fc.property(instant, offsetMinutes, (timeMs, offset) => {
        const local = new Date(timeMs + offset * 60_000).toISOString().slice(0, -1);
        const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;

        expect(parsed(local + zone)).toBe(new Date(timeMs).toISOString());
      }),
      { seed, ...runs(2_000) },
    );
  });
});

describe('parseEpochDay', () => {
  const day = (text: string) => {
    const { bytes, start, end } = placed(text, '0');
    return parseEpochDay(bytes, start, end);
  };

  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2026-01-05', 20_458],
    ['0000-03-01', -719_468],
    ['9999-12-31', 2_932_896],
  ])('reads %s', (text, expected) => {
    expect(day(text)).toBe(expected);
  });

  it.each(['2026-02-29', '2026-1-5', '2026-01-05T00:00:00', '', '05.01.2026'])(
    'reads %j as no day',
    (text) => {
      expect(day(text)).toBeNaN();
    },
  );

  it('does not take a day for the one that it read before', () => {
    expect([day('2024-02-29'), day('2023-02-29'), day('2024-02-29')]).toEqual([
      19_782,
      Number.NaN,
      19_782,
    ]);
  });
});
