/**
 * Splits quarantined records into the columns of their table. AssemblyScript, part of
 * `rows-kernel.ts`.
 *
 * It takes plain records only: their values are known, and no quote stands at the start of a field;
 * any other quote is an ordinary character. It stops at any other record, which is for
 * `quarantine-rows.ts`: there the rule of quotes is looked up.
 */

const QUOTE: u8 = 0x22;

/** By text column 8 bytes: its heap, its offsets. The record itself is the first of them. */
let textsAt: usize = 0;
/** By column of the file one byte: its text column; 255: nobody asks for it. */
let columnsAt: usize = 0;
let columnCount: i32 = 0;
/** What stands between fields. */
let delimiter: u8 = 0;
/** Bits of issues with which a record's values are not known. */
let unknownIssues: u32 = 0;
/** A longer record is cut, which is not done here. */
let maxBytes: u32 = 0;

export function placeTexts(texts: usize, columns: usize, issues: u32, bytes: u32): void {
  textsAt = texts;
  columnsAt = columns;
  unknownIssues = issues;
  maxBytes = bytes;
}

/** Says how many columns the file has and what is between them; the bytes at `columns` are set. */
export function setColumns(count: i32, between: u8): void {
  columnCount = count;
  delimiter = between;
}

/** Appends a value to a text column as its row. Writes up to 15 bytes more. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function append(text: i32, row: i32, from: usize, length: u32): void {
  const heap = load<usize>(textsAt + (text << 3));
  const offset = load<usize>(textsAt + (text << 3), 4) + (row << 2);
  const size = load<u32>(offset);
  for (let done: u32 = 0; done < length; done += 16) {
    v128.store(heap + size + done, v128.load(from + done));
  }
  store<u32>(offset, size + length, 4);
}

/** False, and nothing is lost, if the record is not a plain one. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function addRecord(start: usize, end: usize, row: i32): bool {
  let column = 0;
  let fieldStart = start;
  const delimiters = i8x16.splat(delimiter);
  // Bit 0: a field starts with the block.
  let atStart: u32 = 1;
  for (let block = start; block < end; block += 16) {
    const bytes = v128.load(block);
    const left = end - block;
    const known: u32 = left >= 16 ? 0xffff : (1 << <u32>left) - 1;
    const quotes = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(QUOTE))) & known;
    let bits: u32 = i8x16.bitmask(i8x16.eq(bytes, delimiters)) & known;
    if ((quotes & ((bits << 1) | atStart)) != 0) return false;
    atStart = bits >> 15;
    while (bits != 0) {
      const at = block + ctz(bits);
      bits &= bits - 1;
      if (column >= columnCount) return false;
      const text = load<u8>(columnsAt + column);
      if (text != 255) append(text, row, fieldStart, <u32>(at - fieldStart));
      fieldStart = at + 1;
      column += 1;
    }
  }
  if (column + 1 != columnCount) return false;
  const text = load<u8>(columnsAt + column);
  if (text != 255) append(text, row, fieldStart, <u32>(end - fieldStart));
  append(0, row, start, <u32>(end - start));
  return true;
}

/**
 * Takes records from `from` on as rows from `row` on, until there are `maxRows`, or as many bytes
 * of records as `maxHeapBytes`, or one is not plain. Returns how many were taken.
 */
export function splitRecords(
  raw: usize,
  rawEnds: usize,
  issues: usize,
  from: i32,
  to: i32,
  row: i32,
  maxRows: i32,
  maxHeapBytes: u32,
): i32 {
  const heapSizes = load<usize>(textsAt, 4);
  let record = from;
  while (record < to && row < maxRows) {
    if (load<u32>(heapSizes + (row << 2)) >= maxHeapBytes) break;
    const start = record == 0 ? 0 : load<u32>(rawEnds + (record << 2) - 4);
    const end = load<u32>(rawEnds + (record << 2));
    if ((load<u32>(issues + (record << 2)) & unknownIssues) != 0) break;
    if (end - start > maxBytes || !addRecord(raw + start, raw + end, row)) break;
    record += 1;
    row += 1;
  }
  return record - from;
}
