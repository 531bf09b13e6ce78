import type { ByteDictionary } from '../bytes/byte-dictionary.ts';
import { isMissing, trimmedEnd, trimmedStart } from '../bytes/bytes.ts';
import { issueBit } from '../model/issue.ts';
import { CUSTOMER_ID, MAX_ID_BYTES, PRODUCT_ID, STATUS } from '../model/order.ts';
import type { CsvBatch } from './csv-scanner.ts';
import type { OrderColumns } from './order-columns.ts';
import type { StatusParser } from './status-parser.ts';

const CUSTOMER_ID_MISSING = issueBit('customer_id_missing');
const CUSTOMER_ID_TOO_LONG = issueBit('customer_id_too_long');
const PRODUCT_ID_MISSING = issueBit('product_id_missing');
const PRODUCT_ID_TOO_LONG = issueBit('product_id_too_long');
const STATUS_MISSING = issueBit('status_missing');
const STATUS_UNKNOWN = issueBit('status_unknown');

/** Columns in which few values come again and again: the rules are applied once per value. */
export function parseCustomerIds(batch: CsvBatch, into: OrderColumns): void {
  const { customers, customerCode } = into;
  const issues = { missing: CUSTOMER_ID_MISSING, tooLong: CUSTOMER_ID_TOO_LONG };
  parseCodes(batch, CUSTOMER_ID, idMeaning(batch, customers, issues), customerCode, into);
}

export function parseProductIds(batch: CsvBatch, into: OrderColumns): void {
  const { products, productCode } = into;
  const issues = { missing: PRODUCT_ID_MISSING, tooLong: PRODUCT_ID_TOO_LONG };
  parseCodes(batch, PRODUCT_ID, idMeaning(batch, products, issues), productCode, into);
}

export function parseStatuses(batch: CsvBatch, statuses: StatusParser, into: OrderColumns): void {
  parseCodes(batch, STATUS, statusMeaning(batch, statuses), into.status, into);
}

/** Of a value at `[start, end)`, not trimmed: its code, or minus its issues. */
type Meaning = (start: number, end: number) => number;

function idMeaning(
  { orders: { bytes, view } }: CsvBatch,
  dictionary: ByteDictionary,
  issues: { readonly missing: number; readonly tooLong: number },
): Meaning {
  return (start, end) => {
    const from = trimmedStart(bytes, start, end);
    const to = trimmedEnd(bytes, from, end);
    if (isMissing(bytes, from, to)) return -issues.missing;
    return to - from > MAX_ID_BYTES ? -issues.tooLong : dictionary.codeOf(view, from, to);
  };
}

function statusMeaning({ orders: { bytes, view } }: CsvBatch, statuses: StatusParser): Meaning {
  return (start, end) => {
    const from = trimmedStart(bytes, start, end);
    const to = trimmedEnd(bytes, from, end);
    if (isMissing(bytes, from, to)) return -STATUS_MISSING;
    const status = statuses.parse(view, from, to);
    return status < 0 ? -STATUS_UNKNOWN : status;
  };
}

function parseCodes(
  batch: CsvBatch,
  field: typeof CUSTOMER_ID | typeof PRODUCT_ID | typeof STATUS,
  meaningOf: Meaning,
  codes: Uint32Array | Uint8Array,
  into: OrderColumns,
): void {
  const first = into.rowCount;
  const { orders, recordCount, recordIssue } = batch;
  const { issues } = into;
  const values = orders.valuesOf(field);
  const oddCount = values.lookUp(recordCount);
  const meanings = values.meanings(meaningOf);
  const valueCodes = values.codes;
  for (let i = 0; i < recordCount; i++) {
    const meaning = meanings[valueCodes[i]];
    codes[first + i] = meaning;
    if (meaning < 0) issues[first + i] |= -meaning;
  }
  const starts = batch.starts[field];
  const ends = batch.ends[field];
  for (let k = 0; k < oddCount; k++) {
    const i = orders.oddRows[k];
    if (recordIssue[i] !== 0) continue;
    // An absent value is an empty one: missing.
    const meaning = starts[i] < 0 ? meaningOf(0, 0) : meaningOf(starts[i], ends[i]);
    if (meaning >= 0) codes[first + i] = meaning;
    else issues[first + i] |= -meaning;
  }
}
