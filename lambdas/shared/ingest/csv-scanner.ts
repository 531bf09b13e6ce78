import { isUtf8 } from 'node:buffer';
import { issueBit } from '../model/issue.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';
import { COMMA, CR, LF, QUOTE } from './bytes.ts';
import { CsvRecordEnd, splitRecord, withoutCarriageReturn } from './csv-record.ts';
import { addRejectedRecord, SPAN_BATCH_RECORDS, type SpanBatch } from './span-batch.ts';

/** Which order field stands in which column of a file; -1: a column that orders do not have. */
export type CsvLayout = readonly number[];

const UNTERMINATED_QUOTE = issueBit('unterminated_quote');
const RECORD_TOO_LONG = issueBit('record_too_long');
const INVALID_UTF8 = issueBit('invalid_utf8');
const WRONG_FIELD_COUNT = issueBit('wrong_field_count');

/** Trailing spans of columns that no order has go here: a place that nobody reads. */
interface ScanRange {
  /** First byte to scan; a record starts here. */
  readonly from: number;
  /** End of the window. `bytes[end]` must exist: the scanner puts a line end there as a sentinel. */
  readonly end: number;
  /** Records that start at or after this position belong to somebody else. */
  readonly startBefore: number;
  /** The window's end is the end of the input. */
  readonly isLast: boolean;
}

/**
 * Finds records and their seven values (contract §1.1) until the batch is full, no whole record is left in the window,
 * or the next one starts at or after `startBefore`. Returns the position of the first byte that was not consumed.
 */
export function scanCsv(batch: SpanBatch, layout: CsvLayout, range: ScanRange): number {
  const firstRecord = batch.recordCount;
  const overwritten = batch.bytes[range.end];
  batch.bytes[range.end] = LF;
  const stoppedAt = scanRecords(batch, Int8Array.from(layout), range);
  batch.bytes[range.end] = overwritten;
  if (!isUtf8(batch.bytes.subarray(range.from, stoppedAt))) markInvalidUtf8(batch, firstRecord);
  return stoppedAt;
}

function scanRecords(batch: SpanBatch, layout: Int8Array, range: ScanRange): number {
  const { end, isLast } = range;
  const { bytes, recordStart, recordEnd, recordIssue, flatStarts, flatEnds } = batch;
  const startBefore = Math.min(range.startBefore, end);
  const columnCount = layout.length;
  let count = batch.recordCount;
  let at = range.from;
  records: while (count < SPAN_BATCH_RECORDS && at < startBefore) {
    const start = at;
    let column = 0;
    let fieldStart = at;
    for (;;) {
      let byte = bytes[at];
      if (byte === QUOTE) {
        batch.recordCount = count;
        const next = scanQuotedRecord(batch, layout, start, range);
        count = batch.recordCount;
        at = next < 0 ? start : next;
        if (next < 0) break records;
        continue records;
      }
      // Most bytes are above the comma, so that most of them cost one comparison.
      while (byte > COMMA || (byte !== COMMA && byte !== LF)) byte = bytes[++at];
      if (byte === LF) break;
      if (column < columnCount) {
        const field = layout[column];
        if (field >= 0) {
          flatStarts[field * SPAN_BATCH_RECORDS + count] = fieldStart;
          flatEnds[field * SPAN_BATCH_RECORDS + count] = at;
        }
      }
      column += 1;
      fieldStart = ++at;
    }
    if (at >= end && !isLast) {
      at = start;
      break;
    }
    const lineEnd = at < end && at > start && bytes[at - 1] === CR ? at - 1 : at;
    at += 1;
    if (lineEnd === start) continue;
    if (column < columnCount) {
      const field = layout[column];
      if (field >= 0) {
        flatStarts[field * SPAN_BATCH_RECORDS + count] = fieldStart;
        flatEnds[field * SPAN_BATCH_RECORDS + count] = lineEnd;
      }
    }
    if (column + 1 === columnCount && lineEnd - start <= MAX_RECORD_BYTES) {
      recordStart[count] = start;
      recordEnd[count] = lineEnd;
      recordIssue[count++] = 0;
    } else {
      batch.recordCount = count;
      const isTooLong = lineEnd - start > MAX_RECORD_BYTES;
      addRejectedRecord(batch, start, lineEnd, isTooLong ? RECORD_TOO_LONG : WRONG_FIELD_COUNT);
      count += 1;
    }
  }
  batch.recordCount = count;
  return Math.min(at, end);
}

/** A record with a quoted field. Returns where the next one starts, or -1: the window or the room is too short. */
function scanQuotedRecord(
  batch: SpanBatch,
  layout: Int8Array,
  start: number,
  { end, isLast }: ScanRange,
): number {
  const { bytes } = batch;
  const scan = new CsvRecordEnd();
  const found = scan.find(bytes, start, end);
  if (found < 0 && !isLast) return -1;
  const lineEnd = found < 0 ? end : withoutCarriageReturn(bytes, start, found);
  const next = found < 0 ? end : found + 1;
  if (scan.isInQuotes) {
    addRejectedRecord(batch, start, lineEnd, UNTERMINATED_QUOTE);
    return next;
  }
  if (lineEnd - start > MAX_RECORD_BYTES) {
    addRejectedRecord(batch, start, lineEnd, RECORD_TOO_LONG);
    return next;
  }
  if (bytes.length - batch.roomAt < lineEnd - start) return -1;
  const index = batch.recordCount;
  let columnCount = 0;
  batch.roomAt = splitRecord(bytes, start, lineEnd, batch.roomAt, (column, from, to) => {
    columnCount = column + 1;
    const field = column < layout.length ? layout[column] : -1;
    if (field < 0) return;
    batch.starts[field][index] = from;
    batch.ends[field][index] = to;
  });
  if (columnCount === layout.length) {
    batch.recordStart[index] = start;
    batch.recordEnd[index] = lineEnd;
    batch.recordIssue[index] = 0;
    batch.recordCount += 1;
  } else {
    addRejectedRecord(batch, start, lineEnd, WRONG_FIELD_COUNT);
  }
  return next;
}

/** Bytes that are not UTF-8 come before a wrong field count, after the two issues of length (contract §2). */
function markInvalidUtf8(batch: SpanBatch, firstRecord: number): void {
  for (let index = firstRecord; index < batch.recordCount; index++) {
    const issue = batch.recordIssue[index];
    if (issue === UNTERMINATED_QUOTE || issue === RECORD_TOO_LONG) continue;
    const start = batch.recordStart[index];
    const end = batch.recordEnd[index];
    if (isUtf8(batch.bytes.subarray(start, end))) continue;
    batch.recordIssue[index] = INVALID_UTF8;
    for (const starts of batch.starts) starts[index] = -1;
  }
}
