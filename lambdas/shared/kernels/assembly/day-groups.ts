/**
 * Orders rows by table and day: a counting sort. AssemblyScript, part of `rows-kernel.ts`;
 * `split-rows.ts` says what the groups are.
 */

const MS_PER_DAY: f64 = 86_400_000;

/**
 * Says the outcome of each record of a block: `duplicate`, or that of its status. `outcomeOfStatus`
 * has a byte per status.
 */
export function outcomesOf(
  statuses: usize,
  isDuplicate: usize,
  count: i32,
  outcomeOfStatus: usize,
  duplicate: i32,
  into: usize,
): void {
  for (let i = 0; i < count; i++) {
    const outcome = load<u8>(outcomeOfStatus + load<u8>(statuses + i));
    store<u8>(into + i, load<u8>(isDuplicate + i) ? <u8>duplicate : outcome);
  }
}

/**
 * Says the group of each row of a block, and counts it one place further. `firstDayStart` is less
 * the block's own base, as the times are. `groupOfOutcome` has two words per outcome: its first
 * group, and whether it has one for each day (1) or one for all (0).
 */
export function groupRows(
  width: i32,
  times: usize,
  outcomes: usize,
  count: i32,
  firstDayStart: f64,
  groupOfOutcome: usize,
  groups: usize,
  counts: usize,
): void {
  // The day is kept from row to row: records come roughly in order of time.
  let day: u32 = 0;
  let dayStart = firstDayStart;
  for (let i = 0; i < count; i++) {
    const outcome = groupOfOutcome + (<usize>load<u8>(outcomes + i) << 3);
    let group = load<u32>(outcome);
    if (load<u32>(outcome, 4) != 0) {
      const time = numberAt(width, times, i);
      const sinceDayStart = time - dayStart;
      if (sinceDayStart < 0 || sinceDayStart >= MS_PER_DAY) {
        day = <u32>Math.floor((time - firstDayStart) / MS_PER_DAY);
        dayStart = firstDayStart + <f64>day * MS_PER_DAY;
      }
      group += day;
    }
    store<u32>(groups + (i << 2), group);
    const slot = counts + ((group + 1) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
}

/** Counts become places, and the rows go there; the place of each group moves to its end. */
export function orderRows(
  groups: usize,
  count: i32,
  groupCount: i32,
  places: usize,
  rows: usize,
): void {
  for (let group = 0; group < groupCount; group++) {
    const at = places + (group << 2);
    store<u32>(at, load<u32>(at) + load<u32>(at, 4), 4);
  }
  for (let row = 0; row < count; row++) {
    const place = places + (load<u32>(groups + (row << 2)) << 2);
    const at = load<u32>(place);
    store<u32>(place, at + 1);
    store<u32>(rows + (at << 2), row);
  }
}

/** A number of a column whose numbers take `width` bytes; 8: a double. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function numberAt(width: i32, column: usize, index: u32): f64 {
  if (width == 4) return <f64>load<u32>(column + (index << 2));
  if (width == 8) return load<f64>(column + (index << 3));
  return width == 2 ? <f64>load<u16>(column + (index << 1)) : <f64>load<u8>(column + index);
}

/** A number of a column whose numbers take at most four bytes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function wordAt(width: i32, column: usize, index: u32): u32 {
  if (width == 1) return load<u8>(column + index);
  return width == 2 ? load<u16>(column + (index << 1)) : load<u32>(column + (index << 2));
}
