/**
 * Finds rows whose order id an earlier (or a later) row has. AssemblyScript; `dedupe.ts` says what
 * is where in the memory, and why the rows are dealt into partitions first.
 */

const PARTITIONS: i32 = 256;

/** An entry is a row and its hash, four bytes each. */
const ENTRY_BITS: i32 = 3;

/** By slice 16 bytes: its first row, where its ends of ids are, where its ids are, nothing. */
let slicesAt: usize = 0;
let sliceCount: i32 = 0;

export function placeSlices(at: usize, count: i32): void {
  slicesAt = at;
  sliceCount = count;
}

/** Counts the rows of each partition, one place further. */
export function countHashes(hashes: usize, count: i32, counts: usize): void {
  for (let i = 0; i < count; i++) {
    const slot = counts + ((<usize>load<u8>(hashes + (i << 2)) + 1) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
}

/** Counts become places: where the partition begins. */
export function addUp(counts: usize): void {
  for (let p = 0; p < PARTITIONS; p++) {
    const at = counts + (p << 2);
    store<u32>(at, load<u32>(at) + load<u32>(at, 4), 4);
  }
}

/** Deals rows into partitions; the place of each moves to its end. */
export function dealRows(
  hashes: usize,
  count: i32,
  firstRow: u32,
  places: usize,
  entries: usize,
): void {
  for (let i = 0; i < count; i++) {
    const hash = load<u32>(hashes + (i << 2));
    const place = places + ((hash & 255) << 2);
    const at = load<u32>(place);
    store<u32>(place, at + 1);
    store<u64>(entries + (at << ENTRY_BITS), (<u64>hash << 32) | (firstRow + i));
  }
}

/**
 * Looks through one partition, entries `[from, to)`, from its end if the last row of an id is kept.
 * `table` has a power of two of slots, at least twice as many as entries. Adds pairs of a row and
 * the row that is kept of its id to the `pairCount` that are there; returns how many there are.
 */
export function findPairs(
  entries: usize,
  from: i32,
  to: i32,
  table: usize,
  slotCount: i32,
  isDuplicate: usize,
  pairs: usize,
  pairCount: i32,
  keepsLast: bool,
): i32 {
  memory.fill(table, 0, slotCount << 2);
  const mask: u32 = slotCount - 1;
  const step = keepsLast ? -1 : 1;
  const end = keepsLast ? from - 1 : to;
  for (let at = keepsLast ? to - 1 : from; at != end; at += step) {
    const entry = load<u64>(entries + (at << ENTRY_BITS));
    const row = <u32>entry;
    const hash = <u32>(entry >> 32);
    let slot = table + (((hash >> 8) & mask) << 2);
    let other = load<u32>(slot);
    while (other != 0) {
      const known = load<u64>(entries + ((other - 1) << ENTRY_BITS));
      if (<u32>(known >> 32) == hash && haveSameId(<u32>known, row)) {
        store<u32>(pairs + (pairCount << 3), row);
        store<u32>(pairs + (pairCount << 3), <u32>known, 4);
        store<u8>(isDuplicate + row, 1);
        pairCount += 1;
        break;
      }
      slot = table + (((((slot - table) >> 2) + 1) & mask) << 2);
      other = load<u32>(slot);
    }
    if (other == 0) store<u32>(slot, at + 1);
  }
  return pairCount;
}

/** Which slice holds a row: the last one whose first row is not above it. */
function sliceOf(row: u32): usize {
  let low = 0;
  let high = sliceCount;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (load<u32>(slicesAt + (middle << 4)) <= row) low = middle;
    else high = middle;
  }
  return slicesAt + (low << 4);
}

function haveSameId(rowA: u32, rowB: u32): bool {
  const a = sliceOf(rowA);
  const b = sliceOf(rowB);
  const endA = load<usize>(a, 4) + ((rowA - load<u32>(a)) << 2);
  const endB = load<usize>(b, 4) + ((rowB - load<u32>(b)) << 2);
  const startA = rowA == load<u32>(a) ? 0 : load<u32>(endA - 4);
  const startB = rowB == load<u32>(b) ? 0 : load<u32>(endB - 4);
  const length = load<u32>(endA) - startA;
  if (load<u32>(endB) - startB != length) return false;
  const idA = load<usize>(a, 8) + startA;
  const idB = load<usize>(b, 8) + startB;
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(idA + i) != load<u8>(idB + i)) return false;
  }
  return true;
}

/**
 * Lists the marked rows in order, and for each of them the row that is kept of its id, out of as
 * many pairs.
 */
export function listPairs(
  isDuplicate: usize,
  rowCount: i32,
  pairs: usize,
  pairCount: i32,
  rows: usize,
  keptRows: usize,
): void {
  let found = 0;
  for (let row = 0; row < rowCount; row++) {
    if (load<u8>(isDuplicate + row) == 0) continue;
    store<u32>(rows + (found << 2), row);
    found += 1;
  }
  for (let pair = 0; pair < pairCount; pair++) {
    const row = load<u32>(pairs + (pair << 3));
    let low = 0;
    let high = found - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (load<u32>(rows + (middle << 2)) < row) low = middle + 1;
      else high = middle;
    }
    store<u32>(keptRows + (low << 2), load<u32>(pairs + (pair << 3), 4));
  }
}
