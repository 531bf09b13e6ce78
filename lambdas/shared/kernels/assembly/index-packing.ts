/**
 * Parquet's mixture of runs and bit-packed groups, for levels and dictionary indexes.
 * AssemblyScript, part of `column-kernel.ts`.
 */

import { packWords, writeVarint } from './bit-packing';

/** Bit-packed runs hold groups of eight values. */
const GROUP: i32 = 8;

/** Runs are longer only where 8 rows would not pay for leaving and opening a bit-packed run. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function shortestRun(width: i32): i32 {
  const rows = (64 + width - 1) / width;
  return max(GROUP, ((rows + GROUP - 1) / GROUP) * GROUP);
}

/**
 * Lists the keys that occur, in the order of their first row, and returns how many there are.
 * `seen` has a byte per key, 0 before and after. A key that is not below `keyCount` ends the
 * search; it is the last one listed then.
 */
export function listKeys(
  keys: usize,
  count: i32,
  keyCount: u32,
  seen: usize,
  used: usize,
): i32 {
  let size = 0;
  for (let i = 0; i < count; i++) {
    const key = load<u32>(keys + (i << 2));
    if (key < keyCount && load<u8>(seen + key) != 0) continue;
    store<u32>(used + (size << 2), key);
    size += 1;
    if (key >= keyCount) break;
    store<u8>(seen + key, 1);
  }
  for (let i = 0; i < size; i++) {
    const key = load<u32>(used + (i << 2));
    if (key < keyCount) store<u8>(seen + key, 0);
  }
  return size;
}

/** Replaces keys by what `table` says of them. */
export function mapKeys(keys: usize, count: i32, table: usize, into: usize): void {
  for (let i = 0; i < count; i++) {
    store<i32>(into + (i << 2), load<i32>(table + (load<u32>(keys + (i << 2)) << 2)));
  }
}

/**
 * Values below `2^width`, `width` from 1 to 32. There is room for seven more behind them: a group
 * behind a run may reach so far past the end, and is filled with zeros.
 */
export function packIndexes(values: usize, count: i32, width: i32, out: usize): usize {
  memory.fill(values + (count << 2), 0, (GROUP - 1) << 2);
  const runMin = shortestRun(width);
  let packedFrom = 0;
  let at = 0;
  let end = out;
  while (at + runMin <= count) {
    const from = values + (at << 2);
    const value = load<i32>(from);
    // Most groups end here: without runs this is one comparison in eight values.
    if (load<i32>(from, 4) != value || load<i32>(from, 28) != value) {
      at += GROUP;
      continue;
    }
    let runEnd = at + 2;
    while (runEnd < count && load<i32>(values + (runEnd << 2)) == value) runEnd++;
    if (runEnd - at < runMin) {
      at += GROUP;
      continue;
    }
    end = writePacked(values, packedFrom, at, width, end);
    end = writeVarint(<u64>(runEnd - at) * 2, end);
    store<i32>(end, value);
    end += (width + 7) >> 3;
    at = runEnd;
    packedFrom = runEnd;
  }
  return writePacked(values, packedFrom, count, width, end);
}

/** One bit-packed run; `to - from` is a multiple of eight except at the end of the values. */
function writePacked(values: usize, from: i32, to: i32, width: i32, out: usize): usize {
  if (from == to) return out;
  const groups = (to - from + GROUP - 1) / GROUP;
  const at = writeVarint(<u64>groups * 2 + 1, out);
  return packWords(values + (from << 2), groups * GROUP, width, at);
}
