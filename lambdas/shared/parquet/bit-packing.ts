/**
 * Parquet's bit packing: values one behind the other, least significant bits first. All functions
 * return the place behind the last byte written and need room for whole bytes only.
 */

/**
 * Packs `values[from … to)`, of which only the low `width` (1 to 32) bits may be set; a multiple of
 * four values. Narrow ones are put together first, so that the test whether a word is full is made
 * once for two or four of them.
 */
export function packBits(
  view: DataView,
  start: number,
  values: Int32Array,
  from: number,
  to: number,
  width: number,
): number {
  if (width <= 8) return packFours(view, start, values, from, to, width);
  if (width <= 16) return packTwos(view, start, values, from, to, width);
  return packOnes(view, start, values, from, to, width);
}

function packFours(
  view: DataView,
  start: number,
  values: Int32Array,
  from: number,
  to: number,
  width: number,
): number {
  const step = width * 4;
  let at = start;
  let word = 0;
  let filled = 0;
  for (let i = from; i < to; i += 4) {
    const low = values[i] | (values[i + 1] << width);
    const value = low | ((values[i + 2] | (values[i + 3] << width)) << (width * 2));
    word |= value << filled;
    filled += step;
    if (filled >= 32) {
      view.setInt32(at, word, true);
      at += 4;
      filled -= 32;
      word = bitsLeft(value, filled, step);
    }
  }
  return writeRest(view, at, word, filled);
}

function packTwos(
  view: DataView,
  start: number,
  values: Int32Array,
  from: number,
  to: number,
  width: number,
): number {
  const step = width * 2;
  let at = start;
  let word = 0;
  let filled = 0;
  for (let i = from; i < to; i += 2) {
    const value = values[i] | (values[i + 1] << width);
    word |= value << filled;
    filled += step;
    if (filled >= 32) {
      view.setInt32(at, word, true);
      at += 4;
      filled -= 32;
      word = bitsLeft(value, filled, step);
    }
  }
  return writeRest(view, at, word, filled);
}

function packOnes(
  view: DataView,
  start: number,
  values: Int32Array,
  from: number,
  to: number,
  width: number,
): number {
  let at = start;
  let word = 0;
  let filled = 0;
  for (let i = from; i < to; i++) {
    const value = values[i];
    word |= value << filled;
    filled += width;
    if (filled >= 32) {
      view.setInt32(at, word, true);
      at += 4;
      filled -= 32;
      word = bitsLeft(value, filled, width);
    }
  }
  return writeRest(view, at, word, filled);
}

/**
 * The highest `count` bits of a value of `width` bits: those that had no room in the word before.
 */
function bitsLeft(value: number, count: number, width: number): number {
  return count === 0 ? 0 : value >>> (width - count);
}

/**
 * As `packBits` for widths from 33 to 64: value i is `high[i] * 2^32 + low[i]`, both as unsigned
 * 32-bit patterns.
 */
export function packWideBits(
  view: DataView,
  start: number,
  low: Int32Array,
  high: Int32Array,
  range: { from: number; to: number; width: number },
): number {
  const { from, to, width } = range;
  const highWidth = width - 32;
  let at = start;
  let word = 0;
  let filled = 0;
  for (let i = from; i < to; i++) {
    view.setInt32(at, word | (low[i] << filled), true);
    at += 4;
    // A shift by 32 is a shift by 0 in JavaScript, hence the two steps.
    word = (low[i] >>> 1) >>> (31 - filled);
    const value = high[i];
    word |= value << filled;
    filled += highWidth;
    if (filled >= 32) {
      view.setInt32(at, word, true);
      at += 4;
      filled -= 32;
      word = bitsLeft(value, filled, highWidth);
    }
  }
  return writeRest(view, at, word, filled);
}

function writeRest(view: DataView, start: number, rest: number, restBits: number): number {
  let at = start;
  for (let bits = 0; bits < restBits; bits += 8) view.setUint8(at++, (rest >>> bits) & 0xff);
  return at;
}
