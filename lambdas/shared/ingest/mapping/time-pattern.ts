import { UsageError } from '../../model/errors.ts';
import {
  dayOfWeek,
  daysInMonth,
  epochDayOf,
  MAX_INSTANT_MS,
  MS_PER_DAY,
} from '../../model/time.ts';
import { AUTO, faultOf, type Token, tokensOf } from '../../model/time-pattern.ts';
import { INVALID_TIME } from '../timestamp.ts';
import { compileOwnForm } from './own-form.ts';
import { stepsOf } from './pattern-program.ts';
import {
  DAY,
  DAY_OF_YEAR,
  EPOCH_MS,
  emptyParts,
  HALF,
  HOUR,
  MILLISECOND,
  MINUTE,
  MONTH,
  NO_MATCH,
  OFFSET_MS,
  type Parts,
  SECOND,
  WEEKDAY,
  YEAR,
} from './pattern-steps.ts';
import { type LocalClock, localClockOf } from './time-zone.ts';

/**
 * Milliseconds since 1970 of a trimmed, present value in `[start, end)`, or `INVALID_TIME`.
 */
export type TimeReader = (bytes: Uint8Array, start: number, end: number) => number;

/**
 * A reader of times in any of these patterns (`checkTimePattern`; contract §1.3). The first one
 * that makes the whole value a time of the years 1970 to 2199 counts. Times that name no zone are
 * of `timeZone`, an IANA name, or of UTC if it is null: of two instants the earlier; none for a
 * time that clocks there never showed. Throws `UsageError` for a pattern or zone that is none.
 *
 * Letters of `%b`, `%a` and `%p` count in any case, all others as they stand. A weekday must be
 * that of the date.
 */
export function compileTimePatterns(
  patterns: readonly string[],
  timeZone: string | null,
): TimeReader {
  const clock = timeZone === null ? null : localClockOf(timeZone);
  const readers = patterns.map((pattern) =>
    pattern === AUTO ? compileOwnForm(clock) : compilePattern(pattern, clock),
  );
  if (readers.length === 1) return readers[0];
  return (bytes, start, end) => {
    for (const read of readers) {
      const timeMs = read(bytes, start, end);
      if (timeMs !== INVALID_TIME) return timeMs;
    }
    return INVALID_TIME;
  };
}

function compilePattern(pattern: string, clock: LocalClock | null): TimeReader {
  const tokens = tokensOf(pattern);
  const fault = typeof tokens === 'string' ? tokens : faultOf(tokens);
  if (fault !== null || typeof tokens === 'string') {
    throw new UsageError('config_invalid', `format "${pattern}" ${fault}`);
  }
  const parts = emptyParts();
  const steps = stepsOf(tokens, parts);
  const instantOf = instantReader(tokens, clock);
  return (bytes, start, end) => {
    let at = start;
    for (let i = 0; i < steps.length; i++) {
      at = steps[i](bytes, at, end);
      if (at === NO_MATCH) return INVALID_TIME;
    }
    if (at !== end) return INVALID_TIME;
    const timeMs = instantOf(parts);
    return timeMs >= 0 && timeMs <= MAX_INSTANT_MS ? timeMs : INVALID_TIME;
  };
}

/** The instant of parts; NaN or `INVALID_TIME` if they are none. The years are not looked at. */
function instantReader(
  tokens: readonly Token[],
  clock: LocalClock | null,
): (parts: Parts) => number {
  const letters = tokens.map((token) => (token.kind === 'directive' ? token.letter : ''));
  if (letters.includes('s')) return (parts) => parts[EPOCH_MS];
  const hasZone = letters.includes('z') || letters.includes('Z');
  const isHalved = letters.includes('p');
  const isShort = letters.includes('y');
  return (parts) => {
    // 69 to 99 are of the last century, as POSIX has it.
    if (isShort) parts[YEAR] += parts[YEAR] < 69 ? 2000 : 1900;
    const day = epochDay(parts);
    const hour = isHalved ? (parts[HOUR] % 12) + parts[HALF] : parts[HOUR];
    const seconds = (hour * 60 + parts[MINUTE]) * 60 + parts[SECOND];
    const localMs = day * MS_PER_DAY + seconds * 1000 + parts[MILLISECOND];
    if (parts[WEEKDAY] !== 0 && parts[WEEKDAY] !== dayOfWeek(day)) return INVALID_TIME;
    return hasZone || clock === null ? localMs - parts[OFFSET_MS] : clock(localMs);
  };
}

/** NaN if the month has no such day, or the year. */
function epochDay(parts: Parts): number {
  const year = parts[YEAR];
  const dayOfYear = parts[DAY_OF_YEAR];
  if (dayOfYear !== 0) {
    const isThere = dayOfYear <= 337 + daysInMonth(year, 2);
    return isThere ? epochDayOf(year, 1, 1) + dayOfYear - 1 : Number.NaN;
  }
  const month = parts[MONTH];
  const day = parts[DAY];
  return day <= daysInMonth(year, month) ? epochDayOf(year, month, day) : Number.NaN;
}
