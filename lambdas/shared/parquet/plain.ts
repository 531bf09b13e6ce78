import type { BytesValues, NumberValues } from '../bytes/column-data.ts';
import type { ByteBuffer } from './byte-buffer.ts';
import { PHYSICAL, type Physical } from './format.ts';

const TWO_32 = 2 ** 32;

/** Writes numbers in PLAIN encoding, little-endian: INT32 in 4 bytes, INT64 in 8. */
export function writePlainNumbers(
  buffer: ByteBuffer,
  values: NumberValues,
  range: { from: number; to: number },
  physical: Physical,
): void {
  const { from, to } = range;
  buffer.reserve((to - from) * 8);
  if (values instanceof BigInt64Array) writeBigInts(buffer, values, from, to);
  else if (physical === PHYSICAL.INT32) writeInts(buffer, values as Int32Array, from, to);
  else writeDoublesAsInt64(buffer, values as Float64Array, from, to);
}

function writeInts(buffer: ByteBuffer, values: Int32Array, from: number, to: number): void {
  const { view } = buffer;
  let at = buffer.at;
  for (let i = from; i < to; i++, at += 4) view.setInt32(at, values[i], true);
  buffer.at = at;
}

function writeDoublesAsInt64(
  buffer: ByteBuffer,
  values: Float64Array,
  from: number,
  to: number,
): void {
  const { view } = buffer;
  let at = buffer.at;
  for (let i = from; i < to; i++, at += 8) {
    const value = values[i];
    view.setInt32(at, value | 0, true);
    view.setInt32(at + 4, Math.floor(value / TWO_32), true);
  }
  buffer.at = at;
}

function writeBigInts(buffer: ByteBuffer, values: BigInt64Array, from: number, to: number): void {
  const { view } = buffer;
  for (let i = from; i < to; i++, buffer.at += 8) view.setBigInt64(buffer.at, values[i], true);
}

/** Writes byte strings in PLAIN encoding: each after its length in 4 bytes. */
export function writePlainBytes(
  buffer: ByteBuffer,
  values: BytesValues,
  from: number,
  to: number,
): void {
  const { heap, offsets } = values;
  buffer.reserve((to - from) * 4 + offsets[to] - offsets[from]);
  const { bytes, view } = buffer;
  let at = buffer.at;
  for (let i = from; i < to; i++) {
    const start = offsets[i];
    const end = offsets[i + 1];
    view.setUint32(at, end - start, true);
    at += 4;
    if (end - start > 64) {
      bytes.set(heap.subarray(start, end), at);
      at += end - start;
    } else {
      for (let j = start; j < end; j++) bytes[at++] = heap[j];
    }
  }
  buffer.at = at;
}
