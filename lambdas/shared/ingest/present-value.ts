import {
  BACKSLASH,
  isMissing,
  LOWER_N,
  SPACE,
  trimmedEnd,
  trimmedStart,
  UPPER_N,
} from '../bytes/bytes.ts';

/**
 * Trims the span of one value in place; false if the value is missing (contract §2) or absent
 * (start -1).
 */
export function isPresentTrimmed(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  index: number,
): boolean {
  const from = starts[index];
  if (from < 0) return false;
  const to = ends[index];
  const first = bytes[from];
  // Nearly every id: no space at either end, and not the first letter of a word for "missing".
  const isAsItStands = to > from && first > SPACE && bytes[to - 1] > SPACE;
  if (isAsItStands && first !== LOWER_N && first !== UPPER_N && first !== BACKSLASH) return true;
  const start = trimmedStart(bytes, from, to);
  const end = trimmedEnd(bytes, start, to);
  starts[index] = start;
  ends[index] = end;
  return !isMissing(bytes, start, end);
}

/** Trims the span of a value in place; false if the value is missing, or absent (start -1). */
export type PresenceCheck = typeof isPresentTrimmed;

/** Which values are missing. */
export interface MissingRule {
  readonly isPresent: PresenceCheck;
  /** Of a trimmed value. */
  isMissing(bytes: Uint8Array, start: number, end: number): boolean;
}

/** The words of contract §2. */
export const USUAL_MISSING: MissingRule = { isPresent: isPresentTrimmed, isMissing };

/** Nothing but an empty value: a mapping has taken out those of its own list. */
export const EMPTY_IS_MISSING: MissingRule = {
  isPresent(bytes, starts, ends, index) {
    if (starts[index] < 0) return false;
    starts[index] = trimmedStart(bytes, starts[index], ends[index]);
    ends[index] = trimmedEnd(bytes, starts[index], ends[index]);
    return ends[index] > starts[index];
  },
  isMissing: (_bytes, start, end) => start === end,
};
