import { isSpace, SPACE } from '../../bytes/bytes.ts';

/**
 * Bytes of the blank at `at`: one for a space, more for the no-break spaces U+00A0 and U+202F that
 * programs write into numbers and times; 0 if there is none before `end`.
 */
export function spaceLength(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  const byte = bytes[at];
  if (byte === SPACE) return 1;
  if (byte === 0xc2) return at + 2 <= end && bytes[at + 1] === 0xa0 ? 2 : 0;
  const isNarrow =
    byte === 0xe2 && at + 3 <= end && bytes[at + 1] === 0x80 && bytes[at + 2] === 0xaf;
  return isNarrow ? 3 : 0;
}

/**
 * The position after the blanks at `at`, which may be none: ASCII white space (contract §2) and the
 * spaces of `spaceLength`.
 */
export function afterBlanks(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end) {
    const length = isSpace(bytes[next]) ? 1 : spaceLength(bytes, next, end);
    if (length === 0) break;
    next += length;
  }
  return next;
}
