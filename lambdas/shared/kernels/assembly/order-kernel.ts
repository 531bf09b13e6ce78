/**
 * Reads the values of orders out of the spans that a scanner found, one column per call.
 * AssemblyScript, like `csv-kernel.ts`; `npm run build:wasm` compiles it into
 * `order-kernel-code.ts`.
 *
 * It owns no rule. It knows how a value looks nearly always, and reads that. The rows of a column
 * whose value looks otherwise are odd: it lists them, and `parse-orders.ts` examines them by the
 * rules of contract §2. Values that come again and again (customers, products, statuses) get a
 * number per distinct byte string, so that the rules meet each once.
 *
 * All addresses are positions in the one memory that `order-kernel.ts` lays out. Loads and stores
 * of 8 and 16 bytes may reach past a value, never past the memory.
 */

import { copy, hashOf } from './bytes';
import { addOdd, oddCount, placeOdd, startOdd } from './odd-rows';

export { clearDictionary, lookUpValues, placeDictionaries } from './value-dictionary';

const SPACE: u8 = 0x20;
const DOT: u8 = 0x2e;
const UPPER_N: u8 = 0x4e;
const UPPER_T: u8 = 0x54;
const BACKSLASH: u8 = 0x5c;
const LOWER_N: u8 = 0x6e;

const MS_PER_DAY: i64 = 86_400_000;
/** No plain number; like any negative one it makes a row odd. */
const NO_NUMBER: i64 = -1;
/** Of `null`, the longest word for a missing value. */
const MAX_MISSING_BYTES: i32 = 4;

/** The limits of contract §2, as `place` is told them: here is none of its own. */
let maxIdBytes: i32 = 0;
let maxQuantity: i64 = 0;
let maxPriceCents: i64 = 0;
let maxInstantMs: i64 = 0;

/** Says where things are, and the limits of values; once per memory. */
export function place(
  odd: usize,
  idBytes: i32,
  largestQuantity: f64,
  largestPriceCents: f64,
  latestMs: f64,
): void {
  placeOdd(odd);
  maxIdBytes = idBytes;
  maxQuantity = <i64>largestQuantity;
  maxPriceCents = <i64>largestPriceCents;
  maxInstantMs = <i64>latestMs;
}

/** Whether eight bytes are ASCII digits, each XORed with '0' before. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function areDigits(values: u64): bool {
  return ((values | (values + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0) == 0;
}

/** The number that 1 to 8 digits form, or `NO_NUMBER`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function digits(at: usize, length: i32): i64 {
  if (<u32>(length - 1) > 7) return NO_NUMBER;
  // The first digit is the lowest byte; zeros take the place of those in front of it.
  let values = (load<u64>(at) ^ 0x3030303030303030) << (64 - (<u64>length << 3));
  if (!areDigits(values)) return NO_NUMBER;
  // Neighbours are joined: eight digits, four pairs, two groups of four, one number.
  values = ((values * 2561) >> 8) & 0x00ff00ff00ff00ff;
  values = ((values * 6553601) >> 16) & 0x0000ffff0000ffff;
  return (values * 42949672960001) >> 32;
}

/**
 * 1 to the largest quantity, as up to eight digits. Returns how many rows are odd; what an odd row
 * holds means nothing.
 */
export function parseQuantities(starts: usize, ends: usize, count: i32, into: usize): i32 {
  startOdd();
  for (let row = 0; row < count; row++) {
    const start = load<i32>(starts + (row << 2));
    const length = load<i32>(ends + (row << 2)) - start;
    const value = start < 0 ? NO_NUMBER : digits(start, length);
    store<i32>(into + (row << 2), <i32>value);
    if (<u64>(value - 1) >= <u64>maxQuantity) addOdd(row);
  }
  return oddCount();
}

/**
 * Up to eight digits, alone or with one or two places after a dot; in cents. Returns how many rows
 * are odd; what an odd row holds means nothing.
 */
