import { CR, LF } from '../bytes/bytes.ts';
import { assert } from '../model/errors.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';
import { scanEvent } from './event-scanner.ts';
import type { RecordFormat } from './record-reader.ts';
import { SPAN_BATCH_RECORDS, type SpanBatch } from './span-batch.ts';

type ScanRange = Parameters<RecordFormat['scan']>[1];

/** Adds the record `[start, end)` of a batch: with its spans, or with one record issue. */
export type RecordScanner = (batch: SpanBatch, start: number, end: number) => void;

/**
 * Scans the lines of the window `[from, end)` of the batch that begin before `startBefore`, one
 * record each, until the batch is full, the room is short or no complete line is left, and returns
 * the position of the first byte that it has not consumed. Lines end with LF or CRLF; lines
 * without any byte are passed over; `isLast`: the input ends with the window, so its last line may
 * lack the line end.
 *
 * An answer of `from` with no record added means: no line ends in the window. Where that window
 * already has more than 1 MiB + 1 bytes, the line is a `record_too_long` whatever follows, and the
 * caller may pass over bytes up to its LF instead of holding them.
 */
export function scanLines(
  batch: SpanBatch,
  { from, end, startBefore, isLast }: ScanRange,
  scanRecord: RecordScanner,
): number {
  const { bytes } = batch;
  const roomEnd = bytes.length;
  // Excludes the room, which may hold an LF too. A Buffer, because its search takes half the time.
  const window = Buffer.from(bytes.buffer, bytes.byteOffset, end);
  let at = from;
  const limit = Math.min(end, startBefore);
  while (at < limit && batch.recordCount < SPAN_BATCH_RECORDS) {
    const lineFeed = window.indexOf(LF, at);
    if (lineFeed < 0 && !isLast) return at;
    const next = lineFeed < 0 ? end : lineFeed + 1;
    let lineEnd = lineFeed < 0 ? end : lineFeed;
    // A CR that no LF follows is a byte of the record.
    if (lineFeed > at && bytes[lineFeed - 1] === CR) lineEnd--;
    if (lineEnd > at) {
      const length = lineEnd - at;
      if (length <= MAX_RECORD_BYTES && roomEnd - batch.roomAt < length) {
        assert(batch.recordCount > 0, `no room for the ${length} bytes of one event`);
        return at;
      }
      scanRecord(batch, at, lineEnd);
    }
    at = next;
  }
  return at;
}

/** NDJSON of orders: each line is an event. */
export const ndjsonFormat = linesFormat(scanEvent);

/** An NDJSON record format that hands each line to `scanRecord`, for records other than events. */
export function linesFormat(scanRecord: RecordScanner): RecordFormat {
  return {
    scan: (batch, range) => scanLines(batch, range, scanRecord),
    createRecordEnd: () => ({
      hasStrayQuote: false,
      find(bytes, from, end) {
        const found = bytes.subarray(from, end).indexOf(LF);
        return found < 0 ? -1 : from + found;
      },
    }),
  };
}
