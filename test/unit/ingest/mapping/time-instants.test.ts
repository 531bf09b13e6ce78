import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTimePatterns } from '../../../../lambdas/shared/ingest/mapping/time-pattern.ts';
import { placed } from '../../../support/bytes-of.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

const MONTHS =
  'January February March April May June July August September October November December';
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday';

/** A local time, as milliseconds of UTC, by a pattern. */
function written(pattern: string, localMs: number): string {
  const [date, time] = new Date(localMs).toISOString().slice(0, -1).split('T');
  const [year, month, day] = date.split('-');
  const [hour, minute, second] = time.slice(0, 8).split(':');
  const monthName = MONTHS.split(' ')[Number(month) - 1];
  const dayName = DAYS.split(' ')[new Date(localMs).getUTCDay()];
  const dayOfYear = (Date.parse(date) - Date.parse(`${year}-01-01`)) / 86_400_000 + 1;
  const values: Record<string, string> = {
    ...{ Y: year, m: month, d: day, H: hour, M: minute, S: second, f: time.slice(9) },
    ...{ e: String(Number(day)).padStart(2), b: monthName.slice(0, 3), B: monthName },
    ...{ a: dayName.slice(0, 3), A: dayName, j: String(dayOfYear).padStart(3, '0') },
    ...{ I: String(((Number(hour) + 11) % 12) + 1), p: Number(hour) < 12 ? 'AM' : 'pm' },
  };
  return pattern.replace(/%(\w)/g, (_, letter) => values[letter]);
}

describe('any instant', () => {
  const ZONES = [
    ...['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'UTC'],
    ...['America/Sao_Paulo', 'Asia/Kolkata', 'Pacific/Apia', 'Asia/Gaza'],
  ];
  const PATTERNS = [
    ...['%d.%m.%Y %H:%M:%S.%f', '%Y%m%d%H%M%S%f', '%A, %e. %B %Y %I:%M:%S.%f %p'],
    ...['%b %e %Y %I:%M:%S.%f%p', '%Y/%j %H.%M.%S.%f', '%f %S %M %H %d %m %Y (%a)'],
  ];
  const formats = new Map(
    ZONES.map((timeZone) => {
      const style = { dateStyle: 'short', timeStyle: 'medium', timeZone } as const;
      return [timeZone, new Intl.DateTimeFormat('sv-SE', style)];
    }),
  );

  /** The local time that a clock in a zone shows, as milliseconds of UTC. */
  function shownMs(zone: string, instantMs: number): number {
    const text = formats.get(zone)?.format(instantMs) ?? '';
    return Date.parse(`${text.replace(' ', 'T')}Z`) + (instantMs % 1000);
  }

  const anyTime = fc.integer({ min: 0, max: Date.UTC(2199, 11, 31) });
  // Days with a change of the clocks above, and the hours around it.
  const changes = [
    '2026-03-29',
    '2026-10-25',
    '2018-11-04',
    '2018-02-18',
    '2026-11-01',
    '2026-04-05',
  ];
  const nearChange = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -43_200_000, max: 86_400_000 }))
    .map(([day, afterMs]) => Date.parse(day) + afterMs);

  it('comes back from its local time, or an earlier one that clocks showed alike', () => {
    const anyInstant = fc.oneof(anyTime, nearChange);
    const anyZone = fc.constantFrom(...ZONES);
    fc.assert(
      fc.property(anyInstant, anyZone, fc.constantFrom(...PATTERNS), (instantMs, zone, pattern) => {
        const localMs = shownMs(zone, instantMs);
        const read = compileTimePatterns([pattern, 'auto'], zone);
        for (const text of [written(pattern, localMs), written('%Y-%m-%d %H:%M:%S.%f', localMs)]) {
          const { bytes, start, end } = placed(text, '0');
          const readMs = read(bytes, start, end);

          if (readMs === instantMs) continue;
          expect(readMs).toBeGreaterThanOrEqual(0);
          expect(readMs).toBeLessThan(instantMs);
          expect(shownMs(zone, readMs)).toBe(localMs);
        }
      }),
      { seed, ...runs(1_500) },
    );
  });
});

describe('any instant with an offset', () => {
  it('comes back, whatever the zone of times without one', () => {
    const anyTime = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) - 1 });
    const anyOffset = fc.integer({ min: -840, max: 840 });
    fc.assert(
      fc.property(anyTime, anyOffset, fc.boolean(), (instantMs, offsetMinutes, hasColon) => {
        const minutes = Math.abs(offsetMinutes);
        const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
        const offset = `${two(minutes / 60)}${hasColon ? ':' : ''}${two(minutes % 60)}`;
        const local = written('%a %Y-%m-%d %I:%M:%S.%f %p', instantMs + offsetMinutes * 60_000);
        const text = `${local} ${offsetMinutes < 0 ? '-' : '+'}${offset}`;

        for (const zone of [null, 'Europe/Berlin']) {
          const read = compileTimePatterns(['%a %F %I:%M:%S.%f %p %z'], zone);
          const { bytes, start, end } = placed(text, '0');
          expect(read(bytes, start, end)).toBe(instantMs);
        }
      }),
      { seed, ...runs(300) },
    );
  });
});
