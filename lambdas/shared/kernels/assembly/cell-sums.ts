/**
 * Counts and sums of cents in a table of cells: windows times products, and hours. AssemblyScript,
 * part of `rows-kernel.ts`.
 *
 * A cell is 16 bytes: the sum as an integer of 64 bits, the count. `cell-sums.ts` asserts
 * that no sum leaves 64 bits.
 */

// @ts-ignore: a decorator of AssemblyScript
@inline
function add(cell: usize, cents: i64): void {
  store<i64>(cell, load<i64>(cell) + cents);
  store<u64>(cell, load<u64>(cell, 8) + 1, 8);
}

/**
 * Adds rows to the cells of their window and of their product, by its rank, and of their hour. All
 * cells are 0 at first.
 */
export function addRows(
  times: usize,
  products: usize,
  rankOfProduct: usize,
  hours: usize,
  totals: usize,
  count: i32,
  windowLengthMs: f64,
  firstWindow: f64,
  productCount: u32,
  cells: usize,
  hourCells: usize,
): void {
  // Records come by and large in order of time, so most are of the same window as the one before.
  let windowStart: f64 = -windowLengthMs;
  let windowCells = cells;
  for (let i = 0; i < count; i++) {
    const time = load<f64>(times + (i << 3));
    if (time < windowStart || time >= windowStart + windowLengthMs) {
      const number = Math.floor(time / windowLengthMs);
      windowStart = number * windowLengthMs;
      windowCells = cells + ((<u32>(number - firstWindow) * productCount) << 4);
    }
    const cents = <i64>load<f64>(totals + (i << 3));
    const rank = load<u32>(rankOfProduct + (load<u32>(products + (i << 2)) << 2));
    add(windowCells + (rank << 4), cents);
    add(hourCells + (load<u32>(hours + (i << 2)) << 4), cents);
  }
}

/**
 * Turns the cells that are not empty into entries of 24 bytes, which lie elsewhere: low part as a
 * double, carries, count, number of the cell. Returns how many there are.
 */
export function listCells(cells: usize, cellCount: i32, carryBits: i32, entries: usize): i32 {
  const bits = <i64>carryBits;
  let found = 0;
  for (let cell = 0; cell < cellCount; cell++) {
    const at = cells + (cell << 4);
    const count = load<u32>(at, 8);
    if (count == 0) continue;
    const sum = load<i64>(at);
    const entry = entries + found * 24;
    store<f64>(entry, <f64>(sum & ((<i64>1 << bits) - 1)));
    store<u32>(entry, <u32>(sum >> bits), 8);
    store<u32>(entry, count, 12);
    store<u32>(entry, cell, 16);
    store<i64>(at, 0);
    store<i64>(at, 0, 8);
    found += 1;
  }
  return found;
}
