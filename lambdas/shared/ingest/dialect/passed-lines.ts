import { CR, LF } from '../../bytes/bytes.ts';
import type { DialectRules } from './dialect-rules.ts';

/**
 * Passes over up to `count` lines from `from` on, whatever they hold: where the next one starts,
 * and how many are `left`. A line that does not end in `[from, end)` is not passed over.
 */
export function passRows(
  bytes: Uint8Array,
  from: number,
  end: number,
  count: number,
): { readonly at: number; readonly left: number } {
  let at = from;
  let left = count;
  for (; left > 0; left--) {
    const found = lineFeedIn(bytes, at, end);
    if (found < 0) break;
    at = found + 1;
  }
  return { at, left };
}

/** The start of the first line from `from` on that is neither empty nor a comment that ends. */
export function passBlankLines(
  bytes: Uint8Array,
  from: number,
  end: number,
  { commentByte }: DialectRules,
): number {
  let at = from;
  for (;;) {
    if (at < end && bytes[at] === LF) at += 1;
    else if (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) at += 2;
    else if (at < end && bytes[at] === commentByte) {
      const found = lineFeedIn(bytes, at, end);
      if (found < 0) return at;
      at = found + 1;
    } else return at;
  }
}

/** The position of the first line end (LF) in `[from, end)`, or -1. */
export function lineFeedIn(bytes: Uint8Array, from: number, end: number): number {
  const found = bytes.subarray(from, end).indexOf(LF);
  return found < 0 ? -1 : from + found;
}
