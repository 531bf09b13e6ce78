/**
 * DELTA_BINARY_PACKED: differences of neighbours, less the smallest one of their block, in as few
 * bits as each mini-block needs. AssemblyScript, part of `column-kernel.ts`.
 *
 * The block sizes are those that every writer uses; some readers know no others.
 */

import { packLongs, packWords, writeVarint, writeZigzag } from './bit-packing';

const BLOCK: i32 = 128;
const MINI_BLOCKS: i32 = 4;
const MINI_BLOCK: i32 = BLOCK / MINI_BLOCKS;
const MICROS_PER_MILLI: i64 = 1000;

/** Room for a block of longs. */
let restsAt: usize = 0;

export function placeRests(at: usize): void {
  restsAt = at;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function writeHeader(count: i32, first: i64, out: usize): usize {
  const at = writeVarint(count, writeVarint(MINI_BLOCKS, writeVarint(BLOCK, out)));
  return writeZigzag(first, at);
}

/** INT32 values. Differences wrap, as the format asks for, so that none needs more than 32 bits. */
export function packInts(values: usize, count: i32, out: usize): usize {
  let at = writeHeader(count, count > 0 ? load<i32>(values) : 0, out);
  for (let from = 1; from < count; from += BLOCK) {
    const size = min(BLOCK, count - from);
    at = writeWords(size, wordDeltas(values + (from << 2), size), at);
  }
  return at;
}

/** Any INT64 values. */
export function packInt64s(values: usize, count: i32, out: usize): usize {
  let at = writeHeader(count, count > 0 ? load<i64>(values) : 0, out);
  for (let from = 1; from < count; from += BLOCK) {
    const size = min(BLOCK, count - from);
    at = writeLongs(size, longDeltas<i64>(values + (from << 3), size), at);
  }
  return at;
}

/** INT64 values held as doubles, below 2^53. */
export function packDoubles(values: usize, count: i32, out: usize): usize {
  let at = writeHeader(count, count > 0 ? <i64>load<f64>(values) : 0, out);
  for (let from = 1; from < count; from += BLOCK) {
    const size = min(BLOCK, count - from);
    at = writeLongs(size, longDeltas<f64>(values + (from << 3), size), at);
  }
  return at;
}

/** The same for values below 2^51 whose differences are below 2^31, which is faster. */
export function packNarrowDoubles(values: usize, count: i32, out: usize): usize {
  let at = writeHeader(count, count > 0 ? <i64>load<f64>(values) : 0, out);
  for (let from = 1; from < count; from += BLOCK) {
    const size = min(BLOCK, count - from);
    at = writeWords(size, narrowDeltas(values + (from << 3), size), at);
  }
  return at;
}

/**
 * The same with each value times 1000: instants to the millisecond as microseconds. The differences
 * are found among the milliseconds, where they are words.
 */
export function packNarrowMillis(values: usize, count: i32, out: usize): usize {
  let at = writeHeader(count, count > 0 ? <i64>load<f64>(values) * MICROS_PER_MILLI : 0, out);
  for (let from = 1; from < count; from += BLOCK) {
    const size = min(BLOCK, count - from);
    at = writeMicros(size, narrowDeltas(values + (from << 3), size), at);
  }
  return at;
}

/** Puts the differences of the block into the rests; returns the smallest. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function wordDeltas(values: usize, count: i32): i32 {
  let least = i32x4.splat(0x7fffffff);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = values + (i << 2);
    const deltas = i32x4.sub(v128.load(at), v128.load(at - 4));
    v128.store(restsAt + (i << 2), deltas);
    least = i32x4.min_s(least, deltas);
  }
  let smallest = leastOf(least);
  for (; i < count; i++) {
    const at = values + (i << 2);
    const delta = load<i32>(at) - load<i32>(at - 4);
    store<i32>(restsAt + (i << 2), delta);
    smallest = min(smallest, delta);
  }
  return smallest;
}

/** A double from 2^52 to 2^53 has its integer in its low bits: differences need no conversion. */
const INTEGER_BASE: f64 = 6755399441055744; // 1.5 * 2^52

// @ts-ignore: a decorator of AssemblyScript
@inline
function twoDeltas(at: usize): v128 {
  const base = f64x2.splat(INTEGER_BASE);
  return i64x2.sub(f64x2.add(v128.load(at), base), f64x2.add(v128.load(at - 8), base));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function narrowDeltas(values: usize, count: i32): i32 {
  let least = i32x4.splat(0x7fffffff);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = values + (i << 3);
    const deltas = v128.shuffle<i32>(twoDeltas(at), twoDeltas(at + 16), 0, 2, 4, 6);
    v128.store(restsAt + (i << 2), deltas);
    least = i32x4.min_s(least, deltas);
  }
  let smallest = leastOf(least);
  for (; i < count; i++) {
    const at = values + (i << 3);
    const delta = <i32>(load<f64>(at) - load<f64>(at - 8));
    store<i32>(restsAt + (i << 2), delta);
    smallest = min(smallest, delta);
  }
  return smallest;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function leastOf(least: v128): i32 {
  const low = min(i32x4.extract_lane(least, 0), i32x4.extract_lane(least, 1));
  return min(low, min(i32x4.extract_lane(least, 2), i32x4.extract_lane(least, 3)));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function longAt<T>(at: usize): i64 {
  return <i64>load<T>(at);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function longDeltas<T>(values: usize, count: i32): i64 {
  let smallest = i64.MAX_VALUE;
  let previous = longAt<T>(values - 8);
  for (let i = 0; i < count; i++) {
    const value = longAt<T>(values + (i << 3));
    const delta = value - previous;
    previous = value;
    store<i64>(restsAt + (i << 3), delta);
    smallest = min(smallest, delta);
  }
  return smallest;
}

/** Writes a block whose differences are words. */
function writeWords(count: i32, smallest: i32, out: usize): usize {
  const widthsAt = writeZigzag(smallest, out);
  let at = widthsAt + MINI_BLOCKS;
  store<u32>(widthsAt, 0);
  const base = i32x4.splat(smallest);
  for (let mini = 0; mini * MINI_BLOCK < count; mini++) {
    const from = restsAt + mini * MINI_BLOCK * 4;
    const size = min(MINI_BLOCK, count - mini * MINI_BLOCK);
    for (let i = size; i < MINI_BLOCK; i++) store<i32>(from + (i << 2), smallest);
    let all = i32x4.splat(0);
    for (let i = 0; i < MINI_BLOCK; i += 4) {
      const rests = i32x4.sub(v128.load(from + (i << 2)), base);
      v128.store(from + (i << 2), rests);
      all = v128.or(all, rests);
    }
    const both = i64x2.extract_lane(all, 0) | i64x2.extract_lane(all, 1);
    const width = 32 - <i32>clz<u32>(<u32>both | <u32>(both >> 32));
    store<u8>(widthsAt + mini, <u8>width);
    if (width > 0) at = packWords(from, MINI_BLOCK, width, at);
  }
  return at;
}

/** Writes a block whose differences are longs. */
function writeLongs(count: i32, smallest: i64, out: usize): usize {
  const widthsAt = writeZigzag(smallest, out);
  let at = widthsAt + MINI_BLOCKS;
  store<u32>(widthsAt, 0);
  for (let mini = 0; mini * MINI_BLOCK < count; mini++) {
    const from = restsAt + mini * MINI_BLOCK * 8;
    const size = min(MINI_BLOCK, count - mini * MINI_BLOCK);
    let all: u64 = 0;
    for (let i = 0; i < MINI_BLOCK; i++) {
      const rest = i < size ? load<i64>(from + (i << 3)) - smallest : 0;
      store<i64>(from + (i << 3), rest);
      all |= rest;
    }
    const width = 64 - <i32>clz<u64>(all);
    store<u8>(widthsAt + mini, <u8>width);
    if (width > 0) at = packLongs(from, MINI_BLOCK, width, at);
  }
  return at;
}

/** Writes a block whose differences are words of milliseconds, as microseconds. */
function writeMicros(count: i32, smallest: i32, out: usize): usize {
  const widthsAt = writeZigzag(<i64>smallest * MICROS_PER_MILLI, out);
  let at = widthsAt + MINI_BLOCKS;
  store<u32>(widthsAt, 0);
  const base = i32x4.splat(smallest);
  const factor = i32x4.splat(<i32>MICROS_PER_MILLI);
  // The words take half the room of a block of longs; the longs of a mini-block stand behind them.
  const longsAt = restsAt + BLOCK * 4;
  for (let mini = 0; mini * MINI_BLOCK < count; mini++) {
    const from = restsAt + mini * MINI_BLOCK * 4;
    const size = min(MINI_BLOCK, count - mini * MINI_BLOCK);
    for (let i = size; i < MINI_BLOCK; i++) store<i32>(from + (i << 2), smallest);
    let all = i64x2.splat(0);
    for (let i = 0; i < MINI_BLOCK; i += 4) {
      const rests = i32x4.sub(v128.load(from + (i << 2)), base);
      const low = i64x2.extmul_low_i32x4_u(rests, factor);
      const high = i64x2.extmul_high_i32x4_u(rests, factor);
      v128.store(longsAt + (i << 3), low);
      v128.store(longsAt + (i << 3), high, 16);
      all = v128.or(all, v128.or(low, high));
    }
    const both = <u64>(i64x2.extract_lane(all, 0) | i64x2.extract_lane(all, 1));
    const width = 64 - <i32>clz<u64>(both);
    store<u8>(widthsAt + mini, <u8>width);
    if (width > 0) at = packLongs(longsAt, MINI_BLOCK, width, at);
  }
  return at;
}
