import {
  COLON,
  DIGIT_0,
  DIGIT_9,
  DOT,
  MINUS,
  PLUS,
  SPACE,
  UPPER_C,
  UPPER_T,
  UPPER_U,
  UPPER_Z,
} from '../bytes/bytes.ts';
import { daysInMonth, epochDayOf, MAX_INSTANT_MS, MS_PER_DAY } from '../model/time.ts';

/** What `parseTimestampMs` and `parseDay` return for a value that is none. */
export const INVALID_TIME = -1;

const DAY_LENGTH = 10; // YYYY-MM-DD
const MINUTES_LENGTH = 16; // YYYY-MM-DD HH:MM
const SECONDS_LENGTH = 3; // :SS
const MAX_OFFSET_MINUTES = 14 * 60;

/** Cached: consecutive records mostly share a day, as they come roughly in order of time. */
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
 * Milliseconds since 1970 of a trimmed `YYYY-MM-DD[ T]HH:MM[:SS[.1-9 digits]]` with an optional
 * zone (contract §2), or `INVALID_TIME`. No zone means UTC; digits past the millisecond are cut.
 */
export function parseTimestampMs(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < MINUTES_LENGTH) return INVALID_TIME;
  const separator = bytes[start + DAY_LENGTH];
  const hour = twoDigits(bytes, start + 11);
  const minute = twoDigits(bytes, start + 14);
  const isWellFormed =
    (separator === SPACE || separator === UPPER_T) && bytes[start + 13] === COLON;
  if (!isWellFormed || hour > 23 || minute > 59) return INVALID_TIME;
  const instantMs =
    epochDayAt(bytes, start) * MS_PER_DAY +
    hour * 3_600_000 +
    minute * 60_000 +
    (end - start === MINUTES_LENGTH ? 0 : secondsAndZoneMs(bytes, start + MINUTES_LENGTH, end));
  return instantMs >= 0 && instantMs <= MAX_INSTANT_MS ? instantMs : INVALID_TIME;
}

/** What `[:SS[.digits]][zone]` adds to an instant, in milliseconds; NaN if it has another form. */
function secondsAndZoneMs(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== COLON) return zoneMs(bytes, start, end);
  const second = end - start < SECONDS_LENGTH ? Number.NaN : twoDigits(bytes, start + 1);
  let at = start + SECONDS_LENGTH;
  if (!(second <= 59)) return Number.NaN;
  let milliseconds = second * 1000;
  if (at < end && bytes[at] === DOT) {
    const digitsFrom = ++at;
    let unit = 100;
    while (at < end && bytes[at] >= DIGIT_0 && bytes[at] <= DIGIT_9) {
      milliseconds += (bytes[at++] - DIGIT_0) * unit;
      unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
    }
    if (at === digitsFrom || at - digitsFrom > 9) return Number.NaN;
  }
  return at === end ? milliseconds : milliseconds + zoneMs(bytes, at, end);
}

/** What `[ ](Z|UTC|±HH|±HHMM|±HH:MM)` adds, in milliseconds; NaN if it is not of that form. */
function zoneMs(bytes: Uint8Array, start: number, end: number): number {
  const at = bytes[start] === SPACE ? start + 1 : start;
  const length = end - at;
  const sign = bytes[at];
  if (length === 1) return sign === UPPER_Z ? 0 : Number.NaN;
  if (sign !== PLUS && sign !== MINUS) {
    const isUtc =
      length === 3 && sign === UPPER_U && bytes[at + 1] === UPPER_T && bytes[at + 2] === UPPER_C;
    return isUtc ? 0 : Number.NaN;
  }
  const hasColon = length === 6 && bytes[at + 3] === COLON;
  if (length !== 3 && length !== 5 && !hasColon) return Number.NaN;
  const minutes = length === 3 ? 0 : twoDigits(bytes, at + (hasColon ? 4 : 3));
  const offsetMinutes = twoDigits(bytes, at + 1) * 60 + minutes;
  if (minutes > 59 || offsetMinutes > MAX_OFFSET_MINUTES) return Number.NaN;
  return (sign === PLUS ? -offsetMinutes : offsetMinutes) * 60_000;
}

/**
 * Days since 1970 of a trimmed `YYYY-MM-DD` (contract §1.2); NaN if it is not a date of that form.
 */
export function parseEpochDay(bytes: Uint8Array, start: number, end: number): number {
  return end - start === DAY_LENGTH ? epochDayAt(bytes, start) : Number.NaN;
}
