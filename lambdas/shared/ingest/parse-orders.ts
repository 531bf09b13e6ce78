import { copyBytes, hashBytes } from '../bytes/bytes.ts';
import { type IssueBits, issueBit, RECORD_ISSUES } from '../model/issue.ts';
import {
  MAX_ID_BYTES,
  MAX_RAW_BYTES,
  MAX_TOTAL_CENTS,
  ORDER_ID,
  ORDER_TIMESTAMP,
  PRICE,
  QUANTITY,
} from '../model/order.ts';
import { checkCurrency } from './check-currency.ts';
import type { CsvBatch } from './csv-scanner.ts';
import { parseAmountCents, parsePriceCents, parseQuantity } from './field-parsers.ts';
import { divideAmounts } from './line-amounts.ts';
import type { OrderColumns } from './order-columns.ts';
import { parseCodedFields, parseStatuses } from './parse-codes.ts';
import type { MissingRule } from './present-value.ts';
import type { RecordRules } from './record-rules.ts';
import { INVALID_TIME, parseTimestampMs } from './timestamp.ts';

const ORDER_ID_MISSING = issueBit('order_id_missing');
const ORDER_ID_TOO_LONG = issueBit('order_id_too_long');
const TIMESTAMP_MISSING = issueBit('order_timestamp_missing');
const TIMESTAMP_INVALID = issueBit('order_timestamp_invalid');
const TOTAL_TOO_LARGE = issueBit('total_too_large');

/** How to read a number of a form that the kernel leaves out. */
interface NumberField {
  readonly field: number;
  readonly missing: IssueBits;
  /** Of a trimmed value that is present: the number, or minus its issues. */
  readonly parse: (bytes: Uint8Array, start: number, end: number) => number;
}

/** And which of its values are missing. */
type RuledField = NumberField & { readonly rule: MissingRule };

const QUANTITIES: NumberField = {
  field: QUANTITY,
  missing: issueBit('quantity_missing'),
  parse: parseQuantity,
};
const PRICES: NumberField = {
  field: PRICE,
  missing: issueBit('price_missing'),
  parse: parsePriceCents,
};
const AMOUNTS: NumberField = { ...PRICES, parse: parseAmountCents };

/**
 * Reads a batch of spans into columns and applies every rule that needs one record only (contract
 * §2). `baseOffset` is the position of the window's first byte; `into` must have room for the
 * batch. Bad values become issues and never throw. Trims spans in place where needed.
 */
export function parseOrders(
  batch: CsvBatch,
  baseOffset: number,
  rules: RecordRules,
  into: OrderColumns,
): void {
  const first = into.rowCount;
  const { orders, recordStart, recordIssue, recordCount } = batch;
  const { offset } = into;
  for (let i = 0; i < recordCount; i++) offset[first + i] = baseOffset + recordStart[i];
  into.issues.set(recordIssue.subarray(0, recordCount), first);
  const { pricePer, currency, missing } = rules;
  orders.keepMeaningsFor(into.generation, rules);
  parseOrderIds(batch, missing, into);
  parseCodedFields(batch, missing, into);
  parseTimes(batch, missing, into);
  parseQuantities(batch, missing, into);
  if (pricePer === 'piece') {
    parsePrices(batch, { ...PRICES, rule: missing }, into);
    checkTotals(batch, into);
  } else {
    parsePrices(batch, { ...AMOUNTS, rule: missing }, into);
    divideAmounts(batch, into);
  }
  parseStatuses(batch, rules, into);
  if (currency !== null) checkCurrency(batch, currency, into);
  into.rowCount = first + recordCount;
  keepQuarantined(batch, first, into);
}

