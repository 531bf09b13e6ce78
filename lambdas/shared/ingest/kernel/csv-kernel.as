/**
 * Finds the records and fields of plain CSV, 64 bytes at a time. AssemblyScript: TypeScript's syntax, WebAssembly's
 * types, no garbage collector. `node lambdas/shared/ingest/kernel/build-kernel.ts` compiles it into `csv-kernel-code.ts`.
 *
 * How it works: one SIMD instruction compares 16 bytes with a comma at once and another one packs the 16 answers into 16
 * bits. Four such packs are one word that says where in 64 bytes a comma, a line end or a quote stands. Most bytes are
 * none of these and cost nothing more; the others are visited by counting the word's trailing zeros.
 *
 * What it does not do: any record that has an issue, or a value that differs from its bytes. There it stops and leaves
 * the record to `csv-scanner.ts`, which alone knows those rules (contract §1.1, §2).
 *
 * All addresses are positions in the one memory that `csv-kernel.ts` lays out. It ends with 64 bytes that nobody uses,
 * so that loads may reach past the window.
 */

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;

/** Bytes that one word of bits stands for. */
const BLOCK: i32 = 64;

/** Where the number of records is kept between two calls. */
let countAt: usize = 0;
/** By column of the file, one byte: the row of the span tables in which its fields go. */
let columnsAt: usize = 0;
let columnCount: i32 = 0;
/** Three rows (starts, ends and issues of records), then the starts of fields, then the ends of fields. */
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

/** Says how many columns the file has; the bytes at `columnsAt` are set. */
export function setColumnCount(count: i32): void {
  columnCount = count;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function separators16(at: usize): u64 {
  const bytes = v128.load(at);
  const commas = i8x16.eq(bytes, i8x16.splat(COMMA));
  const lineEnds = i8x16.eq(bytes, i8x16.splat(LF));
  const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE));
  return <u64>(<u32>i8x16.bitmask(v128.or(v128.or(commas, lineEnds), quotes)));
}

/** Bit i: byte `at + i` is a comma, a line end or a quote. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function separators(at: usize): u64 {
  return (
    separators16(at) |
    (separators16(at + 16) << 16) |
    (separators16(at + 32) << 32) |
    (separators16(at + 48) << 48)
  );
}

/** The position of the first quote in `[from, end)`, or a position at or after `end`. */
function nextQuote(from: i32, end: i32): i32 {
  for (let at = from; at < end; at += 16) {
    const isQuote = i8x16.eq(v128.load(at), i8x16.splat(QUOTE));
    const bits = i8x16.bitmask(isQuote);
    if (bits != 0) return at + ctz(bits);
  }
  return end;
}

/**
 * Whether a quoted field ends as it is: a comma or a line end follows its closing quote. Otherwise `""`, or text behind
 * the quote, or a CR that belongs to the value.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function isFieldEnd(at: i32, end: i32): bool {
  const byte = load<u8>(at);
  if (byte == COMMA || byte == LF) return true;
  return byte == CR && at + 1 < end && load<u8>(at + 1) == LF;
}

/**
 * Adds the records of `[from, end)` that start before `startBefore`, as many as there is room for. `count` records are
 * there already. A line end stands at `end`, as a sentinel. Returns the first position that was not consumed; or its
 * complement (`~`), a negative number, if the record there is one for `csv-scanner.ts`.
 */
export function scan(from: i32, end: i32, startBefore: i32, isLast: bool, count: i32): i32 {
  const stride = rowBytes;
  const starts = spansAt + 3 * stride;
  const startsToEnds = fieldRows * stride;
  const columns = columnsAt;
  const known = columnCount;
  let at = from;
  let block = from;
  let bits = separators(block);
  while (count < capacity && at < startBefore) {
    const start = at;
    let fieldStart = at;
    /** Where the last field's closing quote stands, if it has one. */
    let closingQuote = -1;
    let column = 0;
    for (;;) {
      while (bits == 0) {
        block += BLOCK;
        bits = separators(block);
      }
      at = block + <i32>ctz(bits);
      bits &= bits - 1;
      const byte = load<u8>(at);
      if (byte == COMMA) {
        if (column < known) {
          const slot = starts + load<u8>(columns + column) * stride + (count << 2);
          store<i32>(slot, fieldStart);
          store<i32>(slot + startsToEnds, at);
        }
        column += 1;
        fieldStart = at + 1;
      } else if (byte == LF) {
        break;
      } else if (at == fieldStart) {
        const close = nextQuote(at + 1, end);
        if (close >= end || !isFieldEnd(close + 1, end)) {
          store<i32>(countAt, count);
          return ~start;
        }
        block = close + 1;
        bits = separators(block);
        if (load<u8>(block) == COMMA) {
          bits &= bits - 1;
          if (column < known) {
            const slot = starts + load<u8>(columns + column) * stride + (count << 2);
            store<i32>(slot, fieldStart + 1);
            store<i32>(slot + startsToEnds, close);
          }
          column += 1;
          fieldStart = close + 2;
        } else {
          fieldStart += 1;
          closingQuote = close;
        }
      }
    }
    if (at >= end && !isLast) {
      at = start;
      break;
    }
    const lineEnd = at < end && at > start && load<u8>(at - 1) == CR ? at - 1 : at;
    at += 1;
    if (lineEnd == start) continue;
    if (column + 1 != known || lineEnd - start > maxRecordBytes) {
      store<i32>(countAt, count);
      return ~start;
    }
    const slot = starts + load<u8>(columns + column) * stride + (count << 2);
    store<i32>(slot, fieldStart);
    store<i32>(slot + startsToEnds, closingQuote < 0 ? lineEnd : closingQuote);
    const record = spansAt + (count << 2);
    store<i32>(record, start);
    store<i32>(record + stride, lineEnd);
    store<i32>(record + 2 * stride, 0);
    count += 1;
  }
  store<i32>(countAt, count);
  return min(at, end);
}
