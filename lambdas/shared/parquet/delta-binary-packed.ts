import { packBits, packWideBits } from './bit-packing.ts';
import type { ByteBuffer } from './byte-buffer.ts';

/**
 * DELTA_BINARY_PACKED: differences of neighbours, less the smallest one of their block, in as few
 * bits as each mini-block needs. The block sizes are those that every writer uses; some readers
 * know no others.
 */
const BLOCK = 128;
const MINI_BLOCKS = 4;
const MINI_BLOCK = BLOCK / MINI_BLOCKS;

const TWO_32 = 2 ** 32;

/** Room for a block: its smallest delta, widths, and values of 64 bits. */
const BLOCK_BYTES_MAX = 10 + MINI_BLOCKS + BLOCK * 8;

// One thread encodes one block at a time.
const narrow = new Int32Array(BLOCK);
const wide = new Float64Array(BLOCK);
const low = new Int32Array(BLOCK);
const high = new Int32Array(BLOCK);

function writeHeader(buffer: ByteBuffer, count: number): void {
  buffer.writeVarint(BLOCK);
  buffer.writeVarint(MINI_BLOCKS);
  buffer.writeVarint(count);
}

/** INT32 values. Differences wrap as the format asks for, so that none needs more than 32 bits. */
export function writeDeltaInt32(
  buffer: ByteBuffer,
  values: Int32Array,
  from: number,
  to: number,
): void {
  writeHeader(buffer, to - from);
  buffer.writeZigzag(to > from ? values[from] : 0);
  for (let at = from + 1; at < to; at += BLOCK) {
    const count = Math.min(BLOCK, to - at);
    const minDelta = deltasOfInt32(values, at, count);
    writeNarrowBlock(buffer, count, minDelta);
  }
}

/**
 * INT64 values held as doubles. `range` is at least the difference between the largest and the
 * smallest and at most 2^52: then all differences of differences are exact.
 */
export function writeDeltaDouble(
  buffer: ByteBuffer,
  values: Float64Array,
  from: number,
  to: number,
  range: number,
): void {
  writeHeader(buffer, to - from);
  const first = to > from ? values[from] : 0;
  if (Math.abs(first) < 2 ** 52) buffer.writeZigzag(first);
  else buffer.writeZigzagBigInt(BigInt(first));
  const isNarrow = range < 2 ** 31;
  for (let at = from + 1; at < to; at += BLOCK) {
    const count = Math.min(BLOCK, to - at);
    if (isNarrow) writeNarrowBlock(buffer, count, narrowDeltasOfDouble(values, at, count));
    else writeWideBlock(buffer, count, wideDeltasOfDouble(values, at, count));
  }
}

/** Any INT64 values: an order of magnitude slower, for what doubles cannot hold. */
export function writeDeltaBigInt(
  buffer: ByteBuffer,
  values: BigInt64Array,
  from: number,
  to: number,
): void {
  writeHeader(buffer, to - from);
  buffer.writeZigzagBigInt(to > from ? values[from] : 0n);
  const deltas = new BigInt64Array(BLOCK);
  for (let at = from + 1; at < to; at += BLOCK) {
    const count = Math.min(BLOCK, to - at);
    let minDelta = 2n ** 63n;
    for (let i = 0; i < count; i++) {
      const delta = BigInt.asIntN(64, values[at + i] - values[at + i - 1]);
      deltas[i] = delta;
      if (delta < minDelta) minDelta = delta;
    }
    buffer.reserve(BLOCK_BYTES_MAX);
    buffer.writeZigzagBigInt(minDelta);
    for (let i = 0; i < count; i++) {
      const rest = BigInt.asUintN(64, deltas[i] - minDelta);
      low[i] = Number(rest & 0xffffffffn);
      high[i] = Number(rest >> 32n);
    }
    writeWideMiniBlocks(buffer, count);
  }
}

function deltasOfInt32(values: Int32Array, at: number, count: number): number {
  const deltas = narrow;
  let previous = values[at - 1];
  let minDelta = 0x7fffffff;
  for (let i = 0; i < count; i++) {
    const value = values[at + i];
    const delta = (value - previous) | 0;
    previous = value;
    deltas[i] = delta;
    if (delta < minDelta) minDelta = delta;
  }
  return minDelta;
}

function narrowDeltasOfDouble(values: Float64Array, at: number, count: number): number {
  const deltas = narrow;
  let previous = values[at - 1];
  let minDelta = 0x7fffffff;
  for (let i = 0; i < count; i++) {
    const value = values[at + i];
    const delta = (value - previous) | 0;
    previous = value;
    deltas[i] = delta;
    if (delta < minDelta) minDelta = delta;
  }
  return minDelta;
}

function wideDeltasOfDouble(values: Float64Array, at: number, count: number): number {
  const deltas = wide;
  let previous = values[at - 1];
  let minDelta = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = values[at + i];
    const delta = value - previous;
    previous = value;
    deltas[i] = delta;
    if (delta < minDelta) minDelta = delta;
  }
  return minDelta;
}

/**
 * The deltas are in `narrow`; they and their smallest fit 32 bits with a sign, their differences 32
 * bits without.
 */
function writeNarrowBlock(buffer: ByteBuffer, count: number, minDelta: number): void {
  buffer.reserve(BLOCK_BYTES_MAX);
  buffer.writeZigzag(minDelta);
  const deltas = narrow;
  const { bytes, view } = buffer;
  const widthsAt = buffer.at;
  let at = widthsAt + MINI_BLOCKS;
  for (let mini = 0; mini < MINI_BLOCKS; mini++) {
    const from = mini * MINI_BLOCK;
    const end = Math.min(from + MINI_BLOCK, count);
    let bits = 0;
    for (let i = from; i < end; i++) {
      const rest = (deltas[i] - minDelta) | 0;
      deltas[i] = rest;
      bits |= rest;
    }
    const width = 32 - Math.clz32(bits);
    bytes[widthsAt + mini] = width;
    if (width === 0) continue;
    if (end < from + MINI_BLOCK) deltas.fill(0, end, from + MINI_BLOCK);
    at = packBits(view, at, deltas, from, from + MINI_BLOCK, width);
  }
  buffer.at = at;
}

/** The deltas are in `wide`. */
function writeWideBlock(buffer: ByteBuffer, count: number, minDelta: number): void {
  buffer.reserve(BLOCK_BYTES_MAX);
  buffer.writeZigzag(minDelta);
  for (let i = 0; i < count; i++) {
    const rest = wide[i] - minDelta;
    low[i] = rest | 0;
    high[i] = rest / TWO_32;
  }
  writeWideMiniBlocks(buffer, count);
}

/** The values are in `low` and `high`; there is room for a block. */
function writeWideMiniBlocks(buffer: ByteBuffer, count: number): void {
  low.fill(0, count);
  high.fill(0, count);
  const { bytes, view } = buffer;
  const widthsAt = buffer.at;
  let at = widthsAt + MINI_BLOCKS;
  for (let mini = 0; mini < MINI_BLOCKS; mini++) {
    const from = mini * MINI_BLOCK;
    const to = from + MINI_BLOCK;
    let lowBits = 0;
    let highBits = 0;
    for (let i = from; i < to; i++) {
      lowBits |= low[i];
      highBits |= high[i];
    }
    const width = highBits === 0 ? 32 - Math.clz32(lowBits) : 64 - Math.clz32(highBits);
    bytes[widthsAt + mini] = width;
    if (width > 32) at = packWideBits(view, at, low, high, { from, to, width });
    else if (width > 0) at = packBits(view, at, low, from, to, width);
  }
  buffer.at = at;
}
