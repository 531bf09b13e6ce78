/**
 * Picks rows of a block into the columns of a table. AssemblyScript, part of `rows-kernel.ts`.
 *
 * Rows are numbered through the source and ascending within a block. A column of the block is given
 * by the place where row 0 of the source would be, so that a row's number is its index.
 */

import { numberAt, wordAt } from './day-groups';

const MS_PER_DAY: f64 = 86_400_000;
const MS_PER_HOUR: f64 = 3_600_000;

// @ts-ignore: a decorator of AssemblyScript
@inline
function rowAt(rows: usize, index: i32): u32 {
  return load<u32>(rows + (index << 2));
}

export function pickNumbers(
  width: i32,
  column: usize,
  base: f64,
  rows: usize,
  count: i32,
  into: usize,
): void {
  for (let i = 0; i < count; i++) {
    store<f64>(into + (i << 3), numberAt(width, column, rowAt(rows, i)) + base);
  }
}

/** `codeOf` says what the block's codes are in the source; 0: the same. */
export function pickCodes(
  width: i32,
  column: usize,
  codeOf: usize,
  rows: usize,
  count: i32,
  into: usize,
): void {
  if (codeOf == 0) {
    pickInts(width, column, rows, count, into);
    return;
  }
  for (let i = 0; i < count; i++) {
    const code = wordAt(width, column, rowAt(rows, i));
    store<u32>(into + (i << 2), load<u32>(codeOf + (code << 2)));
  }
}

/** Numbers of at most 32 bits, as words. */
export function pickInts(width: i32, column: usize, rows: usize, count: i32, into: usize): void {
  for (let i = 0; i < count; i++) {
    store<u32>(into + (i << 2), wordAt(width, column, rowAt(rows, i)));
  }
}

/** The total of each row: its quantity times its price. */
export function multiply(quantities: usize, prices: usize, count: i32, into: usize): void {
  for (let i = 0; i < count; i++) {
    const quantity = <f64>load<u32>(quantities + (i << 2));
    store<f64>(into + (i << 3), quantity * load<f64>(prices + (i << 3)));
  }
}

/** Adds numbers of 32 bits, which may be negative, to the totals of the rows. */
export function addPicked(column: usize, rows: usize, count: i32, totals: usize): void {
  for (let i = 0; i < count; i++) {
    const at = totals + (i << 3);
    store<f64>(at, load<f64>(at) + <f64>load<i32>(column + (rowAt(rows, i) << 2)));
  }
}

/**
 * Ids go into a heap with room for 15 bytes more, behind the place that `offsets` begins with. The
 * first row of the slice is `firstRow`: before its id there is none.
 */
export function pickIds(
  ids: usize,
  idEnds: usize,
  firstRow: u32,
  rows: usize,
  count: i32,
  offsets: usize,
  heap: usize,
): void {
  let at = load<u32>(offsets);
  for (let i = 0; i < count; i++) {
    const row = rowAt(rows, i);
    const end = load<u32>(idEnds + (row << 2));
    const start = row == firstRow ? 0 : load<u32>(idEnds + (row << 2) - 4);
    const length = end - start;
    for (let done: u32 = 0; done < length; done += 16) {
      v128.store(heap + at + done, v128.load(ids + start + done));
    }
    at += length;
    store<u32>(offsets + ((i + 1) << 2), at);
  }
}

/**
 * Renumbers keys from 0 in the order of their first use; `used` takes what each was before. By key,
 * `newOf` holds -1, before and after. Returns how many there are.
 */
export function densify(keys: usize, count: i32, newOf: usize, used: usize): i32 {
  let size = 0;
  let lastKey: u32 = u32.MAX_VALUE;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const key = load<u32>(keys + (i << 2));
    if (key != lastKey) {
      lastKey = key;
      last = load<i32>(newOf + (key << 2));
      if (last < 0) {
        last = size++;
        store<i32>(newOf + (key << 2), last);
        store<u32>(used + (last << 2), key);
      }
    }
    store<i32>(keys + (i << 2), last);
  }
  for (let i = 0; i < size; i++) store<i32>(newOf + (load<u32>(used + (i << 2)) << 2), -1);
  return size;
}

/** Day since 1970 and hour of day. Returns the largest day. */
export function deriveHours(times: usize, count: i32, days: usize, hours: usize): u32 {
  // Records come by and large in order of time, so most are of the same hour as the one before.
  let hourStart: f64 = -MS_PER_HOUR;
  let day: u32 = 0;
  let hour: u32 = 0;
  let lastDay: u32 = 0;
  for (let i = 0; i < count; i++) {
    const time = load<f64>(times + (i << 3));
    if (time < hourStart || time >= hourStart + MS_PER_HOUR) {
      day = <u32>Math.floor(time / MS_PER_DAY);
      hour = <u32>Math.floor((time - <f64>day * MS_PER_DAY) / MS_PER_HOUR);
      hourStart = <f64>day * MS_PER_DAY + <f64>hour * MS_PER_HOUR;
      lastDay = max(lastDay, day);
    }
    store<u32>(days + (i << 2), day);
    store<u32>(hours + (i << 2), hour);
  }
  return lastDay;
}
