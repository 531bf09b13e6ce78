import { isUtf8 } from 'node:buffer';
import { LF } from '../bytes/bytes.ts';
import { issueBit } from '../model/issue.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';
import { CsvKernel } from './csv-kernel.ts';
import type { CsvLayout } from './csv-layout.ts';
import { CsvRecordEnd, splitRecord, withoutCarriageReturn } from './csv-record.ts';
import { ORDER_KERNEL_BYTES, OrderKernel } from './order-kernel.ts';
import {
  addRejectedRecord,
  FIELD_ROWS,
  SPAN_BATCH_RECORDS,
  SPAN_BYTES,
  SPAN_STRIDE,
  type SpanBatch,
  spanBatchIn,
} from './span-batch.ts';
import type { StrayQuotes } from './stray-quotes.ts';

export const RECORD_TOO_LONG = issueBit('record_too_long');
const INVALID_UTF8 = issueBit('invalid_utf8');
export const WRONG_FIELD_COUNT = issueBit('wrong_field_count');

/** Where in the window records are looked for. */
export interface ScanRange {
  /** First byte to scan; a record starts here. */
  readonly from: number;
  /**
   * End of the window. `bytes[end]` must exist: the scanner puts a line end there as a sentinel.
   */
  readonly end: number;
  /** Records that start at or after this position belong to the next chunk. */
  readonly startBefore: number;
  /** The window's end is the end of the input. */
  readonly isLast: boolean;
}

/** A batch that `scanCsv` can fill and `parseOrders` read: its memory is the kernels'. */
export interface CsvBatch extends SpanBatch {
  readonly kernel: CsvKernel;
  readonly orders: OrderKernel;
  readonly strayQuotes: StrayQuotes;
  /** Where the room for what a mapping writes begins, behind the window. */
  readonly mappedAt: number;
}

/** Empties a batch for the next scan; its spans and decoded values become invalid. */
export function emptyBatch(batch: CsvBatch, roomAt: number): void {
  batch.recordCount = 0;
  batch.roomAt = roomAt;
  batch.strayQuotes.clear();
}

/**
 * An empty batch with a window of `windowBytes`, `mappedBytes` for what a mapping writes, and
 * `roomBytes` for values that differ from their bytes in the file (escaped quotes). One byte behind
 * the window holds the scanner's sentinel.
 */
export function createCsvBatch(windowBytes: number, roomBytes: number, mappedBytes = 0): CsvBatch {
  const mappedAt = windowBytes + 1;
  const roomAt = mappedAt + mappedBytes;
  const kernel = new CsvKernel({
    windowBytes: roomAt + roomBytes,
    spanBytes: SPAN_BYTES,
    rowBytes: SPAN_STRIDE * Int32Array.BYTES_PER_ELEMENT,
    recordCapacity: SPAN_BATCH_RECORDS,
    fieldRows: FIELD_ROWS,
    maxRecordBytes: MAX_RECORD_BYTES,
    extraBytes: ORDER_KERNEL_BYTES,
  });
  const bytes = new Uint8Array(kernel.memory, 0, roomAt + roomBytes);
  const orders = new OrderKernel(kernel.sharedMemory, kernel.extraAt, kernel.spansAt);
  const spans = spanBatchIn(kernel.memory, kernel.spansAt, bytes, roomAt);
  return { ...spans, kernel, orders, strayQuotes: kernel.strayQuotes, mappedAt };
}

/** Contract of `scanOddRecord`, which is one. */
export type OddRecordScan = (
  batch: CsvBatch,
  layout: CsvLayout,
  start: number,
  range: ScanRange,
) => number;

/**
 * Finds records and their seven values (contract §1.1) until the batch is full, no whole record is
 * left in the window, or the next one starts at or after `startBefore`. Returns the position of the
 * first byte that was not consumed. `scanOdd` scans what the kernel leaves: records with an issue,
 * or with a value that is not its bytes.
 */
