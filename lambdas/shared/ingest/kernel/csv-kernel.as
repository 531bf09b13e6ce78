/**
 * Finds the records and fields of plain CSV, 64 bytes at a time. AssemblyScript: TypeScript's
 * syntax, WebAssembly's types, no garbage collector. `npm run build:wasm` compiles it into
 * `csv-kernel-code.ts`.
 *
 * How it works: one SIMD instruction compares 16 bytes with the delimiter at once and another one packs
 * the 16 answers into 16 bits. Four such packs are one word that says where in 64 bytes a
 * delimiter, a line end or a quote stands. Most bytes are none of these and cost nothing more; the others are
 * visited by counting the word's trailing zeros.
 *
 * What it does not do: any record that has an issue, or a value that differs from its bytes. There
 * it stops and leaves the record to `csv-scanner.ts`, which alone knows those rules (contract §1.1,
 * §2).
 *
 * All addresses are positions in the one memory that `csv-kernel.ts` lays out. The window stands at
 * 0, and 64 bytes that nobody uses follow it, so that loads may reach past its end.
 */

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const QUOTE: u8 = 0x22;

/** Bytes that one word of bits stands for. */
const BLOCK: i32 = 64;

/** Where the number of records is kept between two calls. */
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
  columnsAt = columns;
  maxRecordBytes = maxBytes;
}

/** Says how many columns the file has and what is between them; the bytes at `columnsAt` are set. */
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

/** The position of the first quote in `[from, end)`, or one at or after `end`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function nextQuote(from: i32, end: i32): i32 {
  for (let at = from; at < end; at += 16) {
    const isQuote = i8x16.eq(v128.load(at), i8x16.splat(QUOTE));
    const bits = i8x16.bitmask(isQuote);
    if (bits != 0) return at + ctz(bits);
  }
  return end;
}

/**
 * The closing quote of the field that opens at `quote`, if the value is what stands between the two:
 * a delimiter or a line end follows. Otherwise -1: `""`, text behind the quote, a CR that belongs to the
 * value, or no end in sight.
 */
function closingQuote(quote: i32, end: i32): i32 {
  const close = nextQuote(quote + 1, end);
  if (close >= end) return -1;
  const next = close + 1;
  const byte = load<u8>(next);
  if (byte == delimiter || byte == LF) return close;
  return byte == CR && next + 1 < end && load<u8>(next + 1) == LF ? close : -1;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addRecord(index: i32, start: i32, end: i32): void {
  const record = spansAt + (index << 2);
  store<i32>(record, start);
  store<i32>(record + rowBytes, end);
  store<i32>(record + 2 * rowBytes, 0);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function leaveToCaller(start: i32, count: i32): i32 {
  store<i32>(countAt, count);
  return ~start;
}

/**
 * Adds the records of `[from, end)` that start before `startBefore`, as many as there is room for.
 * `count` records are there already. A line end stands at `end`, as a sentinel. Returns the first
 * position that was not consumed; or its complement (`~`), a negative number, if the record there is
 * one for `csv-scanner.ts`.
 */
export function scan(from: i32, end: i32, startBefore: i32, isLast: bool, count: i32): i32 {
  // Copies: a global is loaded again after every store.
  const stride = rowBytes;
  const starts = spansAt + 3 * stride;
  const startsToEnds = fieldRows * stride;
  const columns = columnsAt;
  const known = columnCount;
  const between = delimiter;
  const delimiters = i8x16.splat(between);
  let at = from;
  let block = from;
  let bits = separators(block, delimiters);
  while (count < capacity && at < startBefore) {
    const start = at;
    let column = 0;
    let fieldStart = at;
    /** Where the record's last field ends, if it is quoted. */
    let quotedEnd = -1;
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
        fieldEnd = closingQuote(at, end);
        if (fieldEnd < 0) return leaveToCaller(start, count);
        fieldStart += 1;
        // What the quotes hold may be longer than a block: go on from the byte behind them.
        at = fieldEnd + 1;
        block = at;
        bits = separators(block, delimiters);
        if (load<u8>(at) != between) {
          quotedEnd = fieldEnd;
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
    if (at >= end && !isLast) {
      at = start;
      break;
    }
    const lineEnd = at < end && at > start && load<u8>(at - 1) == CR ? at - 1 : at;
    at += 1;
    if (lineEnd == start) continue;
    if (column + 1 != known || lineEnd - start > maxRecordBytes) {
      return leaveToCaller(start, count);
    }
    const slot = starts + load<u8>(columns + column) * stride + (count << 2);
    store<i32>(slot, fieldStart);
    store<i32>(slot + startsToEnds, quotedEnd < 0 ? lineEnd : quotedEnd);
    addRecord(count, start, lineEnd);
    count += 1;
  }
  store<i32>(countAt, count);
  return min(at, end);
}
