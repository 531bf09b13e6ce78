/**
 * Texts of a page: value i is at `[offsets[i], offsets[i + 1])` of a heap. Loads may reach up to
 * eight bytes past a value. AssemblyScript, part of `column-kernel.ts`.
 */

import { packInts } from './delta-packing';

// @ts-ignore: a decorator of AssemblyScript
@inline
function offsetAt(offsets: usize, index: i32): u32 {
  return load<u32>(offsets + (index << 2));
}

/** DELTA_LENGTH_BYTE_ARRAY without the bytes: the lengths. `list` has room for them. */
export function packLengths(offsets: usize, count: i32, list: usize, out: usize): usize {
  for (let i = 0; i < count; i++) {
    store<i32>(list + (i << 2), offsetAt(offsets, i + 1) - offsetAt(offsets, i));
  }
  return packInts(list, count, out);
}

/**
 * DELTA_BYTE_ARRAY: how many bytes each value shares with the one before, the lengths of the rests,
 * the rests. `lists` has room for two numbers per value.
 */
export function packPrefixed(
  heap: usize,
  offsets: usize,
  count: i32,
  lists: usize,
  suffixes: usize,
  out: usize,
): usize {
  const lengths = lists + (count << 2);
  let at = suffixes;
  let previous: usize = heap + offsetAt(offsets, 0);
  let start = previous;
  for (let i = 0; i < count; i++) {
    const end = heap + offsetAt(offsets, i + 1);
    const length = <i32>(end - start);
    const shared = i == 0 ? 0 : sharedBytes(previous, start, min(<i32>(start - previous), length));
    store<i32>(lists + (i << 2), shared);
    store<i32>(lengths + (i << 2), length - shared);
    const rest = length - shared;
    const from = start + shared;
    // Mostly a few bytes; what is too much is overwritten by the next value.
    for (let done = 0; done < rest; done += 8) store<u64>(at + done, load<u64>(from + done));
    at += rest;
    previous = start;
    start = end;
  }
  const behindPrefixes = packInts(lists, count, out);
  const behindLengths = packInts(lengths, count, behindPrefixes);
  memory.copy(behindLengths, suffixes, at - suffixes);
  return behindLengths + (at - suffixes);
}

/** How many of the first `most` bytes at two places are the same. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function sharedBytes(a: usize, b: usize, most: i32): i32 {
  for (let shared = 0; shared < most; shared += 8) {
    const difference = load<u64>(a + shared) ^ load<u64>(b + shared);
    if (difference != 0) return min(most, shared + <i32>(ctz(difference) >> 3));
  }
  return most;
}

/** The first eight bytes as a number that compares like them; zeros for those it has not. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function orderOf(start: usize, length: i32): u64 {
  if (length == 0) return 0;
  const bytes = bswap<u64>(load<u64>(start));
  return length >= 8 ? bytes : bytes & ~(u64.MAX_VALUE >> (<u64>length << 3));
}

function isBelow(a: usize, aLength: i32, b: usize, bLength: i32): bool {
  const both = min(aLength, bLength);
  for (let i = 0; i < both; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference < 0;
  }
  return aLength < bLength;
}

/** Stores the indexes of the smallest and the largest of at least one value in bytewise order. */
export function rangeOfTexts(heap: usize, offsets: usize, count: i32, into: usize): void {
  let least = 0;
  let most = 0;
  let start = offsetAt(offsets, 0);
  let end = offsetAt(offsets, 1);
  let leastOrder = orderOf(heap + start, end - start);
  let mostOrder = leastOrder;
  for (let i = 1; i < count; i++) {
    start = end;
    end = offsetAt(offsets, i + 1);
    const order = orderOf(heap + start, end - start);
    if (order <= leastOrder) {
      if (order < leastOrder || isTextBelow(heap, offsets, i, least)) {
        least = i;
        leastOrder = order;
      }
    }
    if (order >= mostOrder) {
      if (order > mostOrder || isTextBelow(heap, offsets, most, i)) {
        most = i;
        mostOrder = order;
      }
    }
  }
  store<i32>(into, least);
  store<i32>(into, most, 4);
}

function isTextBelow(heap: usize, offsets: usize, a: i32, b: i32): bool {
  const startA = offsetAt(offsets, a);
  const startB = offsetAt(offsets, b);
  const lengthA = offsetAt(offsets, a + 1) - startA;
  return isBelow(heap + startA, lengthA, heap + startB, offsetAt(offsets, b + 1) - startB);
}
