import { COMMA, LF, QUOTE, TAB } from '../bytes/bytes.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';
import { behindEscape, DialectQuotes } from './dialect/dialect-quotes.ts';
import { type DialectRules, isBlankOf } from './dialect/dialect-rules.ts';

/** In the order in which the header is searched for them (contract §1.1). */
export const DELIMITERS: readonly number[] = [COMMA, 0x3b, TAB, 0x7c];

/** `sep=;`, in quotes or without, and its line end, unless the file ends there. */
const SEPARATOR_LINE = /^(?:sep=([^"\r\n])|"sep=([^"\r\n])")(?:\r?\n|$)/i;
const SEPARATOR_LINE_BYTES = '"sep=;"\r\n'.length;
const FIRST_CHARACTERS = [0x73, 0x53, QUOTE];
const MAX_ASCII = 0x7f;

/** What it says of a quote is used at once. */
const quotes = new DialectQuotes();

/** A first line that only names the delimiter, as spreadsheets write and read it. */
export interface SeparatorLine {
  readonly delimiter: number;
  /** Where the next line begins. */
  readonly end: number;
}

/**
 * Reads a separator line (`sep=;`) at `start`. Null if there is none; `incomplete` if more bytes
 * are needed to tell.
 */
export function separatorLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  isLast: boolean,
): SeparatorLine | 'incomplete' | null {
  if (!FIRST_CHARACTERS.includes(bytes[start])) return null;
  const lineBytes = bytes.subarray(start, Math.min(end, start + SEPARATOR_LINE_BYTES));
  if (lineBytes.length < SEPARATOR_LINE_BYTES && !isLast) return 'incomplete';
  const match = SEPARATOR_LINE.exec(Buffer.from(lineBytes).toString('latin1'));
  if (match === null) return null;
  const delimiter = (match[1] ?? match[2]).charCodeAt(0);
  return delimiter > MAX_ASCII ? null : { delimiter, end: start + match[0].length };
}

/** A window whose record of interest starts at `start`. */
interface Window {
  readonly start: number;
  readonly end: number;
  /** The input ends at `end`. */
  readonly isLast: boolean;
}

/**
 * The delimiter of the record at `start`: the first of comma, `;`, tab and `|` found outside quotes
 * and not escaped, else a comma. Quotes are read as in contract §1.1, with each of the four as a
 * delimiter in place of that of `rules`. Null: more bytes are needed to tell.
 */
export function headerDelimiter(
  bytes: Uint8Array,
  window: Window,
  rules: DialectRules,
): number | null {
  const { start, end, isLast } = window;
  const limit = Math.min(end, start + MAX_RECORD_BYTES);
  const isWhole = isLast || limit < end;
  const isThere = DELIMITERS.map(() => false);
  let isFieldStart = true;
  let at = start;
  for (; at < limit && bytes[at] !== LF; at++) {
    if (bytes[at] === rules.escapeByte) {
      const next = behindEscape(bytes, at, end, isLast);
      if (next < 0) return null;
      at = next - 1;
      isFieldStart = false;
      continue;
    }
    if (isFieldStart && bytes[at] === rules.quoteByte) {
      const next = behindQuotes(bytes, at, rules, window);
      if (next === null) return null;
      at = next - 1;
      isFieldStart = false;
      continue;
    }
    if (bytes[at] === COMMA) return COMMA;
    const index = DELIMITERS.indexOf(bytes[at]);
    if (index >= 0) isThere[index] = true;
    const isSkipped: boolean = isFieldStart && rules.skipsBlanks && isBlankOf(bytes[at], TAB);
    isFieldStart = index >= 0 || isSkipped;
  }
  if (at >= limit && !isWhole) return null;
  return DELIMITERS.find((_, index) => isThere[index]) ?? COMMA;
}

/**
 * The position after a quoted field, or after the quote at `quote` if that opens none. Null: more
 * bytes are needed to tell.
 */
function behindQuotes(
  bytes: Uint8Array,
  quote: number,
  rules: DialectRules,
  window: Window,
): number | null {
  const kinds = DELIMITERS.map((delimiter) =>
    quotes.at(bytes, quote, { ...rules, delimiter }, window),
  );
  if (kinds.includes('undecided')) return null;
  // The delimiter decides whether a field closes, not where.
  return kinds.includes('opens') ? quotes.close + 1 : quote + 1;
}
