import type { SchemaElement } from 'hyparquet';
import type { NumberValues } from '../bytes/column-data.ts';
import { assert } from '../model/errors.ts';
import type { EncodeArena } from './arena.ts';
import type { NumberRange } from './statistics.ts';

/**
 * Instants are milliseconds in the program and microseconds in the files: the unit that Iceberg
 * has, and that every reader takes (contract §3).
 */
const MICROS_PER_MILLI = 1000;

/** Up to the year 2255; beyond it a double does not hold every microsecond. */
const INSTANT_MS_MAX = Math.floor(Number.MAX_SAFE_INTEGER / MICROS_PER_MILLI);

/** Instants as the doubles that the encoders take: every valid instant fits a double exactly. */
export function asInstants(values: NumberValues): Float64Array {
  assert(values instanceof Float64Array, 'instants are whole milliseconds that a double holds');
  return values;
}

/** Converts a range from milliseconds to microseconds. */
export function microsOf({ min, max }: NumberRange): NumberRange {
  const isExact = Number(min) >= -INSTANT_MS_MAX && Number(max) <= INSTANT_MS_MAX;
  assert(isExact, `instants from ${min} to ${max} ms are exact microseconds`);
  return { min: Number(min) * MICROS_PER_MILLI, max: Number(max) * MICROS_PER_MILLI };
}

/**
 * Converts the values `[from, to)` to microseconds, at the same positions of an arena array. That
 * may be the array they are in, if each is converted only once.
 */
export function toMicros(
  arena: EncodeArena,
  values: Float64Array,
  { from, to }: { from: number; to: number },
): Float64Array {
  const micros = arena.doubles(to);
  for (let i = from; i < to; i++) micros[i] = values[i] * MICROS_PER_MILLI;
  return micros;
}

/**
 * How many of the file's units make a millisecond; null if the column holds no instants. Files of
 * older versions hold milliseconds.
 */
export function unitsPerMilli({ logical_type, converted_type }: SchemaElement): number | null {
  if (logical_type?.type === 'TIMESTAMP') {
    const { unit } = logical_type;
    return unit === 'MILLIS' ? 1 : unit === 'MICROS' ? MICROS_PER_MILLI : 1_000_000;
  }
  if (converted_type === 'TIMESTAMP_MILLIS') return 1;
  return converted_type === 'TIMESTAMP_MICROS' ? MICROS_PER_MILLI : null;
}
