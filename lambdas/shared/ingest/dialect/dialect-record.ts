import { CR, LF, trimmedEnd, trimmedStart, UPPER_N } from '../../bytes/bytes.ts';
import type { Dialect } from '../../model/config-input.ts';
import { assert } from '../../model/errors.ts';
import type { CsvLayout } from '../csv-layout.ts';
import type { FieldVisitor } from '../csv-record.ts';
import { behindEscape, DialectQuotes } from './dialect-quotes.ts';
import { type DialectRules, dialectRules, isBlankOf, NO_BYTE } from './dialect-rules.ts';
import { lineFeedIn } from './passed-lines.ts';

/** What it says of a quote is used at once. */
const quotes = new DialectQuotes();

/** What an escape character at the end of a window makes ordinary. */
const OPEN_ESCAPE = { none: 0, character: 1, lineFeed: 2 } as const;

/**
 * Finds the end of one record, or of one comment, across any number of windows, as `CsvRecordEnd`
 * does for CSV without a mapping. One object serves one record.
 */
export class DialectRecordEnd {
  readonly #rules: DialectRules;
  #isAtFieldStart = true;
  #isContinued = false;
  #isUndecided = false;
  #hasStrayQuote = false;
  #isComment = false;
  #openEscape: number = OPEN_ESCAPE.none;

  constructor(rules: DialectRules) {
    this.#rules = rules;
  }

  /** True once a field of the record begins with a stray quote (contract §1.1). */
  get hasStrayQuote(): boolean {
    return this.#hasStrayQuote;
  }

  /** True for a line that is no record, after the first `find`. */
  get isComment(): boolean {
    return this.#isComment;
  }

  /**
   * The position of the LF that ends the record, or -1 if it is not in `[from, end)` or a quote's
   * role is not known yet. The record starts at the first `from`; the next window may start 1 MiB +
   * 2 bytes later: from there on no quote opens a field.
   */
  find(bytes: Uint8Array, from: number, end: number, isLast: boolean): number {
    assert(!this.#isUndecided, 'the first window decides what quotes are');
    if (!this.#isContinued) this.#isComment = from < end && bytes[from] === this.#rules.commentByte;
    const found = this.#isComment
      ? lineFeedIn(bytes, from, end)
      : this.#findEnd(bytes, from, end, isLast);
    this.#isContinued = true;
    return found;
  }

  #findEnd(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    const rules = this.#rules;
    const { delimiter, quoteByte, escapeByte, skipsBlanks } = rules;
    const first = this.#passOpenEscape(bytes, start, end);
    let isAtFieldStart = this.#isAtFieldStart;
    for (let at = first; at < end; at++) {
      const byte = bytes[at];
      if (byte === LF) return at;
      if (byte === escapeByte) {
        const next = behindEscape(bytes, at, end, false);
        if (next < 0) {
          this.#openEscape = at + 1 < end ? OPEN_ESCAPE.lineFeed : OPEN_ESCAPE.character;
          return -1;
        }
        at = next - 1;
        isAtFieldStart = false;
      } else if (byte === quoteByte && isAtFieldStart) {
        const context = { start, end, isLast };
        const kind = this.#isContinued ? 'stray' : quotes.at(bytes, at, rules, context);
        if (kind === 'undecided') {
          this.#isUndecided = true;
          return -1;
        }
        if (kind === 'opens') at = quotes.behind - 1;
        else this.#hasStrayQuote = true;
        isAtFieldStart = false;
      } else if (!isAtFieldStart || !skipsBlanks || !isBlankOf(byte, delimiter)) {
        isAtFieldStart = byte === delimiter;
      }
    }
    this.#isAtFieldStart = isAtFieldStart;
    return -1;
  }

  /** Where to go on in a window that begins behind an escape character. */
  #passOpenEscape(bytes: Uint8Array, from: number, end: number): number {
    const open = this.#openEscape;
    if (open === OPEN_ESCAPE.none || from === end) return from;
    this.#isAtFieldStart = false;
    this.#openEscape = OPEN_ESCAPE.none;
    if (open === OPEN_ESCAPE.lineFeed) return bytes[from] === LF ? from + 1 : from;
    if (bytes[from] !== CR) return from + 1;
    if (from + 1 < end) return bytes[from + 1] === LF ? from + 2 : from + 1;
    this.#openEscape = OPEN_ESCAPE.lineFeed;
    return from + 1;
  }
}