export function scanCsv(
  batch: CsvBatch,
  layout: CsvLayout,
  range: ScanRange,
  scanOdd: OddRecordScan = scanOddRecord,
): number {
  const firstRecord = batch.recordCount;
  const overwritten = batch.bytes[range.end];
  batch.bytes[range.end] = LF;
  batch.kernel.setLayout(layout);
  const stoppedAt = scanRecords(batch, layout, range, scanOdd);
  batch.bytes[range.end] = overwritten;
  markInvalidUtf8(batch, firstRecord, range.from, stoppedAt);
  return stoppedAt;
}

/**
 * The kernel takes records as long as they are plain; any other one is scanned byte by byte.
 */
function scanRecords(
  batch: CsvBatch,
  layout: CsvLayout,
  range: ScanRange,
  scanOdd: OddRecordScan,
): number {
  const { end, startBefore, isLast } = range;
  let from = range.from;
  for (;;) {
    const stoppedAt = batch.kernel.scan({ from, end, startBefore, isLast }, batch.recordCount);
    batch.recordCount = batch.kernel.recordCount;
    if (stoppedAt >= 0) return stoppedAt;
    const next = scanOdd(batch, layout, ~stoppedAt, range);
    if (next < 0) return ~stoppedAt;
    from = next;
  }
}

/**
 * Scans any record, however odd. Returns where the next one starts, or -1 if the window or the room
 * is too short.
 */
function scanOddRecord(
  batch: CsvBatch,
  layout: CsvLayout,
  start: number,
  { end, isLast }: ScanRange,
): number {
  const { bytes } = batch;
  const scan = new CsvRecordEnd(layout.delimiter);
  const found = scan.find(bytes, start, end, isLast);
  if (found < 0 && !isLast) return -1;
  const lineEnd = found < 0 ? end : withoutCarriageReturn(bytes, start, found);
  const next = found < 0 ? end : found + 1;
  const isTooLong = lineEnd - start > MAX_RECORD_BYTES;
  if (!isTooLong && bytes.length - batch.roomAt < lineEnd - start) return -1;
  if (scan.hasStrayQuote) batch.strayQuotes.add(start);
  if (isTooLong) {
    addRejectedRecord(batch, start, lineEnd, RECORD_TOO_LONG);
    return next;
  }
  const index = batch.recordCount;
  const { fields, delimiter } = layout;
  let columnCount = 0;
  batch.roomAt = splitRecord(bytes, start, lineEnd, batch.roomAt, delimiter, (column, from, to) => {
    columnCount = column + 1;
    const field = column < fields.length ? fields[column] : -1;
    if (field < 0) return;
    batch.starts[field][index] = from;
    batch.ends[field][index] = to;
  });
  if (columnCount === fields.length) {
    batch.recordStart[index] = start;
    batch.recordEnd[index] = lineEnd;
    batch.recordIssue[index] = 0;
    batch.recordCount += 1;
  } else {
    addRejectedRecord(batch, start, lineEnd, WRONG_FIELD_COUNT);
  }
  return next;
}

/**
 * Gives the issue `invalid_utf8` to records from `firstRecord` on, all of them in `[from, end)`. It
 * comes before a wrong field count, after the length (contract §2).
 */
export function markInvalidUtf8(
  batch: SpanBatch,
  firstRecord: number,
  from: number,
  end: number,
): void {
  if (isUtf8(batch.bytes.subarray(from, end))) return;
  for (let index = firstRecord; index < batch.recordCount; index++) {
    const issue = batch.recordIssue[index];
    if (issue === RECORD_TOO_LONG) continue;
    const record = batch.bytes.subarray(batch.recordStart[index], batch.recordEnd[index]);
    if (isUtf8(record)) continue;
    batch.recordIssue[index] = INVALID_UTF8;
    for (const starts of batch.starts) starts[index] = -1;
  }
}
