import { compareBytes } from './bytes.ts';

/**
 * Bytes of a text that fit in a number together with the text's place: 9 bits each, 0 is the end.
 */
const DIGITS = 3;
const DIGIT_BASE = 2 ** 9;
/** Places below this fit in a double together with three digits. */
const PLACES_MAX = 2 ** 26;

/** Fewer texts are compared one by one. */
const COMPARED_MAX = 24;

/**
 * Sorts codes in place by the bytes they name, `offsets[c]` to `offsets[c + 1]` of `view`; all must
 * differ. Sorts by three bytes as one number first, then ties by the next three: far less work than
 * comparing half a million texts pair by pair.
 */
export function sortBytewise(codes: Uint32Array, view: DataView, offsets: Uint32Array): void {
  sortFrom(codes, view, offsets, 0);
}

/** All texts are equal before byte `depth`. */
function sortFrom(codes: Uint32Array, view: DataView, offsets: Uint32Array, depth: number): void {
  const count = codes.length;
  if (count <= COMPARED_MAX || count >= PLACES_MAX) {
    codes.sort((a, b) =>
      compareBytes(view, offsets[a], offsets[a + 1], view, offsets[b], offsets[b + 1]),
    );
    return;
  }
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const end = offsets[codes[i] + 1];
    const start = offsets[codes[i]] + depth;
    let digits = 0;
    for (let at = start; at < start + DIGITS; at++) {
      digits = digits * DIGIT_BASE + (at < end ? view.getUint8(at) + 1 : 0);
    }
    keys[i] = digits * PLACES_MAX + i;
  }
  keys.sort();
  const before = codes.slice();
  let from = 0;
  for (let i = 0; i < count; i++) {
    codes[i] = before[keys[i] % PLACES_MAX];
    const digits = Math.floor(keys[i] / PLACES_MAX);
    // After the last key this reads NaN, which equals no digits.
    if (Math.floor(keys[i + 1] / PLACES_MAX) === digits) continue;
    if (i > from) sortFrom(codes.subarray(from, i + 1), view, offsets, depth + DIGITS);
    from = i + 1;
  }
}
