/**
 * Parquet's bit packing: values one behind the other, least significant bits first. All functions return the place behind
 * the last byte written and need room for whole bytes only.
 */

/** Packs `values[from … to)`, of which only the low `width` (1 to 32) bits may be set. */
export function packBits(
  view: DataView,
  start: number,
  values: Int32Array,
  from: number,
  to: number,
  width: number,
): number {
  let at = start;
  if (width === 32) {
    for (let i = from; i < to; i++, at += 4) view.setInt32(at, values[i], true);
    return at;
  }
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
      // The bits of `value` that had no room; none (a shift by `width`) where it ended with the word.
      word = value >>> (width - filled);
    }
  }
  return writeRest(view, at, word, filled);
}

/** As `packBits` for widths from 33 to 64: value i is `high[i] * 2^32 + low[i]`, both as unsigned 32-bit patterns. */
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
      word = filled === 0 ? 0 : value >>> (highWidth - filled);
    }
  }
  return writeRest(view, at, word, filled);
}

function writeRest(view: DataView, start: number, rest: number, restBits: number): number {
  let at = start;
  for (let bits = 0; bits < restBits; bits += 8) view.setUint8(at++, (rest >>> bits) & 0xff);
  return at;
}
