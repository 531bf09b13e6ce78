/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly unit: 'EpochMs' };

/** A calendar day in UTC: days since 1970-01-01. */
export type EpochDay = number & { readonly unit: 'EpochDay' };

export const MS_PER_HOUR = 3_600_000;
export const MS_PER_DAY = 86_400_000;
export const HOURS_PER_DAY = 24;

/** Instants are accepted from 1970 to the end of 2199, UTC (contract §2). */
export const MAX_INSTANT_MS = Date.UTC(2200, 0, 1) - 1;

/**
 * Days from 1970-01-01 to a day of the proleptic Gregorian calendar. `month` is 1 to 12; nothing is
 * checked.
 */
export function epochDayOf(year: number, month: number, day: number): EpochDay {
  // Counts in years that begin in March, so that the leap day is the last day of a year.
  const shiftedYear = month > 2 ? year : year - 1;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return (era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468) as EpochDay;
}

/** Days in a month of the proleptic Gregorian calendar; `month` is 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970 as a date: `20454` gives `"2026-01-01"`. */
export function formatDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/**
 * Weekday of a day since 1970: 1 = Sunday … 7 = Saturday (contract §2.2). 1970-01-01 was a
 * Thursday.
 */
export function dayOfWeek(day: number): number {
  return ((((day + 4) % 7) + 7) % 7) + 1;
}
