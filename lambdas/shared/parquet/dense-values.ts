import type { BytesValues, NumberValues, Values } from '../bytes/column-data.ts';
import type { EncodeArena } from './arena.ts';
import { PHYSICAL, type Physical } from './format.ts';

/**
 * Values as the encoders take them: INT32 as Int32Array, INT64 as Float64Array below 2^53 or else
 * as BigInt64Array. All results live in the arena until its next use of the same kind, or are the
 * input itself.
 */

/** A type guard: text values as bytes in a heap, not numbers. */
export function isBytes(values: Values): values is BytesValues {
  return 'heap' in values;
}

/** Number of values, whatever their type. */
export function valueCountOf(values: Values): number {
  return isBytes(values) ? values.offsets.length - 1 : values.length;
}

/**
 * Gathers the values at `indexes`, leaving out those with a negative index (nulls), and counts
 * them. The result may use the arena's memory.
 */
export function gather(
  arena: EncodeArena,
  values: Values,
  indexes: Int32Array,
  indexCount: number,
): { values: Values; count: number } {
  return isBytes(values)
    ? gatherBytes(arena, values, indexes, indexCount)
    : gatherNumbers(arena, values, indexes, indexCount);
}

function gatherBytes(
  arena: EncodeArena,
  source: BytesValues,
  indexes: Int32Array,
  indexCount: number,
): { values: BytesValues; count: number } {
  const sourceHeap = source.heap;
  const sourceOffsets = source.offsets;
  let sizeBytes = 0;
  for (let i = 0; i < indexCount; i++) {
    const index = indexes[i];
    if (index >= 0) sizeBytes += sourceOffsets[index + 1] - sourceOffsets[index];
  }
  arena.heap.at = 0;
  arena.heap.reserve(sizeBytes);
  const heap = arena.heap.bytes;
  const offsets = arena.offsets(indexCount + 1);
  let at = 0;
  let count = 0;
  for (let i = 0; i < indexCount; i++) {
    const index = indexes[i];
    if (index < 0) continue;
    offsets[count++] = at;
    const end = sourceOffsets[index + 1];
    for (let j = sourceOffsets[index]; j < end; j++) heap[at++] = sourceHeap[j];
  }
  offsets[count] = at;
  return { values: { heap, offsets }, count };
}

function gatherNumbers(
  arena: EncodeArena,
  source: NumberValues,
  indexes: Int32Array,
  indexCount: number,
): { values: NumberValues; count: number } {
  const target =
    source instanceof Int32Array
      ? arena.ints(indexCount)
      : source instanceof Float64Array
        ? arena.doubles(indexCount)
        : new BigInt64Array(indexCount);
  let count = 0;
  for (let i = 0; i < indexCount; i++) {
    if (indexes[i] >= 0) target[count++] = source[indexes[i]];
  }
  return { values: target, count };
}

/**
 * The first `count` values in the array type that the encoders take for this physical type; may use
 * the arena's memory.
 */
export function asPhysical(
  arena: EncodeArena,
  values: NumberValues,
  count: number,
  physical: Physical,
): NumberValues {
  if (physical === PHYSICAL.INT32) {
    if (values instanceof Int32Array) return values;
    const ints = arena.ints(count);
    for (let i = 0; i < count; i++) ints[i] = Number(values[i]);
    return ints;
  }
  if (values instanceof Float64Array) return values;
  if (values instanceof BigInt64Array && !fitsDoubles(values, count)) return values;
  const doubles = arena.doubles(count);
  if (values instanceof Int32Array) {
    for (let i = 0; i < count; i++) doubles[i] = values[i];
  } else {
    for (let i = 0; i < count; i++) doubles[i] = Number(values[i]);
  }
  return doubles;
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function fitsDoubles(values: BigInt64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (values[i] > SAFE || values[i] < -SAFE) return false;
  return true;
}
