import { CR, LF, QUOTE } from './bytes.ts';

/** Where the scan of a record stands between two windows (RFC 4180 as contract §1.1 reads it). */
const AT_FIELD_START = 0;
const IN_PLAIN = 1;
const IN_QUOTES = 2;
const AFTER_QUOTE = 3;

/** Finds the end of one record, over as many windows as it takes. One object serves one record. */
export class CsvRecordEnd {
  readonly #delimiter: number;
  #state = AT_FIELD_START;

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
  }

  /** True when the input may not end here: the record is inside quotes. */
  get isInQuotes(): boolean {
    return this.#state === IN_QUOTES;
  }

  /**
   * The position of the line end (LF) that ends the record, or -1 if it is not in `[from, end)`.
   */
  find(bytes: Uint8Array, from: number, end: number): number {
    const delimiter = this.#delimiter;
    let state = this.#state;
    for (let at = from; at < end; at++) {
      const byte = bytes[at];
      if (state === IN_QUOTES) {
        if (byte === QUOTE) state = AFTER_QUOTE;
      } else if (byte === QUOTE && (state === AT_FIELD_START || state === AFTER_QUOTE)) {
        state = IN_QUOTES; // Opens the field, or is the second half of `""`.
      } else if (byte === LF) {
        this.#state = AT_FIELD_START;
        return at;
      } else {
        state = byte === delimiter ? AT_FIELD_START : IN_PLAIN;
      }
    }
    this.#state = state;
    return -1;
  }
}

/**
 * Called with each field of a record, unquoted: its span in the buffer that was handed to
 * `splitRecord`.
 */
export type FieldVisitor = (column: number, start: number, end: number) => void;

/**
 * Splits a whole record `[start, end)`, line end not included, into its fields. A value that
 * differs from its bytes is written to `bytes` at `roomAt`, where there must be room for
 * `end - start` bytes. Returns the first free byte after that.
 */
export function splitRecord(
  bytes: Uint8Array,
  start: number,
  end: number,
  roomAt: number,
  delimiter: number,
  visit: FieldVisitor,
): number {
  let room = roomAt;
  let column = 0;
  let at = start;
  for (;;) {
    let fieldStart = at;
    let fieldEnd: number;
    if (at < end && bytes[at] === QUOTE) {
      const close = closingQuote(bytes, at + 1, end);
      at = fieldLimit(bytes, Math.min(close.at + 1, end), end, delimiter);
      if (!close.hasEscape && at === close.at + 1) {
        fieldStart += 1;
        fieldEnd = close.at;
      } else {
        const valueEnd = copyUnquoted(bytes, fieldStart + 1, close.at, at, room);
        fieldStart = room;
        fieldEnd = valueEnd;
        room = valueEnd;
      }
    } else {
      at = fieldLimit(bytes, at, end, delimiter);
      fieldEnd = at;
    }
    visit(column, fieldStart, fieldEnd);
    if (at >= end) return room;
    at += 1;
    column += 1;
  }
}

function fieldLimit(bytes: Uint8Array, from: number, end: number, delimiter: number): number {
  let at = from;
  while (at < end && bytes[at] !== delimiter) at++;
  return at;
}

function closingQuote(
  bytes: Uint8Array,
  from: number,
  end: number,
): { at: number; hasEscape: boolean } {
  let hasEscape = false;
  for (let at = from; at < end; at++) {
    if (bytes[at] !== QUOTE) continue;
    if (at + 1 >= end || bytes[at + 1] !== QUOTE) return { at, hasEscape };
    hasEscape = true;
    at += 1;
  }
  return { at: end, hasEscape };
}

/**
 * Quoted part with `""` as one quote, then what stands between the closing quote and the limit, as
 * it is.
 */
function copyUnquoted(
  bytes: Uint8Array,
  from: number,
  close: number,
  limit: number,
  target: number,
): number {
  let to = target;
  for (let at = from; at < close; at++) {
    bytes[to++] = bytes[at];
    if (bytes[at] === QUOTE) at += 1;
  }
  for (let at = close + 1; at < limit; at++) bytes[to++] = bytes[at];
  return to;
}

/** The end of a record whose line end is at `lineEnd`: a CR before it belongs to the line end. */
export function withoutCarriageReturn(bytes: Uint8Array, start: number, lineEnd: number): number {
  return lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
}
