/**
 * The rule of quotes (contract §1.1), as `csv-quotes.ts` has it. AssemblyScript, part of
 * `csv-kernel.ts`.
 */

const TAB: u8 = 0x09;
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const SPACE: u8 = 0x20;
const QUOTE: u8 = 0x22;

/** What `quotedEnd` says of a quote that opens no field, and of one that may or may not. */
export const STRAY: i32 = -1;
export const UNDECIDED: i32 = -2;

/** Of the field that `quotedEnd` found: its closing quote, and whether it holds `""`. */
export let closeAt: i32 = 0;
export let hasEscape = false;

/** The position of the first quote in `[from, end)`, or one at or after `end`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function nextQuote(from: i32, end: i32): i32 {
  for (let at = from; at < end; at += 16) {
    const isQuote = i8x16.eq(v128.load(at), i8x16.splat(QUOTE));
    const bits = i8x16.bitmask(isQuote);
    if (bits != 0) return at + ctz(bits);
  }
  return end;
}

/**
 * Where the field that opens at `quote` ends, in a record that starts at `start`: the position of
 * the delimiter or line end behind its closing quote and blanks, which stand before `reach`. Or
 * `STRAY` or `UNDECIDED`. Why it takes linear time, says `csv-quotes.ts`.
 */
export function quotedEnd(quote: i32, reach: i32, end: i32, isLast: bool, delimiter: u8): i32 {
  const limit = min(end, reach);
  let at = quote + 1;
  hasEscape = false;
  for (;;) {
    at = nextQuote(at, limit);
    if (at >= limit) return isLast || reach <= end ? STRAY : UNDECIDED;
    if (at + 1 == end && !isLast) return UNDECIDED;
    if (at + 1 == end || load<u8>(at + 1) != QUOTE) break;
    hasEscape = true;
    at += 2;
  }
  closeAt = at;
  at += 1;
  while (at < limit && isBlank(load<u8>(at), delimiter)) at += 1;
  if (at >= end) return isLast ? end : UNDECIDED;
  const byte = load<u8>(at);
  if (byte == delimiter || byte == LF) return at;
  if (byte != CR) return STRAY;
  if (at + 1 == end) return isLast ? STRAY : UNDECIDED;
  return load<u8>(at + 1) == LF ? at : STRAY;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isBlank(byte: u8, delimiter: u8): bool {
  return (byte == SPACE || byte == TAB) && byte != delimiter;
}

/** Where the records with a stray quote are counted, and where the first of them starts. */
let cellsAt: usize = 0;
/** The start of the last record in which a stray quote was met, until it is counted; or -1. */
let strayAt: i32 = -1;

export function placeStrayQuotes(cells: usize): void {
  cellsAt = cells;
}

/** Notes a record with a stray quote. The one before it has become a record of the batch. */
export function meetStrayQuote(start: i32): void {
  if (strayAt != start) countStrayQuote();
  strayAt = start;
}

/** At the end of a scan: the record that starts at `leftAt` is none of the batch. */
export function settleStrayQuotes(leftAt: i32): void {
  if (strayAt != leftAt) countStrayQuote();
  strayAt = -1;
}

function countStrayQuote(): void {
  if (strayAt < 0) return;
  const records = load<i32>(cellsAt);
  if (records == 0) store<i32>(cellsAt, strayAt, 4);
  store<i32>(cellsAt, records + 1);
}
