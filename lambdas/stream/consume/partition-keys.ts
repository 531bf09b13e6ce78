import type { OrderColumns } from '../../shared/ingest/order-columns.ts';
import type { StreamRecord } from '../../shared/ports/event-stream.ts';

/**
 * Counts the records of rows `[from, to)` whose partition key is not their order id (contract
 * §1.1): two records of one id may then be in two shards, and each shard dedupes on its own.
 */
export function countOtherKeys(
  records: readonly StreamRecord[],
  { ids, idEnd }: OrderColumns,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let count = 0;
  for (let row = from; row < to; row++) {
    const start = row === 0 ? 0 : idEnd[row - 1];
    const end = idEnd[row];
    if (end > start && !isText(records[row].partitionKey, ids.bytes, start, end)) count += 1;
  }
  return count;
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    // Beyond ASCII, which is rare, UTF-8 and UTF-16 differ.
    if (byte >= 0x80) return text === Buffer.from(bytes.subarray(start, end)).toString('utf8');
    if (text.charCodeAt(at - start) !== byte) return false;
  }
  return text.length === end - start;
}
