import type { ByteBuffer } from './byte-buffer.ts';
import type { NumberValues } from './column-data.ts';
import { writeDeltaBigInt, writeDeltaDouble, writeDeltaInt32 } from './delta-binary-packed.ts';
import type { NumberRange } from './statistics.ts';

/** Differences of differences of such values are below 2^53, so doubles hold them exactly. */
const EXACT_RANGE_MAX = 2 ** 52;

/**
 * The values `[from, to)` with their range, as DELTA_BINARY_PACKED by the fastest way that is exact
 * for them.
 */
export function writeDeltaNumbers(
  body: ByteBuffer,
  values: NumberValues,
  { from, to }: { from: number; to: number },
  range: NumberRange,
): void {
  if (values instanceof Int32Array) {
    writeDeltaInt32(body, values, from, to);
    return;
  }
  const distance = Number(range.max) - Number(range.min);
  if (values instanceof Float64Array && distance <= EXACT_RANGE_MAX) {
    writeDeltaDouble(body, values, from, to, distance);
    return;
  }
  writeDeltaBigInt(body, asBigInts(values, from, to), 0, to - from);
}

function asBigInts(values: Float64Array | BigInt64Array, from: number, to: number): BigInt64Array {
  if (values instanceof BigInt64Array) return values.subarray(from, to);
  return BigInt64Array.from(values.subarray(from, to), (value) => BigInt(value));
}
