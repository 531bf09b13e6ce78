import type { BytesValues } from '../bytes/column-data.ts';

/** Neighbours that are looked at to choose an encoding, spread over the column. */
const SAMPLE_PAIRS = 512;

/**
 * Prefixes pay when neighbours share more than what a second list of lengths costs: about a byte.
 */
const SHARED_BYTES_MIN = 2;

/**
 * True if neighbouring values share enough of their beginnings for DELTA_BYTE_ARRAY to pay. Depends
 * on the values alone, so equal columns get equal bytes.
 */
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
