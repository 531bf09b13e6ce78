import { CR, LF, QUOTE, SPACE, TAB } from '../bytes/bytes.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';

/** Within this distance a loop is faster than a call of `indexOf`. */
const NEAR_BYTES = 64;

/** The record that holds a quote. */
interface QuoteContext {
  /** Where that record starts. */
  readonly start: number;
  readonly end: number;
  /** The input, or the record without its line end, ends at `end`. */
  readonly isLast: boolean;
  readonly delimiter: number;
}

/** What a quote at the start of a field is. */
export type QuoteKind = 'opens' | 'stray' | 'undecided';

/**
 * The rule of quotes (contract §1.1): a quote at the start of a field opens it if its closing quote
 * and the blanks after that lie in the first MiB of the record, and the delimiter, a line end or
 * the end of the file follows. Any other quote is stray: an ordinary character. Linear time,
 * whatever the file: a look ends at the next run of quotes with an odd number of them (an even one
 * is all pairs), or after 1 MiB. So two looks pass over one byte only if one of them begins at an
 * even run, and that one ends with its run. The kernel and the split of a record look in the same
 * way.
 */
export class QuoteLook {
  /** Position of the closing quote, set when a quote opens a field. */
  close = 0;
  /** Position of the delimiter, line end or end of input after the closing quote. */
  behind = 0;
  /** True if the quoted field holds a doubled quote. */
  hasEscape = false;

  /**
   * What the quote at `quote` is. `undecided`: more bytes are needed; never where there are 1 MiB +
   * 2 from the start of the record on.
   */
  at(bytes: Uint8Array, quote: number, { start, end, isLast, delimiter }: QuoteContext): QuoteKind {
    const reach = start + MAX_RECORD_BYTES;
    const limit = Math.min(end, reach);
    let at = quote + 1;
    let hasEscape = false;
    for (;;) {
      at = nextQuote(bytes, at, limit);
      if (at >= limit) return isLast || reach <= end ? 'stray' : 'undecided';
      if (at + 1 === end && !isLast) return 'undecided';
      if (at + 1 === end || bytes[at + 1] !== QUOTE) break;
      hasEscape = true;
      at += 2;
    }
    this.close = at;
    this.hasEscape = hasEscape;
    at += 1;
    while (at < limit && isBlank(bytes[at], delimiter)) at++;
    this.behind = at;
    if (at >= end) return isLast ? 'opens' : 'undecided';
    if (bytes[at] === delimiter || bytes[at] === LF) return 'opens';
    if (bytes[at] !== CR) return 'stray';
    if (at + 1 === end) return isLast ? 'stray' : 'undecided';
    return bytes[at + 1] === LF ? 'opens' : 'stray';
  }
}

/** The position of the first quote in `[from, end)`; `end` or `end + 1` if there is none. */
function nextQuote(bytes: Uint8Array, from: number, end: number): number {
  const near = Math.min(from + NEAR_BYTES, end);
  let at = from;
  while (at < near && bytes[at] !== QUOTE) at++;
  if (at < near || at >= end) return at;
  const found = bytes.subarray(at, end).indexOf(QUOTE);
  return found < 0 ? end : at + found;
}

function isBlank(byte: number, delimiter: number): boolean {
  return (byte === SPACE || byte === TAB) && byte !== delimiter;
}