function parseOrderIds(batch: CsvBatch, missing: MissingRule, into: OrderColumns): void {
  const first = into.rowCount;
  const { orders, recordIssue, recordCount, bytes } = batch;
  const { ids, idHash, idEnd, issues } = into;
  const starts = batch.starts[ORDER_ID];
  const ends = batch.ends[ORDER_ID];
  const oddCount = orders.parseIds(recordCount, ids.size);
  for (let k = 0; k < oddCount; k++) {
    const i = orders.oddRows[k];
    if (recordIssue[i] !== 0) continue;
    if (!missing.isPresent(bytes, starts, ends, i)) issues[first + i] |= ORDER_ID_MISSING;
    else if (ends[i] - starts[i] > MAX_ID_BYTES) issues[first + i] |= ORDER_ID_TOO_LONG;
    else {
      // A valid id that the kernel left out: white space around it, which is rare.
      parseTrimmedOrderIds(batch, missing, into);
      return;
    }
  }
  idHash.set(orders.idHash.subarray(0, recordCount), first);
  idEnd.set(orders.idEnd.subarray(0, recordCount), first);
  const size = recordCount === 0 ? 0 : orders.idEnd[recordCount - 1] - ids.size;
  ids.reserve(size).set(orders.ids.subarray(0, size), ids.size);
  ids.size += size;
}

/** Parses order ids of any form, one by one. */
function parseTrimmedOrderIds(batch: CsvBatch, missing: MissingRule, into: OrderColumns): void {
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
    if (!missing.isPresent(bytes, starts, ends, i)) {
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

function parseTimes(batch: CsvBatch, missing: MissingRule, into: OrderColumns): void {
  const first = into.rowCount;
  const starts = batch.starts[ORDER_TIMESTAMP];
  const ends = batch.ends[ORDER_TIMESTAMP];
  const { orders, recordIssue, recordCount, bytes } = batch;
  const { issues, timeMs } = into;
  const oddCount = orders.parseTimes(recordCount);
  timeMs.set(orders.timeMs.subarray(0, recordCount), first);
  for (let k = 0; k < oddCount; k++) {
    const i = orders.oddRows[k];
    if (recordIssue[i] !== 0) continue;
    const isPresent = missing.isPresent(bytes, starts, ends, i);
    const value = isPresent ? parseTimestampMs(bytes, starts[i], ends[i]) : INVALID_TIME;
    if (value < 0) issues[first + i] |= isPresent ? TIMESTAMP_INVALID : TIMESTAMP_MISSING;
    timeMs[first + i] = value;
  }
}

function parseQuantities(batch: CsvBatch, missing: MissingRule, into: OrderColumns): void {
  const { orders, recordCount } = batch;
  const oddCount = orders.parseQuantities(recordCount);
  into.quantity.set(orders.quantity.subarray(0, recordCount), into.rowCount);
  parseOddNumbers(batch, oddCount, { ...QUANTITIES, rule: missing }, into.quantity, into);
}

function parsePrices(batch: CsvBatch, field: RuledField, into: OrderColumns): void {
  const { orders, recordCount } = batch;
  const oddCount = orders.parsePrices(recordCount);
  into.priceCents.set(orders.priceCents.subarray(0, recordCount), into.rowCount);
  parseOddNumbers(batch, oddCount, field, into.priceCents, into);
}

/** Fills in the rows that the kernel calls odd: these are rare, and may have any form or none. */
function parseOddNumbers(
  batch: CsvBatch,
  oddCount: number,
  { field, missing, parse, rule }: RuledField,
  values: Int32Array | Float64Array,
  into: OrderColumns,
): void {
  const first = into.rowCount;
  const starts = batch.starts[field];
  const ends = batch.ends[field];
  const { orders, recordIssue, bytes } = batch;
  const { issues } = into;
  for (let k = 0; k < oddCount; k++) {
    const i = orders.oddRows[k];
    if (recordIssue[i] !== 0) continue;
    const isPresent = rule.isPresent(bytes, starts, ends, i);
    const value = isPresent ? parse(bytes, starts[i], ends[i]) : -missing;
    if (value < 0) issues[first + i] |= -value;
    values[first + i] = value;
  }
}

/** Tested where quantity and price have no issue: then neither of them is negative here. */
function checkTotals(batch: CsvBatch, into: OrderColumns): void {
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

/** The record is kept for a row with issues: its values are split again when it is written. */
function keepQuarantined(batch: CsvBatch, first: number, into: OrderColumns): void {
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
