import type { BytesValues, NumberValues } from './column-data.ts';
import { PHYSICAL, type Physical } from './format.ts';

/** A bound of a column chunk, in PLAIN bytes without a length. */
export interface Bound {
  readonly bytes: Uint8Array;
  /** False where a long text was cut: the bound holds, but no row has it. */
  readonly isExact: boolean;
}

export interface Bounds {
  readonly min: Bound;
  readonly max: Bound;
}

/** Longer texts are cut: bounds are for skipping, and they are read with every footer. */
const BOUND_BYTES_MAX = 64;

export function numberBound(value: number | bigint, physical: Physical): Bound {
  const bytes = new Uint8Array(physical === PHYSICAL.INT32 ? 4 : 8);
  const view = new DataView(bytes.buffer);
  if (physical === PHYSICAL.INT32) view.setInt32(0, Number(value), true);
  else view.setBigInt64(0, BigInt(value), true);
  return { bytes, isExact: true };
}

/** The smallest and the largest of the first `count` (at least one) values. */
export function numberRange(
  values: NumberValues,
  count: number,
): { min: number | bigint; max: number | bigint } {
  if (values instanceof Int32Array) return rangeOfInts(values, count);
  if (values instanceof Float64Array) return rangeOfDoubles(values, count);
  let min = values[0];
  let max = min;
  for (let i = 1; i < count; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function rangeOfInts(values: Int32Array, count: number): { min: number; max: number } {
  let min = values[0];
  let max = min;
  for (let i = 1; i < count; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function rangeOfDoubles(values: Float64Array, count: number): { min: number; max: number } {
  let min = values[0];
  let max = min;
  for (let i = 1; i < count; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** Bounds of the first `count` (at least one) values in bytewise order; null where a bound cannot be cut. */
export function bytesBounds(values: BytesValues, count: number): Bounds | null {
  const { heap, offsets } = values;
  let minStart = offsets[0];
  let minEnd = offsets[1];
  let maxStart = minStart;
  let maxEnd = minEnd;
  for (let i = 1; i < count; i++) {
    const start = offsets[i];
    const end = offsets[i + 1];
    if (isBelow(heap, start, end, minStart, minEnd)) {
      minStart = start;
      minEnd = end;
    } else if (isBelow(heap, maxStart, maxEnd, start, end)) {
      maxStart = start;
      maxEnd = end;
    }
  }
  const min = lowerBound(heap.slice(minStart, minEnd));
  const max = upperBound(heap.slice(maxStart, maxEnd));
  return min === null || max === null ? null : { min, max };
}

/** Whether text a comes before text b. Most pairs differ in their first bytes. */
function isBelow(
  heap: Uint8Array,
  aStart: number,
  aEnd: number,
  bStart: number,
  bEnd: number,
): boolean {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i++) {
    const difference = heap[aStart + i] - heap[bStart + i];
    if (difference !== 0) return difference < 0;
  }
  return aEnd - aStart < bEnd - bStart;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of the first bytes, without the character that the cut goes through; null where it is not UTF-8. */
function cutText(bytes: Uint8Array): string | null {
  let end = BOUND_BYTES_MAX;
  while (end > BOUND_BYTES_MAX - 4 && (bytes[end] & 0xc0) === 0x80) end--;
  try {
    return decoder.decode(bytes.subarray(0, end));
  } catch {
    // Not UTF-8, so there is no character to cut at or to raise: the chunk goes without bounds.
    return null;
  }
}

function lowerBound(bytes: Uint8Array): Bound | null {
  if (bytes.length <= BOUND_BYTES_MAX) return { bytes, isExact: true };
  const text = cutText(bytes);
  return text === null ? null : { bytes: new TextEncoder().encode(text), isExact: false };
}

/** The cut text with its last character raised, which is above everything that begins with the cut text. */
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
