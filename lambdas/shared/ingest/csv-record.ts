import { CR, LF, QUOTE } from '../bytes/bytes.ts';
import { assert } from '../model/errors.ts';
import { QuoteLook } from './csv-quotes.ts';

/** What it says of a quote is used at once. */
const look = new QuoteLook();

/** Finds the end of one record across any number of windows. One object serves one record. */
export class CsvRecordEnd {
  readonly #delimiter: number;
  #isAtFieldStart = true;
  #isContinued = false;
  #isUndecided = false;
  #hasStrayQuote = false;

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
  }

  /** True once a field of the record begins with a stray quote (contract §1.1). */
  get hasStrayQuote(): boolean {
    return this.#hasStrayQuote;
  }

  /**
   * The position of the LF that ends the record, or -1 if it is not in `[from, end)` or a quote's
   * role is not known yet. The record starts at the first `from`; the next window may start 1 MiB +
   * 2 bytes later: from there on no quote opens a field.
   */
  find(bytes: Uint8Array, from: number, end: number, isLast: boolean): number {
    assert(!this.#isUndecided, 'the first window decides what quotes are');
    const delimiter = this.#delimiter;
    const context = { start: from, end, isLast, delimiter };
    let isAtFieldStart = this.#isAtFieldStart;
    let found = -1;
    for (let at = from; at < end; at++) {
      const byte = bytes[at];
      if (byte === QUOTE && isAtFieldStart) {
        const kind = this.#isContinued ? 'stray' : look.at(bytes, at, context);
        if (kind === 'undecided') {
          this.#isUndecided = true;
          return -1;
        }
        if (kind === 'opens') at = look.behind - 1;
        else this.#hasStrayQuote = true;
        isAtFieldStart = false;
      } else if (byte === LF) {
        found = at;
        break;
      } else {
        isAtFieldStart = byte === delimiter;
      }
    }
    this.#isAtFieldStart = isAtFieldStart;
    this.#isContinued = true;
    return found;
  }
}

/**
 * Called with each field of a record, unquoted: its span in the buffer that was handed to
 * `splitRecord`.
 */
export type FieldVisitor = (column: number, start: number, end: number) => void;

/**
 * Splits a whole record `[start, end)` of at most 1 MiB, line end not included, into its fields. A
 * value that differs from its bytes is written to `bytes` at `roomAt`, where there must be room for
 * `end - start` bytes. Returns the first free byte after that.
 *
 * Quotes are here what they are in the file: one that opens a field there closes in this record,
 * and what ends the record may follow a closing quote.
 */
export function splitRecord(
  bytes: Uint8Array,
  start: number,
  end: number,
  roomAt: number,
  delimiter: number,
  visit: FieldVisitor,
): number {
  const context = { start, end, isLast: true, delimiter };
  let room = roomAt;
  let column = 0;
  let at = start;
  for (;;) {
    let fieldStart = at;
    let fieldEnd: number;
    const isQuote = at < end && bytes[at] === QUOTE;
    if (isQuote && look.at(bytes, at, context) === 'opens') {
      at = look.behind;
      if (look.hasEscape) {
        const from = fieldStart + 1;
        fieldStart = room;
        room = copyUnquoted(bytes, from, look.close, room);
        fieldEnd = room;
      } else {
        fieldStart += 1;
        fieldEnd = look.close;
      }
    } else {
      while (at < end && bytes[at] !== delimiter) at++;
      fieldEnd = at;
    }
    visit(column, fieldStart, fieldEnd);
    if (at >= end) return room;
    at += 1;
    column += 1;
  }
}

/** What the quotes hold, with `""` as one quote. Returns where the copy ends. */
function copyUnquoted(bytes: Uint8Array, from: number, close: number, target: number): number {
  let to = target;
  for (let at = from; at < close; at++) {
    bytes[to++] = bytes[at];
    if (bytes[at] === QUOTE) at += 1;
  }
  return to;
}

/**
 * The end of a record's content, for a line end (LF) at `lineEnd`: a CR directly before it belongs
 * to the line end.
 */
export function withoutCarriageReturn(bytes: Uint8Array, start: number, lineEnd: number): number {
  return lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
}
