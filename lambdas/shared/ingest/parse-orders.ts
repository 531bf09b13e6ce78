import { issueBit, RECORD_ISSUES } from '../model/issue.ts';
import {
  CUSTOMER_ID,
  MAX_ID_BYTES,
  MAX_RAW_BYTES,
  MAX_TOTAL_CENTS,
  ORDER_ID,
  ORDER_TIMESTAMP,
  PRICE,
  PRODUCT_ID,
  QUANTITY,
  STATUS,
} from '../model/order.ts';
import type { ByteDictionary } from './byte-dictionary.ts';
import {
  BACKSLASH,
  copyBytes,
  hashBytes,
  isMissing,
  LOWER_N,
  SPACE,
  trimmedEnd,
  trimmedStart,
  UPPER_N,
} from './bytes.ts';
import { parsePriceCents, parseQuantity } from './field-parsers.ts';
import type { OrderColumns } from './order-columns.ts';
import type { SpanBatch } from './span-batch.ts';
import { type StatusParser, UNKNOWN_STATUS } from './status-parser.ts';
import { INVALID_TIME, parseTimestampMs } from './timestamp.ts';

const ORDER_ID_MISSING = issueBit('order_id_missing');
const ORDER_ID_TOO_LONG = issueBit('order_id_too_long');
const TIMESTAMP_MISSING = issueBit('order_timestamp_missing');
const TIMESTAMP_INVALID = issueBit('order_timestamp_invalid');
const QUANTITY_MISSING = issueBit('quantity_missing');
const PRICE_MISSING = issueBit('price_missing');
const TOTAL_TOO_LARGE = issueBit('total_too_large');
const STATUS_MISSING = issueBit('status_missing');
const STATUS_UNKNOWN = issueBit('status_unknown');

/**
 * Reads a batch of spans into columns and applies every rule that needs one record (contract §2).
 * `baseOffset` is the position of the window's first byte. There must be room for the batch's
 * records. Bad values never throw. The spans of values are trimmed in place where that is needed.
 */
export function parseOrders(
  batch: SpanBatch,
  baseOffset: number,
  statuses: StatusParser,
  into: OrderColumns,
): void {
  const first = into.rowCount;
  const { recordStart, recordIssue, recordCount } = batch;
  const { offset, issues } = into;
  for (let i = 0; i < recordCount; i++) {
    offset[first + i] = baseOffset + recordStart[i];
    issues[first + i] = recordIssue[i];
  }
  parseOrderIds(batch, into);
  parseCodes(batch, CUSTOMER_ID, into.customers, into.customerCode, into);
  parseCodes(batch, PRODUCT_ID, into.products, into.productCode, into);
  parseTimes(batch, into);
  parseQuantities(batch, into);
  parsePrices(batch, into);
  checkTotals(batch, into);
  parseStatuses(batch, statuses, into);
  into.rowCount = first + recordCount;
  keepQuarantined(batch, first, into);
}

/**
 * Trims the span of one value in place; false if the value is missing, as one that is absent (start
 * -1) is. Parsers of numbers, times and statuses ask only when a value is not valid as it stands:
 * then it is not valid because of white space, or missing, or bad.
 */
function isPresentTrimmed(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  index: number,
): boolean {
  const from = starts[index];
  if (from < 0) return false;
  const to = ends[index];
  const first = bytes[from];
  // Nearly every id: no space at either end, and not the first letter of a word for "missing".
  const isAsItStands = to > from && first > SPACE && bytes[to - 1] > SPACE;
  if (isAsItStands && first !== LOWER_N && first !== UPPER_N && first !== BACKSLASH) return true;
  const start = trimmedStart(bytes, from, to);
  const end = trimmedEnd(bytes, start, to);
  starts[index] = start;
  ends[index] = end;
  return !isMissing(bytes, start, end);
}

function parseOrderIds(batch: SpanBatch, into: OrderColumns): void {
  const first = into.rowCount;
  const starts = batch.starts[ORDER_ID];
  const ends = batch.ends[ORDER_ID];
  const { recordIssue, recordCount, bytes, view } = batch;
  const { idHash, idEnd, issues } = into;
  into.ids.reserve(recordCount * MAX_ID_BYTES);
  const heap = into.ids.view;
  let size = into.ids.size;
  for (let i = 0; i < recordCount; i++) {
    idEnd[first + i] = size;
    if (recordIssue[i] !== 0) continue;
    if (!isPresentTrimmed(bytes, starts, ends, i)) {
      issues[first + i] |= ORDER_ID_MISSING;
      continue;
    }
    const start = starts[i];
    const end = ends[i];
    if (end - start > MAX_ID_BYTES) {
      issues[first + i] |= ORDER_ID_TOO_LONG;
    } else {
      idHash[first + i] = hashBytes(view, start, end);
      copyBytes(view, start, end, heap, size);
      size += end - start;
      idEnd[first + i] = size;
    }
  }
  into.ids.size = size;
}

function parseCodes(
  batch: SpanBatch,
  field: typeof CUSTOMER_ID | typeof PRODUCT_ID,
  dictionary: ByteDictionary,
  codes: Uint32Array,
  into: OrderColumns,
): void {
  const first = into.rowCount;
  const starts = batch.starts[field];
  const ends = batch.ends[field];
  const { recordIssue, recordCount, bytes, view } = batch;
  const { issues } = into;
  const name = field === CUSTOMER_ID ? 'customer_id' : 'product_id';
  const missing = issueBit(`${name}_missing`);
  const tooLong = issueBit(`${name}_too_long`);
  for (let i = 0; i < recordCount; i++) {
    if (recordIssue[i] !== 0) continue;
    if (!isPresentTrimmed(bytes, starts, ends, i)) {
      issues[first + i] |= missing;
      continue;
    }
    const start = starts[i];
    const end = ends[i];
    if (end - start > MAX_ID_BYTES) issues[first + i] |= tooLong;
    else codes[first + i] = dictionary.codeOf(view, start, end);
  }
}