export function parsePrices(starts: usize, ends: usize, count: i32, into: usize): i32 {
  startOdd();
  for (let row = 0; row < count; row++) {
    const start = load<i32>(starts + (row << 2));
    const length = load<i32>(ends + (row << 2)) - start;
    const cents = start < 0 ? NO_NUMBER : parseCents(start, length);
    store<f64>(into + (row << 3), <f64>cents);
    if (<u64>cents > <u64>maxPriceCents) addOdd(row);
  }
  return oddCount();
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function parseCents(start: usize, length: i32): i64 {
  const end = start + length;
  if (length > 3 && load<u8>(end - 3) == DOT) {
    const whole = digits(start, length - 3);
    const tens = <u32>load<u8>(end - 2) - 0x30;
    const ones = <u32>load<u8>(end - 1) - 0x30;
    return whole < 0 || tens > 9 || ones > 9 ? NO_NUMBER : whole * 100 + tens * 10 + ones;
  }
  if (length > 2 && load<u8>(end - 2) == DOT) {
    const whole = digits(start, length - 2);
    const tens = <u32>load<u8>(end - 1) - 0x30;
    return whole < 0 || tens > 9 ? NO_NUMBER : whole * 100 + tens * 10;
  }
  const whole = digits(start, length);
  return whole < 0 ? NO_NUMBER : whole * 100;
}

/**
 * `YYYY-MM-DD[ T]HH:MM:SS` without fraction and zone, in milliseconds since 1970. Returns how many
 * rows are odd.
 */
export function parseTimes(starts: usize, ends: usize, count: i32, into: usize): i32 {
  startOdd();
  // The day is kept from row to row: records come roughly in order of time. Zeros are no day.
  let knownYearMonth: u64 = 0;
  let knownDay: u16 = 0;
  let dayMs: i64 = -1;
  for (let row = 0; row < count; row++) {
    const start = load<i32>(starts + (row << 2));
    let timeMs: i64 = -1;
    if (start >= 0 && load<i32>(ends + (row << 2)) - start == 19) {
      const yearMonth = load<u64>(start);
      const day = load<u16>(start, 8);
      if (yearMonth != knownYearMonth || day != knownDay) {
        dayMs = parseDayMs(start);
        knownYearMonth = yearMonth;
        knownDay = day;
      }
      const separator = load<u8>(start, 10);
      const ofDayMs = parseTimeOfDayMs(load<u64>(start, 11));
      if (dayMs >= 0 && ofDayMs >= 0 && (separator == SPACE || separator == UPPER_T)) {
        timeMs = dayMs + ofDayMs;
      }
    }
    store<f64>(into + (row << 3), <f64>timeMs);
    if (<u64>timeMs > <u64>maxInstantMs) addOdd(row);
  }
  return oddCount();
}

/** Of eight bytes `HH:MM:SS`; -1 if they are no time of day. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function parseTimeOfDayMs(bytes: u64): i64 {
  const values = bytes ^ 0x30303a30303a3030;
  // Colons have become 0, so they pass as digits; any bit of another byte at their place does not.
  if (!areDigits(values) || (values & 0x0000ff0000ff0000) != 0) return -1;
  const hour = (values & 0xf) * 10 + ((values >> 8) & 0xf);
  const minute = ((values >> 24) & 0xf) * 10 + ((values >> 32) & 0xf);
  const second = ((values >> 48) & 0xf) * 10 + (values >> 56);
  if (hour > 23 || minute > 59 || second > 59) return -1;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Of ten bytes `YYYY-MM-DD`; negative before 1970, -1 if there is no such day. */
function parseDayMs(at: usize): i64 {
  const year = <i32>digits(at, 4);
  const month = <i32>digits(at + 5, 2);
  const day = <i32>digits(at + 8, 2);
  if (load<u8>(at + 4) != 0x2d || load<u8>(at + 7) != 0x2d) return -1;
  if (year < 1 || month < 1 || month > 12 || day < 1) return -1;
  const isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const isShort = month == 4 || month == 6 || month == 9 || month == 11;
  if (day > (month == 2 ? (isLeap ? 29 : 28) : isShort ? 30 : 31)) return -1;
  // As `epochDayOf` in model/time.ts: years begin in March.
  const shifted = month > 2 ? year : year - 1;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const leapDays = shifted / 4 - shifted / 100 + shifted / 400;
  return <i64>(shifted * 365 + leapDays + dayOfYear - 719_468) * MS_PER_DAY;
}

/**
 * Ids that need no trimming and cannot be missing: their hashes, their bytes one behind the other,
 * and where each ends there, counted from `endBase`. An odd id takes no bytes. Returns how many
 * rows are odd.
 */
export function parseIds(
  starts: usize,
  ends: usize,
  count: i32,
  hashes: usize,
  heap: usize,
  endBase: u32,
  idEnds: usize,
): i32 {
  startOdd();
  let size: u32 = 0;
  for (let row = 0; row < count; row++) {
    const start = load<i32>(starts + (row << 2));
    const length = load<i32>(ends + (row << 2)) - start;
    let hash: u32 = 0;
    if (start >= 0 && length > 0 && length <= maxIdBytes && isAsItStands(start, length)) {
      hash = hashOf(start, length);
      copy(start, length, heap + size);
      size += length;
    } else {
      addOdd(row);
    }
    store<u32>(hashes + (row << 2), hash);
    store<u32>(idEnds + (row << 2), endBase + size);
  }
  return oddCount();
}

/**
 * No white space at either end, and no word for "missing": these are short and begin with one of
 * three letters.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isAsItStands(start: usize, length: i32): bool {
  const first = load<u8>(start);
  if (first <= SPACE || load<u8>(start + length - 1) <= SPACE) return false;
  return length > MAX_MISSING_BYTES || (first != LOWER_N && first != UPPER_N && first != BACKSLASH);
}
