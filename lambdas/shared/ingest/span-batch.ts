import { viewOf } from '../bytes/bytes.ts';
import type { IssueBits } from '../model/issue.ts';
import { FIELD_COUNT } from '../model/order.ts';

/** Records that a scanner finds before the field parsers run over them, column by column. */
export const SPAN_BATCH_RECORDS = 2048;

/**
 * Distance between rows of spans, in entries. Not a power of two: then entry r of every row would
 * compete for one set of the processor's first cache, which holds eight or twelve lines, and a
 * record has 17 (59 ns per record rather than 19).
 */
export const SPAN_STRIDE = SPAN_BATCH_RECORDS + 16;

/**
 * Positions of the values of a batch of records, shared by CSV and JSON: a scanner finds the spans,
 * the same field parsers read them. A span is `[start, end)` in `bytes`, untrimmed.
 */
export interface SpanBatch {
  /**
   * The window of input that the scanner reads, followed by room for values that differ from their
   * bytes in the input (an escape in JSON, `""` in CSV): the scanner writes such a value there and
   * points to it.
   */
  readonly bytes: Uint8Array;
  /** A view of the memory that `bytes` covers. */
  readonly view: DataView;
  /**
   * First free byte of the room for decoded values. Emptying the batch resets it to the room's
   * start.
   */
  roomAt: number;
  recordCount: number;
  /** The record without its line end. */
  readonly recordStart: Int32Array;
  readonly recordEnd: Int32Array;
  /** One of the `RECORD_ISSUES`, or 0. A record that has one has no spans. */
  readonly recordIssue: Uint32Array;
  /**
   * First index: field, or one of `EXTRA_FIELDS` more columns; second: record. A start of -1 means
   * that the record has no such value (JSON: absent or null).
   */
  readonly starts: readonly Int32Array[];
  readonly ends: readonly Int32Array[];
  /**
   * The memory of `starts` and `ends`, of the fields alone: field f of record r is at
   * `f * SPAN_STRIDE + r`.
   */
  readonly flatStarts: Int32Array;
  readonly flatEnds: Int32Array;
}

/** Columns besides those of the fields whose spans a mapping may ask for (contract §1.3). */
export const EXTRA_FIELDS = 16;

const VALUE_ROWS = FIELD_COUNT + EXTRA_FIELDS;

/** One row more than values: the CSV kernel writes the spans of columns there that nobody reads. */
export const FIELD_ROWS = VALUE_ROWS + 1;
export const SPAN_ROW_BYTES = SPAN_STRIDE * Int32Array.BYTES_PER_ELEMENT;

/** Rows of starts, ends and issues of records come first. */
const RECORD_ROWS = 3;

/** The row in which the starts of a field are. */
export function startsRow(field: number): number {
  return RECORD_ROWS + field;
}

/** The row in which the ends of a field are. */
export function endsRow(field: number): number {
  return RECORD_ROWS + FIELD_ROWS + field;
}

export const SPAN_BYTES = endsRow(FIELD_ROWS) * SPAN_ROW_BYTES;

/** An empty batch over `bytes`, with its room for decoded values from `roomAt` on. */
export function createSpanBatch(bytes: Uint8Array, roomAt: number): SpanBatch {
  return spanBatchIn(new ArrayBuffer(SPAN_BYTES), 0, bytes, roomAt);
}

/**
 * An empty batch over `bytes` whose spans take `SPAN_BYTES` of `memory` from `spansAt` on, where a
 * kernel can reach them.
 */
export function spanBatchIn(
  memory: ArrayBuffer,
  spansAt: number,
  bytes: Uint8Array,
  roomAt: number,
): SpanBatch {
  const row = (index: number) =>
    new Int32Array(memory, spansAt + index * SPAN_ROW_BYTES, SPAN_BATCH_RECORDS);
  const fieldRows = (index: number) =>
    new Int32Array(memory, spansAt + index * SPAN_ROW_BYTES, SPAN_STRIDE * FIELD_COUNT);
  const byField = (index: number) => Array.from({ length: VALUE_ROWS }, (_, f) => row(index + f));
  return {
    bytes,
    view: viewOf(bytes),
    roomAt,
    recordCount: 0,
    recordStart: row(0),
    recordEnd: row(1),
    recordIssue: new Uint32Array(memory, spansAt + 2 * SPAN_ROW_BYTES, SPAN_BATCH_RECORDS),
    starts: byField(startsRow(0)),
    ends: byField(endsRow(0)),
    flatStarts: fieldRows(startsRow(0)),
    flatEnds: fieldRows(endsRow(0)),
  };
}

/**
 * Adds a record that is not examined further, with the issue that rejects it; all its fields are
 * absent.
 */
export function addRejectedRecord(
  batch: SpanBatch,
  start: number,
  end: number,
  issue: IssueBits,
): void {
  const index = batch.recordCount++;
  batch.recordStart[index] = start;
  batch.recordEnd[index] = end;
  batch.recordIssue[index] = issue;
  for (const starts of batch.starts) starts[index] = -1;
}
