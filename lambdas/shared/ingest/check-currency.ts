import { issueBit } from '../model/issue.ts';
import type { CsvBatch } from './csv-scanner.ts';
import type { OrderColumns } from './order-columns.ts';
import { isPresentTrimmed } from './present-value.ts';
import type { ExpectedCurrency } from './record-rules.ts';

const CURRENCY_UNEXPECTED = issueBit('currency_unexpected');

const LOWER_A = 0x61;
const LOWER_Z = 0x7a;
const CASE_BIT = 0x20;

/**
 * Marks records whose currency is missing or another one than expected; upper and lower case of
 * ASCII are the same. Trims spans in place.
 */
export function checkCurrency(
  batch: CsvBatch,
  { slot, expected }: ExpectedCurrency,
  into: OrderColumns,
): void {
  const first = into.rowCount;
  const { recordIssue, recordCount, bytes } = batch;
  const starts = batch.starts[slot];
  const ends = batch.ends[slot];
  for (let i = 0; i < recordCount; i++) {
    if (recordIssue[i] !== 0) continue;
    const isExpected =
      isPresentTrimmed(bytes, starts, ends, i) && isSame(bytes, starts[i], ends[i], expected);
    if (!isExpected) into.issues[first + i] |= CURRENCY_UNEXPECTED;
  }
}

function isSame(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) {
    const byte = bytes[start + i];
    const upper = byte >= LOWER_A && byte <= LOWER_Z ? byte - CASE_BIT : byte;
    if (upper !== expected[i]) return false;
  }
  return true;
}