/** How the records of a CSV file are written. */
export interface RecordForm {
  readonly layout: CsvLayout;
  readonly dialect: Dialect;
}

/**
 * Splits a whole record `[start, end)` of at most 1 MiB, line end not included, into its fields, as
 * the format of `dialectFormat` does; the delimiter is that of `layout`. A value that differs from
 * its bytes is written to `bytes` at `roomAt`, where there must be room for `end - start` bytes.
 * Returns the first free byte after that. Missing fields of a short record are not visited.
 */
export function splitDialect(
  bytes: Uint8Array,
  start: number,
  end: number,
  roomAt: number,
  layout: Pick<CsvLayout, 'delimiter'>,
  dialect: Dialect,
  visit: FieldVisitor,
): number {
  return splitByRules(
    bytes,
    { start, end, roomAt },
    dialectRules(dialect, layout.delimiter),
    visit,
  );
}

/** `splitDialect` for rules that are known. */
export function splitByRules(
  bytes: Uint8Array,
  { start, end, roomAt }: { start: number; end: number; roomAt: number },
  rules: DialectRules,
  visit: FieldVisitor,
): number {
  const { delimiter, quoteByte, escapeByte, skipsBlanks } = rules;
  const context = { start, end, isLast: true };
  let room = roomAt;
  let at = start;
  for (let column = 0; ; column++) {
    if (skipsBlanks) while (at < end && isBlankOf(bytes[at], delimiter)) at++;
    let from = at;
    let to: number;
    let isCopied: boolean;
    const isQuoted =
      at < end && bytes[at] === quoteByte && quotes.at(bytes, at, rules, context) === 'opens';
    if (isQuoted) {
      from += 1;
      to = quotes.close;
      at = quotes.behind;
      isCopied = quotes.hasEscape;
    } else {
      isCopied = false;
      while (at < end && bytes[at] !== delimiter) {
        if (bytes[at] !== escapeByte) at += 1;
        else {
          isCopied = true;
          at = behindEscape(bytes, at, end, true);
        }
      }
      to = at;
      isCopied &&= !isNullSign(bytes, from, to);
    }
    if (isCopied) {
      const roomEnd = copyPlain(bytes, from, to, room, {
        quoteByte: isQuoted ? quoteByte : NO_BYTE,
        escapeByte,
      });
      visit(column, room, roomEnd);
      room = roomEnd;
    } else visit(column, from, to);
    if (at >= end) return room;
    at += 1;
  }
}

/**
 * An escaped N alone, as in `\N`: databases write so that there is no value, and contract §2 reads
 * it so.
 */
function isNullSign(bytes: Uint8Array, start: number, end: number): boolean {
  const from = trimmedStart(bytes, start, end);
  return trimmedEnd(bytes, from, end) === from + 2 && bytes[from + 1] === UPPER_N;
}

/**
 * What a field means, without escape characters, and with a doubled quote as one. Returns where the
 * copy ends. An escape character that ends the input is one of its value.
 */
function copyPlain(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: number,
  { quoteByte, escapeByte }: Pick<DialectRules, 'quoteByte' | 'escapeByte'>,
): number {
  let to = target;
  for (let at = start; at < end; at++) {
    const isEscape = bytes[at] === escapeByte && at + 1 < end;
    // Between quotes each quote that is not escaped is the first of two.
    if (isEscape || bytes[at] === quoteByte) at += 1;
    bytes[to++] = bytes[at];
  }
  return to;
}
