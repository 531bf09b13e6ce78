/**
 * Finds the records and fields of plain CSV, 64 bytes at a time. AssemblyScript: TypeScript's
 * syntax, WebAssembly's types, no garbage collector. `npm run build:wasm` compiles it into
 * `csv-kernel-code.ts`.
 *
 * How it works: one SIMD instruction compares 16 bytes with the delimiter at once and another one
 * packs the 16 answers into 16 bits. Four such packs are one word that says where in 64 bytes a
 * delimiter, a line end or a quote stands. Most bytes are none of these and cost nothing more; the
 * others are visited by counting the word's trailing zeros.
 *
 * What it does not do: any record that has an issue, or a value of the seven that differs from what
 * stands between its quotes. There it stops and leaves the record to `csv-scanner.ts`, which alone
 * knows those rules (contract §1.1, §2).
 *
 * All addresses are positions in the one memory that `csv-kernel.ts` lays out. The window stands at
 * 0, and 64 bytes that nobody uses follow it, so that loads may reach past its end.
 */

import {
  closeAt,
  hasEscape,
  meetStrayQuote,
  nextQuote,
  placeStrayQuotes,
  quotedEnd,
  settleStrayQuotes,
  STRAY,
  UNDECIDED,
} from './csv-quotes';

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const QUOTE: u8 = 0x22;

/** Bytes that one word of bits stands for. */
const BLOCK: i32 = 64;

/** Where the number of records is kept between two calls; the numbers of stray quotes follow. */
let countAt: usize = 0;
/** By column of the file, one byte: the row of the span tables in which its fields go. */
let columnsAt: usize = 0;
let columnCount: i32 = 0;
/** What stands between fields. */
let delimiter: u8 = 0;
/** Three rows (starts, ends and issues of records), then the fields' starts, then their ends. */
let spansAt: usize = 0;
/** From one row to the next. */
let rowBytes: i32 = 0;
/** Records for which a row has room. */
let capacity: i32 = 0;
/** Rows of the starts of fields, and of the ends. */
let fieldRows: i32 = 0;
let maxRecordBytes: i32 = 0;

/** Says where things are; once per memory. */
export function place(
  spans: usize,
  bytesOfRow: i32,
  records: i32,
  rows: i32,
  count: usize,
  columns: usize,
  maxBytes: i32,
): void {
  spansAt = spans;
  rowBytes = bytesOfRow;
  capacity = records;
  fieldRows = rows;
  countAt = count;
  placeStrayQuotes(count + 4);
  columnsAt = columns;
  maxRecordBytes = maxBytes;
}

/**
 * Says how many columns the file has and what is between them; the bytes at `columnsAt` are set.
 */
export function setLayout(count: i32, between: u8): void {
  columnCount = count;
  delimiter = between;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function separators16(at: usize, delimiters: v128): u64 {
  const bytes = v128.load(at);
  const between = i8x16.eq(bytes, delimiters);
  const lineEnds = i8x16.eq(bytes, i8x16.splat(LF));
  const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE));
  return <u64>(<u32>i8x16.bitmask(v128.or(v128.or(between, lineEnds), quotes)));
}

/** Bit i: byte `at + i` is a delimiter, a line end or a quote. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function separators(at: usize, delimiters: v128): u64 {
  return (
    separators16(at, delimiters) |
    (separators16(at + 16, delimiters) << 16) |
    (separators16(at + 32, delimiters) << 32) |
    (separators16(at + 48, delimiters) << 48)
  );
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addRecord(index: i32, start: i32, end: i32): void {
  const record = spansAt + (index << 2);
  store<i32>(record, start);
  store<i32>(record + rowBytes, end);
  store<i32>(record + 2 * rowBytes, 0);
}

/** Whether the CR at `at` is part of a line end. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isLineEnd(at: i32, end: i32): bool {
  return at + 1 < end && load<u8>(at + 1) == LF;
}

/** What `scanUsual` answers at a quote that it does not understand. */
const MET_QUOTE: i32 = i32.MIN_VALUE;
/** What `passQuote` answers where the record is one for `csv-scanner.ts`. */
const LEFT_TO_CALLER: i32 = i32.MIN_VALUE;

/** Where a scan is when it stops at a quote, and where it goes on. */
let recordCount: i32 = 0;
let recordAt: i32 = 0;
let columnAt: i32 = 0;
let fieldAt: i32 = 0;
/** Where the value of the record's last field ends, if it is quoted; or -1. */
let valueEndAt: i32 = -1;

/**
 * Adds the records of `[from, end)` that start before `startBefore`, as many as there is room for.
 * `count` records are there already. A line end stands at `end`, as a sentinel. Returns the first
 * position that was not consumed; or its complement (`~`), a negative number, if the record there
 * is one for `csv-scanner.ts`.
 */
