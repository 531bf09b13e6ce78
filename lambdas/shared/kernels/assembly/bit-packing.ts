/**
 * Parquet's bit packing: values one behind the other, least significant bits first. All functions
 * return the place behind the last byte that counts, and may write up to eight bytes more.
 * AssemblyScript, part of `column-kernel.ts`.
 */

/**
 * Packs `count` words, a multiple of eight, of which only the low `width` (0 to 32) bits are set.
 */
export function packWords(values: usize, count: i32, width: i32, out: usize): usize {
  const end = values + (count << 2);
  const shift: u64 = width;
  if (width <= 8) {
    let at = out;
    for (let from = values; from < end; from += 32) {
      const low = fourWords(from, shift);
      store<u64>(at, low | (fourWords(from + 16, shift) << (shift * 4)));
      at += width;
    }
  } else if (width <= 16) {
    packParts(values, end, width * 4, out, true);
  } else {
    packParts(values, end, width * 2, out, false);
  }
  return out + ((count * width) >> 3);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function twoWords(at: usize, shift: u64): u64 {
  return <u64>load<u32>(at) | (<u64>load<u32>(at, 4) << shift);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function fourWords(at: usize, shift: u64): u64 {
  return twoWords(at, shift) | (twoWords(at + 8, shift) << (shift * 2));
}

/**
 * Words are joined to parts of `step` bits first: the test whether 64 bits are full is for those.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function packParts(values: usize, end: usize, step: i32, out: usize, areFours: bool): void {
  let at = out;
  let word: u64 = 0;
  let filled = 0;
  for (let from = values; from < end; from += areFours ? 16 : 8) {
    const part = areFours ? fourWords(from, step >> 2) : twoWords(from, step >> 1);
    word |= part << filled;
    filled += step;
    if (filled >= 64) {
      store<u64>(at, word);
      at += 8;
      filled -= 64;
      word = filled == 0 ? 0 : part >> (step - filled);
    }
  }
  store<u64>(at, word);
}

/** The same for values of 64 bits, any width from 0 to 64. */
export function packLongs(values: usize, count: i32, width: i32, out: usize): usize {
  let at = out;
  let word: u64 = 0;
  let filled = 0;
  for (let i = 0; i < count; i++) {
    const value = load<u64>(values + (i << 3));
    word |= value << filled;
    filled += width;
    if (filled >= 64) {
      store<u64>(at, word);
      at += 8;
      filled -= 64;
      word = filled == 0 ? 0 : value >> (width - filled);
    }
  }
  store<u64>(at, word);
  return out + ((count * width) >> 3);
}

/** Unsigned LEB128. */
export function writeVarint(value: u64, out: usize): usize {
  let at = out;
  while (value >= 0x80) {
    store<u8>(at++, <u8>value | 0x80);
    value >>= 7;
  }
  store<u8>(at, <u8>value);
  return at + 1;
}

/** LEB128 in which small negative numbers are short, too. */
export function writeZigzag(value: i64, out: usize): usize {
  return writeVarint(<u64>((value << 1) ^ (value >> 63)), out);
}