function parseTimes(batch: SpanBatch, into: OrderColumns): void {
  const first = into.rowCount;
  const starts = batch.starts[ORDER_TIMESTAMP];
  const ends = batch.ends[ORDER_TIMESTAMP];
  const { recordIssue, recordCount, bytes } = batch;
  const { issues, timeMs } = into;
  for (let i = 0; i < recordCount; i++) {
    if (recordIssue[i] !== 0) continue;
    let value = starts[i] < 0 ? INVALID_TIME : parseTimestampMs(bytes, starts[i], ends[i]);
    if (value < 0) {
      const isPresent = isPresentTrimmed(bytes, starts, ends, i);
      if (isPresent) value = parseTimestampMs(bytes, starts[i], ends[i]);
      if (value < 0) issues[first + i] |= isPresent ? TIMESTAMP_INVALID : TIMESTAMP_MISSING;
    }
    timeMs[first + i] = value;
  }
}

function parseQuantities(batch: SpanBatch, into: OrderColumns): void {
  const first = into.rowCount;
  const starts = batch.starts[QUANTITY];
  const ends = batch.ends[QUANTITY];
  const { recordIssue, recordCount, bytes } = batch;
  const { issues, quantity } = into;
  for (let i = 0; i < recordCount; i++) {
    if (recordIssue[i] !== 0) continue;
    let value = starts[i] < 0 ? -QUANTITY_MISSING : parseQuantity(bytes, starts[i], ends[i]);
    if (value < 0) {
      const isPresent = isPresentTrimmed(bytes, starts, ends, i);
      value = isPresent ? parseQuantity(bytes, starts[i], ends[i]) : -QUANTITY_MISSING;
      if (value < 0) issues[first + i] |= -value;
    }
    quantity[first + i] = value;
  }
}

function parsePrices(batch: SpanBatch, into: OrderColumns): void {
  const first = into.rowCount;
  const starts = batch.starts[PRICE];
  const ends = batch.ends[PRICE];
  const { recordIssue, recordCount, bytes } = batch;
  const { issues, priceCents } = into;
  for (let i = 0; i < recordCount; i++) {
    if (recordIssue[i] !== 0) continue;
    let value = starts[i] < 0 ? -PRICE_MISSING : parsePriceCents(bytes, starts[i], ends[i]);
    if (value < 0) {
      const isPresent = isPresentTrimmed(bytes, starts, ends, i);
      value = isPresent ? parsePriceCents(bytes, starts[i], ends[i]) : -PRICE_MISSING;
      if (value < 0) issues[first + i] |= -value;
    }
    priceCents[first + i] = value;
  }
}

/** Tested where quantity and price have no issue: then neither of them is negative here. */
function checkTotals(batch: SpanBatch, into: OrderColumns): void {
  const first = into.rowCount;
  const { recordIssue, recordCount } = batch;
  const { issues, quantity, priceCents } = into;
  for (let i = 0; i < recordCount; i++) {
    if (recordIssue[i] !== 0) continue;
    const row = first + i;
    const isExamined = quantity[row] >= 0 && priceCents[row] >= 0;
    if (isExamined && quantity[row] * priceCents[row] > MAX_TOTAL_CENTS) {
      issues[row] |= TOTAL_TOO_LARGE;
    }
  }
}

function parseStatuses(batch: SpanBatch, statuses: StatusParser, into: OrderColumns): void {
  const first = into.rowCount;
  const starts = batch.starts[STATUS];
  const ends = batch.ends[STATUS];
  const { recordIssue, recordCount, bytes, view } = batch;
  const { issues, status } = into;
  for (let i = 0; i < recordCount; i++) {
    if (recordIssue[i] !== 0) continue;
    let value = starts[i] < 0 ? UNKNOWN_STATUS : statuses.parse(view, starts[i], ends[i]);
    if (value < 0) {
      const isPresent = isPresentTrimmed(bytes, starts, ends, i);
      if (isPresent) value = statuses.parse(view, starts[i], ends[i]);
      if (value < 0) issues[first + i] |= isPresent ? STATUS_UNKNOWN : STATUS_MISSING;
    }
    status[first + i] = value;
  }
}

/** The record is kept for a row with issues: its values are split again when it is written. */
function keepQuarantined(batch: SpanBatch, first: number, into: OrderColumns): void {
  const { recordStart, recordEnd, recordCount, view } = batch;
  const { issues, quarantinedRow, rawEnd, raw } = into;
  let count = into.quarantinedCount;
  for (let i = 0; i < recordCount; i++) {
    const bits = issues[first + i];
    if (bits === 0) continue;
    const start = recordStart[i];
    const length = recordEnd[i] - start;
    // A record without fields is stored up to its first 64 KiB; of any other all values are.
    const kept = (bits & RECORD_ISSUES) === 0 ? length : Math.min(length, MAX_RAW_BYTES + 1);
    raw.reserve(kept);
    copyBytes(view, start, start + kept, raw.view, raw.size);
    raw.size += kept;
    quarantinedRow[count] = first + i;
    rawEnd[count++] = raw.size;
  }
  into.quarantinedCount = count;
}
