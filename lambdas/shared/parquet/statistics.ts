import { compareBytes, viewOf } from '../bytes/bytes.ts';
import type { BytesValues, NumberValues } from '../bytes/column-data.ts';
import type { ColumnKernel } from './column-kernel.ts';
import { PHYSICAL, type Physical } from './format.ts';

/** A bound of a column chunk, in PLAIN bytes without a length. */
export interface Bound {
  readonly bytes: Uint8Array;
  /** False if a long text was cut: the bound holds, but no row has it. */
  readonly isExact: boolean;
}

export interface Bounds {
  readonly min: Bound;
  readonly max: Bound;
}

/** Longer texts are cut: bounds are for skipping, and they are read with every footer. */
const BOUND_BYTES_MAX = 64;

const TWO_32 = 2 ** 32;

function numberBound(value: number | bigint, physical: Physical): Bound {
  const bytes = new Uint8Array(physical === PHYSICAL.INT32 ? 4 : 8);
  const view = new DataView(bytes.buffer);
  if (physical === PHYSICAL.INT32) view.setInt32(0, Number(value), true);
  else if (typeof value === 'bigint') view.setBigInt64(0, value, true);
  else {
    // Written as two halves: a run writes a hundred thousand bounds, and a bigint for each costs
    // more.
    view.setInt32(0, value | 0, true);
    view.setInt32(4, Math.floor(value / TWO_32), true);
  }
  return { bytes, isExact: true };
}

/** The smallest and the largest of some numbers. */
export interface NumberRange {
  readonly min: number | bigint;
  readonly max: number | bigint;
}

/** Range of the values `[from, to)`, which must not be empty. */
export function numberRange(
  kernel: ColumnKernel,
  values: NumberValues,
  from: number,
  to: number,
): NumberRange {
  if (values instanceof Int32Array) return kernel.rangeOfInts(values, from, to);
  if (values instanceof Float64Array) return kernel.rangeOfDoubles(values, from, to);
  let min = values[from];
  let max = min;
  for (let i = from + 1; i < to; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** The range that covers both; `a` null means none yet. */
export function unitedRange(a: NumberRange | null, b: NumberRange): NumberRange {
  if (a === null) return b;
  const isBelow = b.min < a.min;
  const isAbove = b.max > a.max;
  return { min: isBelow ? b.min : a.min, max: isAbove ? b.max : a.max };
}

/** A number range as the min and max bytes of a column's statistics. */
export function numberBounds(range: NumberRange, physical: Physical): Bounds {
  return { min: numberBound(range.min, physical), max: numberBound(range.max, physical) };
}

/** The smallest and the largest of some texts, in bytewise order: their indexes. */
export interface BytesRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Positions of the smallest and largest of the values `[from, to)`, which must not be empty, in
 * bytewise order; extends `known`, those of the values before them.
 */
export function bytesRange(
  kernel: ColumnKernel,
  values: BytesValues,
  from: number,
  to: number,
  known: BytesRange | null,
): BytesRange {
  const range = kernel.rangeOfTexts(values, from, to);
  if (known === null) return range;
  const view = viewOf(values.heap);
  const { offsets } = values;
  const isBelow = (a: number, b: number) =>
    compareBytes(view, offsets[a], offsets[a + 1], view, offsets[b], offsets[b + 1]) < 0;
  return {
    min: isBelow(range.min, known.min) ? range.min : known.min,
    max: isBelow(known.max, range.max) ? range.max : known.max,
  };
}

/** The min and max bytes to write for a range, with long text cut; null if a text cannot be cut. */
export function bytesBounds(values: BytesValues, range: BytesRange): Bounds | null {
  const { heap, offsets } = values;
  const min = lowerBound(heap.slice(offsets[range.min], offsets[range.min + 1]));
  const max = upperBound(heap.slice(offsets[range.max], offsets[range.max + 1]));
  return min === null || max === null ? null : { min, max };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of the first bytes, without the character that the cut goes through; null if it is
 * not UTF-8.
 */
function cutText(bytes: Uint8Array): string | null {
  let end = BOUND_BYTES_MAX;
  while (end > BOUND_BYTES_MAX - 4 && (bytes[end] & 0xc0) === 0x80) end--;
  try {
    return decoder.decode(bytes.subarray(0, end));
  } catch {
    // Not UTF-8: no character to cut at or to raise, so the chunk gets no bounds.
    return null;
  }
}

function lowerBound(bytes: Uint8Array): Bound | null {
  if (bytes.length <= BOUND_BYTES_MAX) return { bytes, isExact: true };
  const text = cutText(bytes);
  return text === null ? null : { bytes: new TextEncoder().encode(text), isExact: false };
}

/**
 * The cut text with its last character raised, which is above everything that begins with the cut
 * text.
 */
function upperBound(bytes: Uint8Array): Bound | null {
  if (bytes.length <= BOUND_BYTES_MAX) return { bytes, isExact: true };
  const text = cutText(bytes);
  if (text === null) return null;
  const characters = [...text];
  for (let last = characters.length - 1; last >= 0; last--) {
    const next = characterAfter(characters[last].codePointAt(0) as number);
    if (next === null) continue;
    const raised = characters.slice(0, last).join('') + next;
    return { bytes: new TextEncoder().encode(raised), isExact: false };
  }
  return null;
}

function characterAfter(codePoint: number): string | null {
  if (codePoint === 0x10ffff) return null;
  // Surrogates are no characters.
  return String.fromCodePoint(codePoint === 0xd7ff ? 0xe000 : codePoint + 1);
}
