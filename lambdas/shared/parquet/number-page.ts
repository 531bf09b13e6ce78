import type { NumberValues } from '../bytes/column-data.ts';
import type { EncodeArena } from './arena.ts';
import type { ByteBuffer } from './byte-buffer.ts';
import type { ColumnKernel } from './column-kernel.ts';
import { toMicros } from './instants.ts';
import type { NumberRange } from './statistics.ts';

/** Differences of such values fit 32 bits with a sign. */
const NARROW_RANGE_MAX = 2 ** 31;
/** What the fastest encoder takes. */
const NARROW_VALUE_MAX = 2 ** 51;

/**
 * Writes the values `[from, to)`, whose range is given, as DELTA_BINARY_PACKED in the fastest way
 * that is exact for them.
 */
export function writeDeltaNumbers(
  kernel: ColumnKernel,
  body: ByteBuffer,
  values: NumberValues,
  { from, to }: { from: number; to: number },
  range: NumberRange,
): void {
  if (values instanceof Int32Array) {
    kernel.packInts(body, values, from, to);
    return;
  }
  kernel.packLongs(body, values, { from, to }, isNarrow(range));
}

/** Writes instants given in milliseconds as DELTA_BINARY_PACKED microseconds. */
export function writeDeltaMillis(
  arena: EncodeArena,
  values: Float64Array,
  { from, to }: { from: number; to: number },
  range: NumberRange,
): void {
  const { body, kernel } = arena;
  if (isNarrow(range)) kernel.packMillis(body, values, from, to);
  else kernel.packLongs(body, toMicros(arena, values, { from, to }), { from, to }, false);
}

function isNarrow(range: NumberRange): boolean {
  const min = Number(range.min);
  const max = Number(range.max);
  return min > -NARROW_VALUE_MAX && max < NARROW_VALUE_MAX && max - min < NARROW_RANGE_MAX;
}
