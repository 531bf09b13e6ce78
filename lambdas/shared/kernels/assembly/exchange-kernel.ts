/**
 * Cuts a block of columns into slices: sorts its rows by bucket, and writes the columns of a slice.
 * AssemblyScript: TypeScript's syntax, WebAssembly's types, no garbage collector. `npm run
 * build:wasm` compiles it into `exchange-kernel-code.ts`; `block-encoder.ts` says what is where.
 */

// @ts-ignore: a decorator of AssemblyScript
@inline
function rowAt(rows: usize, index: i32): u32 {
  return load<u32>(rows + (index << 2));
}

/** `dealHash` of bytes.ts. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function bucketOf(hash: u32, bucketCount: u32): u32 {
  return ((hash >> 16) * bucketCount) >> 16;
}

/**
 * Rows without issues in order of bucket, then of record. `ends`, all 0 at first and one longer
 * than there are buckets, takes where each bucket ends.
 */
export function sortRows(
  issues: usize,
  hashes: usize,
  count: i32,
  bucketCount: u32,
  ends: usize,
  rows: usize,
): void {
  for (let row = 0; row < count; row++) {
    if (load<u32>(issues + (row << 2)) != 0) continue;
    const slot = ends + ((bucketOf(load<u32>(hashes + (row << 2)), bucketCount) + 1) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  for (let bucket: u32 = 0; bucket < bucketCount; bucket++) {
    const at = ends + (bucket << 2);
    store<u32>(at, load<u32>(at) + load<u32>(at, 4), 4);
  }
  // Filling a bucket moves its start to its end, which is the start of the next one.
  for (let row = 0; row < count; row++) {
    if (load<u32>(issues + (row << 2)) != 0) continue;
    const slot = ends + (bucketOf(load<u32>(hashes + (row << 2)), bucketCount) << 2);
    const at = load<u32>(slot);
    store<u32>(slot, at + 1);
    store<u32>(rows + (at << 2), row);
  }
}

/**
 * Stores five doubles: smallest and largest time, largest price, largest quantity, bytes of ids.
 */
export function findRanges(
  times: usize,
  prices: usize,
  quantities: usize,
  idEnds: usize,
  rows: usize,
  count: i32,
  into: usize,
): void {
  let minTime: f64 = Infinity;
  let maxTime: f64 = -Infinity;
  let maxPrice: f64 = 0;
  let maxQuantity: i32 = 0;
  let idBytes: u32 = 0;
  for (let i = 0; i < count; i++) {
    const row = rowAt(rows, i);
    const time = load<f64>(times + (row << 3));
    // Comparisons: WebAssembly's own smallest of two doubles takes care of what is no number.
    if (time < minTime) minTime = time;
    if (time > maxTime) maxTime = time;
    const price = load<f64>(prices + (row << 3));
    if (price > maxPrice) maxPrice = price;
    maxQuantity = max(maxQuantity, load<i32>(quantities + (row << 2)));
    idBytes += load<u32>(idEnds + (row << 2)) - idStart(idEnds, row);
  }
  store<f64>(into, minTime);
  store<f64>(into, maxTime, 8);
  store<f64>(into, maxPrice, 16);
  store<f64>(into, maxQuantity, 24);
  store<f64>(into, idBytes, 32);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function idStart(idEnds: usize, row: u32): u32 {
  return row == 0 ? 0 : load<u32>(idEnds + (row << 2) - 4);
}

/**
 * Renumbers codes from 0 in the order of their first use; `used` takes what each was before. By
 * code, `localOf` holds -1, before and after. Returns how many there are.
 */
export function renumber(
  codes: usize,
  rows: usize,
  count: i32,
  localOf: usize,
  used: usize,
  into: usize,
): i32 {
  let size = 0;
  for (let i = 0; i < count; i++) {
    const code = load<u32>(codes + (rowAt(rows, i) << 2));
    let local = load<i32>(localOf + (code << 2));
    if (local < 0) {
      local = size++;
      store<i32>(localOf + (code << 2), local);
      store<u32>(used + (local << 2), code);
    }
    store<i32>(into + (i << 2), local);
  }
  for (let i = 0; i < size; i++) store<i32>(localOf + (load<u32>(used + (i << 2)) << 2), -1);
  return size;
}

/** Whether a word of these rows is not 0. */
export function hasNonZero(words: usize, rows: usize, count: i32): bool {
  for (let i = 0; i < count; i++) {
    if (load<u32>(words + (rowAt(rows, i) << 2)) != 0) return true;
  }
  return false;
}

export function writeWords(words: usize, rows: usize, count: i32, into: usize): void {
  for (let i = 0; i < count; i++) {
    store<u32>(into + (i << 2), load<u32>(words + (rowAt(rows, i) << 2)));
  }
}

/** Doubles less `base` in `width` bytes each; 8: as doubles. */
export function writeNumbers(
  numbers: usize,
  base: f64,
  rows: usize,
  count: i32,
  width: i32,
  into: usize,
): void {
  if (width == 8) {
    for (let i = 0; i < count; i++) {
      store<f64>(into + (i << 3), load<f64>(numbers + (rowAt(rows, i) << 3)) - base);
    }
    return;
  }
  for (let i = 0; i < count; i++) {
    const number = load<f64>(numbers + (rowAt(rows, i) << 3)) - base;
    storeWord(width, into, i, <u32>number);
  }
}

/** Whole numbers of 32 bits, none negative, in `width` bytes each. */
export function writeInts(ints: usize, rows: usize, count: i32, width: i32, into: usize): void {
  for (let i = 0; i < count; i++) {
    storeWord(width, into, i, load<u32>(ints + (rowAt(rows, i) << 2)));
  }
}

export function writeBytes(bytes: usize, rows: usize, count: i32, into: usize): void {
  for (let i = 0; i < count; i++) store<u8>(into + i, load<u8>(bytes + rowAt(rows, i)));
}

/** Numbers that stand one behind the other already. */
export function narrow(words: usize, count: i32, width: i32, into: usize): void {
  for (let i = 0; i < count; i++) storeWord(width, into, i, load<u32>(words + (i << 2)));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function storeWord(width: i32, into: usize, index: i32, word: u32): void {
  if (width == 1) store<u8>(into + index, <u8>word);
  else if (width == 2) store<u16>(into + (index << 1), <u16>word);
  else store<u32>(into + (index << 2), word);
}

/** Ids and where each ends. Writes up to 15 bytes more. */
export function writeIds(
  ids: usize,
  idEnds: usize,
  rows: usize,
  count: i32,
  ends: usize,
  into: usize,
): void {
  let at: u32 = 0;
  for (let i = 0; i < count; i++) {
    const row = rowAt(rows, i);
    const start = idStart(idEnds, row);
    const length = load<u32>(idEnds + (row << 2)) - start;
    for (let done: u32 = 0; done < length; done += 16) {
      v128.store(into + at + done, v128.load(ids + start + done));
    }
    at += length;
    store<u32>(ends + (i << 2), at);
  }
}
