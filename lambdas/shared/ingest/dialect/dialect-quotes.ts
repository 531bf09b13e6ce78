import { CR, LF } from '../../bytes/bytes.ts';
import { MAX_RECORD_BYTES } from '../../model/order.ts';
import type { QuoteKind } from '../csv-quotes.ts';
import { type DialectRules, isBlankOf } from './dialect-rules.ts';

/** The record that holds a quote. */
interface QuoteContext {
  /** Where that record starts. */
  readonly start: number;
  readonly end: number;
  /** The input, or the record without its line end, ends at `end`. */
  readonly isLast: boolean;
}

/**
 * The rule of quotes (contract §1.1) for any quote and escape character; `QuoteLook` is the same
 * for the form that has no mapping. Linear time, as there: an escape character means the same to a
 * look and to what reads on behind a stray quote, so two looks end at one quote at most.
 */
export class DialectQuotes {
  /** Position of the closing quote, set when a quote opens a field. */
  close = 0;
  /** Position of the delimiter, line end or end of input after the closing quote. */
  behind = 0;
  /** True if what the quotes hold differs from its bytes. */
  hasEscape = false;

  /**
   * What the quote at `quote` is. `undecided`: more bytes are needed; never where there are 1 MiB +
   * 2 from the start of the record on.
   */
  at(bytes: Uint8Array, quote: number, rules: DialectRules, context: QuoteContext): QuoteKind {
    const { start, end, isLast } = context;
    const reach = start + MAX_RECORD_BYTES;
    const limit = Math.min(end, reach);
    let at = quote + 1;
    this.hasEscape = false;
    for (;;) {
      while (at < limit && bytes[at] !== rules.quoteByte && bytes[at] !== rules.escapeByte) at++;
      if (at >= limit) return isLast || reach <= end ? 'stray' : 'undecided';
      const isEscape = bytes[at] === rules.escapeByte;
      if (!isEscape && !rules.isDoubled) break;
      if (at + 1 === end && !isLast) return 'undecided';
      if (!isEscape && (at + 1 === end || bytes[at + 1] !== rules.quoteByte)) break;
      const next = isEscape ? behindEscape(bytes, at, end, isLast) : at + 2;
      if (next < 0) return 'undecided';
      this.hasEscape = true;
      at = next;
    }
    this.close = at;
    at += 1;
    while (at < limit && isBlankOf(bytes[at], rules.delimiter)) at++;
    this.behind = at;
    if (at >= end) return isLast ? 'opens' : 'undecided';
    if (bytes[at] === rules.delimiter || bytes[at] === LF) return 'opens';
    if (bytes[at] !== CR) return 'stray';
    if (at + 1 === end) return isLast ? 'stray' : 'undecided';
    return bytes[at + 1] === LF ? 'opens' : 'stray';
  }
}

/**
 * The position behind the escape character at `at` and what it makes ordinary: a character, or CR
 * and LF together. -1: more bytes are needed to tell.
 */
export function behindEscape(bytes: Uint8Array, at: number, end: number, isLast: boolean): number {
  const next = at + 1;
  if (next >= end) return isLast ? end : -1;
  if (bytes[next] !== CR) return next + 1;
  if (next + 1 >= end) return isLast ? end : -1;
  return bytes[next + 1] === LF ? next + 2 : next + 1;
}
