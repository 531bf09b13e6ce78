/**
 * Distinct byte strings of a column, numbered: what `ByteDictionary` is in JavaScript, for values
 * as they stand in the input. AssemblyScript, part of `order-kernel.ts`.
 */

import { copy, hashOf } from './bytes';
import { addOdd, oddCount, startOdd } from './odd-rows';

/** Limits of a dictionary of raw values, and where its parts lie from its start. */
let maxRawBytes: i32 = 0;
let rawCapacity: u32 = 0;
let rawHeapBytes: u32 = 0;
let endsFrom: usize = 0;
let heapFrom: usize = 0;
let recentFrom: usize = 0;
/** The slots begin here, behind the count of values and the mask; each is a hash and a code. */
const SLOTS_FROM: usize = 8;

/** Says how large dictionaries are; once per memory. */
export function placeDictionaries(
  rawBytes: i32,
  capacity: u32,
  heapBytes: u32,
  ends: usize,
  heap: usize,
  recent: usize,
): void {
  maxRawBytes = rawBytes;
  rawCapacity = capacity;
  rawHeapBytes = heapBytes;
  endsFrom = ends;
  heapFrom = heap;
  recentFrom = recent;
}

/** Makes a dictionary empty. Code 0 stands for odd values, so it is never given to another. */
export function clearDictionary(dictionary: usize, slotCount: u32): void {
  store<u32>(dictionary, 1);
  store<u32>(dictionary + 4, slotCount - 1);
  memory.fill(dictionary + SLOTS_FROM, 0, slotCount << 3);
  store<u32>(dictionary + endsFrom, 0);
  generation += 1;
}

/**
 * The code of each value as it stands, not trimmed: 1, 2, 3 in order of first sight. Values that
 * are too long, absent, or one more than there is room for are odd and have code 0. Returns how
 * many rows are odd.
 */
export function lookUpValues(
  starts: usize,
  ends: usize,
  count: i32,
  dictionary: usize,
  codes: usize,
): i32 {
  startOdd();
  const recent = dictionary + recentFrom;
  for (let row = 0; row < count; row++) {
    const start = load<i32>(starts + (row << 2));
    const length = load<i32>(ends + (row << 2)) - start;
    let code: u32 = 0;
    if (start >= 0 && length <= SHORT_BYTES) code = codeOfShort(dictionary, recent, start, length);
    else if (start >= 0 && length <= maxRawBytes) code = codeOf(dictionary, start, length);
    store<u32>(codes + (row << 2), code);
    if (code == 0) addOdd(row);
  }
  return oddCount();
}

/**
 * The recent values: each has one place among `RECENT`, by a quick hash, and gives way to the next
 * that comes there. What is compared there are whole words, without a branch that depends on the
 * length: lengths come in any order, and a processor that guesses them wrongly loses more time than
 * all the rest takes.
 */
const SHORT_BYTES: i32 = 16;
const RECENT_BITS: i32 = 14;
/** The value's bytes, zeros behind it; its length; the generation; its code: 32 bytes. */
const RECENT_SIZE_BITS: i32 = 5;

/** Values from before the last time that a dictionary was made empty are of another generation. */
let generation: u32 = 0;

// @ts-ignore: a decorator of AssemblyScript
@inline
function codeOfShort(dictionary: usize, recent: usize, start: usize, length: i32): u32 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const isOwn = i8x16.lt_s(places, i8x16.splat(<i8>length));
  const value = v128.and(v128.load(start), isOwn);
  const low = <u64>i64x2.extract_lane(value, 0);
  const high = <u64>i64x2.extract_lane(value, 1);
  const mixed = (low ^ (high * 0x9e3779b97f4a7c15) ^ <u64>length) * 0xc2b2ae3d27d4eb4f;
  const at = recent + (<usize>(mixed >> (64 - RECENT_BITS)) << RECENT_SIZE_BITS);
  const tag = (<u64>generation << 32) | <u64>length;
  const difference =
    (load<u64>(at) ^ low) | (load<u64>(at, 8) ^ high) | (load<u64>(at, 16) ^ tag);
  if (difference == 0) return load<u32>(at, 24);
  const code = codeOf(dictionary, start, length);
  v128.store(at, value);
  store<u64>(at, tag, 16);
  store<u32>(at, code, 24);
  return code;
}

function codeOf(dictionary: usize, start: usize, length: i32): u32 {
  const slots = dictionary + SLOTS_FROM;
  const mask = load<u32>(dictionary, 4);
  const hash = hashOf(start, length);
  let slot = hash & mask;
  let at = slots + (slot << 3);
  let code = load<u32>(at, 4);
  while (code != 0) {
    if (load<u32>(at) == hash && isValue(dictionary, code, start, length)) return code;
    slot = (slot + 1) & mask;
    at = slots + (slot << 3);
    code = load<u32>(at, 4);
  }
  return add(dictionary, start, length, hash, at);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isValue(dictionary: usize, code: u32, start: usize, length: i32): bool {
  const endAt = dictionary + endsFrom + (code << 2);
  const from = load<u32>(endAt - 4);
  if (load<u32>(endAt) - from != length) return false;
  const value = dictionary + heapFrom + from;
  for (let i = 0; i < length; i += 16) {
    const equal = i8x16.bitmask(i8x16.eq(v128.load(value + i), v128.load(start + i)));
    // Only the bytes of the value count: those behind it are not equal, or by chance.
    const wanted = length - i >= 16 ? 0xffff : (1 << (length - i)) - 1;
    if ((equal & wanted) != wanted) return false;
  }
  return true;
}

/**
 * The next code for a new value, which goes into the free slot at `slotAt`; 0 if there is no room.
 */
function add(dictionary: usize, start: usize, length: i32, hash: u32, slotAt: usize): u32 {
  const code = load<u32>(dictionary);
  const endAt = dictionary + endsFrom + (code << 2);
  const from = load<u32>(endAt - 4);
  if (code >= rawCapacity || from + length > rawHeapBytes) return 0;
  copy(start, length, dictionary + heapFrom + from);
  store<u32>(endAt, from + length);
  store<u32>(slotAt, hash);
  store<u32>(slotAt, code, 4);
  store<u32>(dictionary, code + 1);
  if (code * 2 > load<u32>(dictionary, 4)) doubleSlots(dictionary, code);
  return code;
}

function doubleSlots(dictionary: usize, lastCode: u32): void {
  const slots = dictionary + SLOTS_FROM;
  const slotCount = (load<u32>(dictionary, 4) + 1) * 2;
  const mask = slotCount - 1;
  store<u32>(dictionary, mask, 4);
  memory.fill(slots, 0, slotCount << 3);
  for (let code: u32 = 1; code <= lastCode; code++) {
    const endAt = dictionary + endsFrom + (code << 2);
    const from = load<u32>(endAt - 4);
    const hash = hashOf(dictionary + heapFrom + from, load<u32>(endAt) - from);
    let slot = hash & mask;
    while (load<u32>(slots + (slot << 3), 4) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + (slot << 3), hash);
    store<u32>(slots + (slot << 3), code, 4);
  }
}
