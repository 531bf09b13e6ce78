import { copyBytes, viewOf } from '../ingest/bytes.ts';
import type { ByteBuffer } from './byte-buffer.ts';
import type { BytesValues } from './column-data.ts';
import { writeDeltaInt32 } from './delta-binary-packed.ts';

/** Lengths of a page's values, kept between pages. */
let lengths = new Int32Array(0);
let prefixes = new Int32Array(0);

function ensureLengths(count: number): void {
  if (lengths.length >= count) return;
  lengths = new Int32Array(count);
  prefixes = new Int32Array(count);
}

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. */
export function writeDeltaLengthBytes(
  buffer: ByteBuffer,
  values: BytesValues,
  from: number,
  to: number,
): void {
  const { heap, offsets } = values;
  const count = to - from;
  ensureLengths(count);
  for (let i = 0; i < count; i++) lengths[i] = offsets[from + i + 1] - offsets[from + i];
  writeDeltaInt32(buffer, lengths, 0, count);
  buffer.writeBytes(heap.subarray(offsets[from], offsets[to]));
}

/**
 * DELTA_BYTE_ARRAY: how many bytes each value shares with the one before, then the rest of each.
 */
export function writeDeltaBytes(
  buffer: ByteBuffer,
  suffixes: ByteBuffer,
  values: BytesValues,
  from: number,
  to: number,
): void {
  const { heap, offsets } = values;
  const count = to - from;
  ensureLengths(count);
  suffixes.at = 0;
  suffixes.reserve(offsets[to] - offsets[from] + WORD_BYTES);
  const source = viewOf(heap);
  const target = viewOf(suffixes.bytes);
  let at = 0;
  let previous = offsets[from];
  let start = previous;
  for (let i = 0; i < count; i++) {
    const end = offsets[from + i + 1];
    const length = end - start;
    const sharedMax = i === 0 ? 0 : Math.min(start - previous, length);
    const shared = sharedPrefix(source, previous, start, sharedMax);
    prefixes[i] = shared;
    lengths[i] = length - shared;
    // Mostly a few bytes: one word is copied, and what is too much of it is overwritten next.
    if (length - shared <= WORD_BYTES && start + shared + WORD_BYTES <= heap.length) {
      target.setInt32(at, source.getInt32(start + shared));
    } else {
      copyBytes(source, start + shared, end, target, at);
    }
    at += length - shared;
    previous = start;
    start = end;
  }
  writeDeltaInt32(buffer, prefixes, 0, count);
  writeDeltaInt32(buffer, lengths, 0, count);
  suffixes.at = at;
  buffer.writeBytes(suffixes.written());
}

const WORD_BYTES = 4;

/** How many of the first `max` bytes at two places are the same. */
function sharedPrefix(view: DataView, a: number, b: number, max: number): number {
  let shared = 0;
  while (shared + WORD_BYTES <= max) {
    const difference = view.getInt32(a + shared) ^ view.getInt32(b + shared);
    if (difference !== 0) return shared + (Math.clz32(difference) >>> 3);
    shared += WORD_BYTES;
  }
  while (shared < max && view.getUint8(a + shared) === view.getUint8(b + shared)) shared++;
  return shared;
}

/** Neighbours that are looked at to choose an encoding, spread over the column. */
const SAMPLE_PAIRS = 512;

/**
 * Prefixes pay when neighbours share more than what a second list of lengths costs: about a byte.
 */
const SHARED_BYTES_MIN = 2;

/** Whether neighbours share enough for DELTA_BYTE_ARRAY. Depends on the values alone. */
export function sharesPrefixes(values: BytesValues, count: number): boolean {
  const { heap, offsets } = values;
  const pairs = Math.min(SAMPLE_PAIRS, count - 1);
  if (pairs < 1) return false;
  const step = (count - 1) / pairs;
  let sharedBytes = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const i = Math.floor(pair * step);
    const start = offsets[i + 1];
    const sharedMax = Math.min(start - offsets[i], offsets[i + 2] - start);
    let shared = 0;
    while (shared < sharedMax && heap[offsets[i] + shared] === heap[start + shared]) shared++;
    sharedBytes += shared;
  }
  return sharedBytes >= pairs * SHARED_BYTES_MIN;
}
