import { daysInMonth, epochDayOf, MAX_INSTANT_MS, MS_PER_DAY } from '../model/time.ts';
import { COLON, DIGIT_0, DIGIT_9, DOT, MINUS, PLUS, SPACE, UPPER_T, UPPER_Z } from './bytes.ts';

/** What `parseTimestampMs` and `parseDay` return for a value that is none. */
export const INVALID_TIME = -1;

const DAY_LENGTH = 10; // YYYY-MM-DD
const SECONDS_LENGTH = 19; // YYYY-MM-DD HH:MM:SS
const MAX_OFFSET_MINUTES = 14 * 60;

/** Records come by and large in order of time, so the day before is mostly the day again. */
let cachedDigits = -1;
let cachedDay = -1;

/** The number that two digits form, or a number above 99 if one is none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - DIGIT_0;
  const ones = bytes[at + 1] - DIGIT_0;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1000;
}

/** Day of `YYYY-MM-DD` at `at`, which has ten bytes; NaN if there is no such day. */
function epochDayAt(bytes: Uint8Array, at: number): number {
  const century = twoDigits(bytes, at);
  const yearOfCentury = twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  if (bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS) return Number.NaN;
  if (century > 99 || yearOfCentury > 99 || month > 12 || day > 31) return Number.NaN;
  const year = century * 100 + yearOfCentury;
  const digits = year * 10_000 + month * 100 + day;
  if (digits === cachedDigits) return cachedDay;
  if (month === 0 || day === 0 || day > daysInMonth(year, month)) return Number.NaN;
  cachedDigits = digits;
  cachedDay = epochDayOf(year, month, day);
  return cachedDay;
}

/**
 * Milliseconds since 1970 of a trimmed `YYYY-MM-DD[ T]HH:MM:SS[.1-9
 * digits][Z|±HH:MM]` (contract §2), or `INVALID_TIME `. No zone means UTC; digits past the
 * millisecond are cut.
 */
export function parseTimestampMs(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < SECONDS_LENGTH) return INVALID_TIME;
  const separator = bytes[start + DAY_LENGTH];
  const hour = twoDigits(bytes, start + 11);
  const minute = twoDigits(bytes, start + 14);
  const second = twoDigits(bytes, start + 17);
  const isWellFormed =
    (separator === SPACE || separator === UPPER_T) &&
    bytes[start + 13] === COLON &&
    bytes[start + 16] === COLON;
  if (!isWellFormed || hour > 23 || minute > 59 || second > 59) return INVALID_TIME;
  const instantMs =
    epochDayAt(bytes, start) * MS_PER_DAY +
    hour * 3_600_000 +
    minute * 60_000 +
    second * 1000 +
    (end - start === SECONDS_LENGTH ? 0 : fractionAndZoneMs(bytes, start + SECONDS_LENGTH, end));
  return instantMs >= 0 && instantMs <= MAX_INSTANT_MS ? instantMs : INVALID_TIME;
}

/**
 * What `[.digits][Z|±HH:MM]` adds to an instant, in milliseconds; NaN if it is not of that form.
 */
function fractionAndZoneMs(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let milliseconds = 0;
  if (bytes[at] === DOT) {
    const digitsFrom = ++at;
    let unit = 100;
    while (at < end && bytes[at] >= DIGIT_0 && bytes[at] <= DIGIT_9) {
      milliseconds += (bytes[at++] - DIGIT_0) * unit;
      unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
    }
    if (at === digitsFrom || at - digitsFrom > 9) return Number.NaN;
  }
  if (at === end) return milliseconds;
  const sign = bytes[at];
  if (sign === UPPER_Z && at + 1 === end) return milliseconds;
  if ((sign !== PLUS && sign !== MINUS) || at + 6 !== end || bytes[at + 3] !== COLON) {
    return Number.NaN;
  }
  const minutes = twoDigits(bytes, at + 4);
  const offsetMinutes = twoDigits(bytes, at + 1) * 60 + minutes;
  if (minutes > 59 || offsetMinutes > MAX_OFFSET_MINUTES) return Number.NaN;
  return milliseconds + (sign === PLUS ? -offsetMinutes : offsetMinutes) * 60_000;
}

/** Days since 1970 of a trimmed `YYYY-MM-DD` (contract §1.2); NaN if it is none. */
export function parseEpochDay(bytes: Uint8Array, start: number, end: number): number {
  return end - start === DAY_LENGTH ? epochDayAt(bytes, start) : Number.NaN;
}
