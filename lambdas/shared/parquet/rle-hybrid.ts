import { packBits } from './bit-packing.ts';
import type { ByteBuffer } from './byte-buffer.ts';

/** Bit-packed runs hold groups of eight values. */
const GROUP = 8;

/** Runs are longer only where 8 rows would not pay for leaving and opening a bit-packed run. */
function shortestRun(width: number): number {
  return Math.max(GROUP, Math.ceil(64 / width / GROUP) * GROUP);
}

/** One run of `count` equal values. */
export function writeRleRun(
  buffer: ByteBuffer,
  run: { value: number; count: number; width: number },
): void {
  buffer.writeVarint(run.count * 2);
  for (let bits = 0; bits < run.width; bits += 8) buffer.writeByte((run.value >>> bits) & 0xff);
}

/**
 * Parquet's mixture of runs and bit-packed groups, for levels and dictionary indexes below
 * `2^width`, `width` from 1 to 32. `values` must have room for seven values behind `count`: they
 * are set to 0.
 */
export function writeRleHybrid(
  buffer: ByteBuffer,
  values: Int32Array,
  count: number,
  width: number,
): void {
  // Behind a run groups start anywhere, so the last one may reach seven values past the end.
  values.fill(0, count, count + GROUP - 1);
  const runMin = shortestRun(width);
  let packedFrom = 0;
  let at = 0;
  while (at + runMin <= count) {
    const value = values[at];
    // Most groups end here: without runs this is one comparison in eight values.
    if (values[at + 1] !== value || values[at + GROUP - 1] !== value) {
      at += GROUP;
      continue;
    }
    let end = at + 2;
    while (end < count && values[end] === value) end++;
    if (end - at < runMin) {
      at += GROUP;
      continue;
    }
    writePacked(buffer, values, packedFrom, at, width);
    writeRleRun(buffer, { value, count: end - at, width });
    at = end;
    packedFrom = end;
  }
  writePacked(buffer, values, packedFrom, count, width);
}

/** One bit-packed run; `to - from` is a multiple of eight except at the end of the values. */
function writePacked(
  buffer: ByteBuffer,
  values: Int32Array,
  from: number,
  to: number,
  width: number,
): void {
  if (from === to) return;
  const groups = Math.ceil((to - from) / GROUP);
  buffer.writeVarint(groups * 2 + 1);
  buffer.reserve(groups * width);
  buffer.at = packBits(buffer.view, buffer.at, values, from, from + groups * GROUP, width);
}