export function scan(from: i32, end: i32, startBefore: i32, isLast: bool, count: i32): i32 {
  recordCount = count;
  recordAt = from;
  columnAt = 0;
  fieldAt = from;
  valueEndAt = -1;
  let position = scanUsual(from, end, startBefore, isLast);
  while (position == MET_QUOTE) {
    const next = passQuote(end, isLast);
    if (next >= 0) position = scanUsual(next, end, startBefore, isLast);
    else position = next == UNDECIDED ? recordAt : ~recordAt;
  }
  settleStrayQuotes(position < 0 ? ~position : position);
  store<i32>(countAt, recordCount);
  return position;
}

/**
 * Passes the quote at the start of a field, behind whose next quote neither a delimiter nor a line
 * end stands. Returns where to go on; `UNDECIDED` if the window is too short for that;
 * `LEFT_TO_CALLER`.
 */
function passQuote(end: i32, isLast: bool): i32 {
  const behind = quotedEnd(fieldAt, recordAt + maxRecordBytes, end, isLast, delimiter);
  if (behind == UNDECIDED) return UNDECIDED;
  if (behind == STRAY) {
    meetStrayQuote(recordAt);
    return fieldAt + 1;
  }
  const row = columnAt < columnCount ? <i32>load<u8>(columnsAt + columnAt) : fieldRows - 1;
  if (hasEscape && row != fieldRows - 1) return LEFT_TO_CALLER;
  fieldAt += 1;
  if (load<u8>(behind) != delimiter) {
    valueEndAt = closeAt;
    return behind;
  }
  const slot = spansAt + (3 + row) * rowBytes + (recordCount << 2);
  store<i32>(slot, fieldAt);
  store<i32>(slot + fieldRows * rowBytes, closeAt);
  columnAt += 1;
  fieldAt = behind + 1;
  return fieldAt;
}

/**
 * The loop of `scan`, from `from` on, which stands in the record that is begun. Few variables and
 * no calls, so that all of them stay in registers; exported, so that it stays a function.
 */
export function scanUsual(from: i32, end: i32, startBefore: i32, isLast: bool): i32 {
  // Copies: a global is loaded again after every store.
  const stride = rowBytes;
  const starts = spansAt + 3 * stride;
  const startsToEnds = fieldRows * stride;
  const columns = columnsAt;
  const known = columnCount;
  const between = delimiter;
  const delimiters = i8x16.splat(between);
  let count = recordCount;
  let start = recordAt;
  let column = columnAt;
  let fieldStart = fieldAt;
  let valueEnd = valueEndAt;
  let block = from;
  let bits = separators(block, delimiters);
  while (count < capacity && start < startBefore) {
    let at: i32;
    for (;;) {
      while (bits == 0) {
        block += BLOCK;
        bits = separators(block, delimiters);
      }
      at = block + <i32>ctz(bits);
      bits &= bits - 1;
      const byte = load<u8>(at);
      if (byte == LF) break;
      let fieldEnd = at;
      if (byte == QUOTE) {
        if (at != fieldStart) continue; // An ordinary character.
        // Nearly always the next quote closes the field, and a delimiter or a line end follows.
        const limit = min(start + maxRecordBytes, end - 1);
        fieldEnd = nextQuote(at + 1, limit);
        const next = load<u8>(fieldEnd + 1);
        const isClosing =
          next == between || next == LF || (next == CR && isLineEnd(fieldEnd + 1, end));
        if (fieldEnd >= limit || !isClosing) {
          recordCount = count;
          recordAt = start;
          columnAt = column;
          fieldAt = fieldStart;
          valueEndAt = -1;
          return MET_QUOTE;
        }
        fieldStart += 1;
        // What the quotes hold may be longer than a block: go on from the byte behind them.
        at = fieldEnd + 1;
        block = at;
        bits = separators(block, delimiters);
        if (next != between) {
          valueEnd = fieldEnd;
          continue;
        }
        bits &= bits - 1;
      }
      if (column < known) {
        const slot = starts + load<u8>(columns + column) * stride + (count << 2);
        store<i32>(slot, fieldStart);
        store<i32>(slot + startsToEnds, fieldEnd);
      }
      column += 1;
      fieldStart = at + 1;
    }
    if (at >= end && !isLast) break;
    const lineEnd = at < end && at > start && load<u8>(at - 1) == CR ? at - 1 : at;
    if (lineEnd != start) {
      if (column + 1 != known || lineEnd - start > maxRecordBytes) {
        start = ~start;
        break;
      }
      const slot = starts + load<u8>(columns + column) * stride + (count << 2);
      store<i32>(slot, fieldStart);
      store<i32>(slot + startsToEnds, valueEnd < 0 ? lineEnd : valueEnd);
      addRecord(count, start, lineEnd);
      count += 1;
    }
    start = at + 1;
    column = 0;
    fieldStart = start;
    valueEnd = -1;
  }
  recordCount = count;
  return min(start, end);
}
