import { isUtf8 } from 'node:buffer';
import { type IssueBits, issueBit } from '../../model/issue.ts';
import { MAX_RECORD_BYTES } from '../../model/order.ts';
import { isKplAggregated } from '../event-scanner.ts';
import { addObjectRecord, parsedObject, valueAt } from '../scan-object.ts';
import { addRejectedRecord, type SpanBatch } from '../span-batch.ts';

const RECORD_TOO_LONG = issueBit('record_too_long');
const KPL_AGGREGATED = issueBit('kpl_aggregated');
const INVALID_UTF8 = issueBit('invalid_utf8');
const INVALID_JSON = issueBit('invalid_json');

/** By slot, the keys that lead to a value; null: nothing is written into the slot. */
export type EventPaths = readonly (readonly string[] | null)[];

/**
 * Scans one event of another form, the bytes `[start, end)` of the batch, by the rules of
 * `scanEvent`: adds one record, with the values that the paths lead to, or with one record issue.
 * Values are decoded into the room, which must hold `end - start` bytes.
 */
export function scanMappedEvent(
  batch: SpanBatch,
  { start, end }: { readonly start: number; readonly end: number },
  paths: EventPaths,
): void {
  const found = valuesOf(batch, { start, end }, paths);
  if (typeof found === 'number') addRejectedRecord(batch, start, end, found);
  else addObjectRecord(batch, { start, end }, found);
}

/** The text of each slot's value, null where there is none; or the record's issue. */
function valuesOf(
  { bytes }: SpanBatch,
  { start, end }: { readonly start: number; readonly end: number },
  paths: EventPaths,
): (string | null)[] | IssueBits {
  if (end - start > MAX_RECORD_BYTES) return RECORD_TOO_LONG;
  if (isKplAggregated(bytes, start, end)) return KPL_AGGREGATED;
  const event = bytes.subarray(start, end);
  if (!isUtf8(event)) return INVALID_UTF8;
  const object = parsedObject(new TextDecoder('utf-8', { ignoreBOM: true }).decode(event));
  if (object === null) return INVALID_JSON;
  const values = paths.map((path) => (path === null ? null : valueAt(object, path)));
  if (values.some((value) => typeof value === 'string' && !value.isWellFormed())) {
    return INVALID_UTF8;
  }
  const areTexts = values.every((value) => value === null || typeof value === 'string');
  return areTexts ? (values as (string | null)[]) : INVALID_JSON;
}
