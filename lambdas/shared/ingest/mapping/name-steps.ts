import { HALF, MONTH, NO_MATCH, type Parts, type Step, WEEKDAY } from './pattern-steps.ts';

/** Steps (`pattern-steps.ts`) for the words of a time, which are English. */

const NAMES_OF_MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const NAMES_OF_DAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
];
const SHORT_NAME = 3;
const LOWER_CASE = 0x20;

/** An English name of a month in any case, whole or its first three letters, or `Sept`. */
export function monthStep(parts: Parts): Step {
  return nameStep(parts, MONTH, NAMES_OF_MONTHS, ['sept']);
}

/** An English name of a day in any case, whole or its first three letters. */
export function weekdayStep(parts: Parts): Step {
  return nameStep(parts, WEEKDAY, NAMES_OF_DAYS, []);
}

/** The number of a name, from one on. `others` are further ways to shorten a name. */
function nameStep(
  parts: Parts,
  index: number,
  names: readonly string[],
  others: readonly string[],
): Step {
  const numbers = new Map(names.map((name, i) => [keyOf(Buffer.from(name), 0), i + 1]));
  const rests = ['', ...names, ...others].map((name) => Buffer.from(name));
  const restsOf = names.map((name) =>
    rests.filter((rest) => rest.length > SHORT_NAME && name.startsWith(rest.toString())),
  );
  return (bytes, start, end) => {
    const after = start + SHORT_NAME;
    const number = after <= end ? numbers.get(keyOf(bytes, start)) : undefined;
    if (number === undefined) return NO_MATCH;
    parts[index] = number;
    // Whole names come first.
    for (const name of restsOf[number - 1]) {
      if (isName(bytes, start, end, name)) return start + name.length;
    }
    return after;
  };
}

/** Three letters in lower case. */
function keyOf(bytes: Uint8Array, at: number): number {
  const letters = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
  return letters | ((LOWER_CASE << 16) | (LOWER_CASE << 8) | LOWER_CASE);
}

function isName(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (start + name.length > end) return false;
  for (let i = SHORT_NAME; i < name.length; i++) {
    if ((bytes[start + i] | LOWER_CASE) !== name[i]) return false;
  }
  return true;
}

const LOWER_A = 0x61;
const LOWER_M = 0x6d;
const LOWER_P = 0x70;

/** `AM` or `PM` in any case. */
export function halfStep(parts: Parts): Step {
  return (bytes, at, end) => {
    if (at + 2 > end || (bytes[at + 1] | LOWER_CASE) !== LOWER_M) return NO_MATCH;
    const half = bytes[at] | LOWER_CASE;
    if (half !== LOWER_A && half !== LOWER_P) return NO_MATCH;
    parts[HALF] = half === LOWER_P ? 12 : 0;
    return at + 2;
  };
}
