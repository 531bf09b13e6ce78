import { scanEvent } from '../../lambdas/shared/ingest/event-scanner.ts';
import { createSpanBatch, type SpanBatch } from '../../lambdas/shared/ingest/span-batch.ts';
import { type IssueCode, issueCodes } from '../../lambdas/shared/model/issue.ts';
import { ORDER_FIELDS, type OrderField } from '../../lambdas/shared/model/order.ts';

/** One record of a span batch as an object, for tests to look at. */
export interface ScannedRecord {
  readonly start: number;
  readonly end: number;
  readonly issue: IssueCode | null;
  /** null where the record cannot be read. */
  readonly values: Readonly<Record<OrderField, string | null>> | null;
}

/** What stands in the room before a scan: bytes that no value has. */
const ROOM_FILL = 0x0a;

/** A batch whose window is `input` and whose room has `roomBytes`. */
export function batchOver(input: Uint8Array, roomBytes: number): SpanBatch {
  const bytes = new Uint8Array(input.length + roomBytes).fill(ROOM_FILL, input.length);
  bytes.set(input);
  return createSpanBatch(bytes, input.length);
}

export function scannedRecords(batch: SpanBatch): ScannedRecord[] {
  return Array.from({ length: batch.recordCount }, (_, record) => {
    const [issue = null] = issueCodes(batch.recordIssue[record]);
    const entries = ORDER_FIELDS.map((name, field) => {
      const start = batch.starts[field][record];
      const bytes = batch.bytes.subarray(start, batch.ends[field][record]);
      return [name, start < 0 ? null : Buffer.from(bytes).toString()] as const;
    });
    return {
      start: batch.recordStart[record],
      end: batch.recordEnd[record],
      issue,
      values:
        issue === null ? (Object.fromEntries(entries) as Record<OrderField, string | null>) : null,
    };
  });
}

/** Scans one event that stands between other bytes, in a room that is just large enough. */
export function scannedEvent(event: Uint8Array | string): ScannedRecord {
  const record = Buffer.from(event);
  const before = Buffer.from('{"order_id":"before"}');
  const batch = batchOver(Buffer.concat([before, record, Buffer.from(',"}]0')]), record.length);
  scanEvent(batch, before.length, before.length + record.length);
  const [scanned, ...more] = scannedRecords(batch);
  if (scanned === undefined || more.length > 0) throw new Error('not exactly one record');
  return scanned;
}
