import type { Values } from '../bytes/column-data.ts';
import { sharesPrefixes } from './delta-byte-array.ts';
import { isBytes } from './dense-values.ts';
import { ENCODING, type Encoding } from './format.ts';

/**
 * The encoding of a column chunk, all of its choice:
 *
 * | values of the row group                               | `compact`               | `plain` |
 * | ----------------------------------------------------- | ----------------------- | ------- |
 * | keyed, each used twice on average, up to 16 MiB       | RLE_DICTIONARY          | PLAIN   |
 * | numbers, days, instants, decimals                     | DELTA_BINARY_PACKED     | PLAIN   |
 * | text that shares prefixes with the row before         | DELTA_BYTE_ARRAY        | PLAIN   |
 * | other text                                            | DELTA_LENGTH_BYTE_ARRAY | PLAIN   |
 * | nothing but nulls                                     | PLAIN                   | PLAIN   |
 *
 * Whether a column is keyed is said by whoever makes it (`keyed` or `plain` of column-data.ts): of
 * orders the customer, product, status, day, hour, weekday and what is joined (order-rows.ts).
 */
export function denseEncodingOf(isCompact: boolean, values: Values, count: number): Encoding {
  if (!isCompact || count === 0) return ENCODING.PLAIN;
  if (!isBytes(values)) return ENCODING.DELTA_BINARY_PACKED;
  return sharesPrefixes(values, count)
    ? ENCODING.DELTA_BYTE_ARRAY
    : ENCODING.DELTA_LENGTH_BYTE_ARRAY;
}

/** A reader holds a column's whole dictionary. */
const DICTIONARY_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Whether a dictionary of the values with these indexes pays for that many rows, where the encoding
 * is compact: a value occurs twice on average.
 */
export function isWorthDictionary(used: Int32Array, values: Values, rowCount: number): boolean {
  const count = used.length;
  if (count === 0 || count * 2 > rowCount) return false;
  if (!isBytes(values)) return true;
  const { offsets } = values;
  let sizeBytes = count * 4;
  for (const value of used) sizeBytes += offsets[value + 1] - offsets[value];
  return sizeBytes <= DICTIONARY_BYTES_MAX;
}
