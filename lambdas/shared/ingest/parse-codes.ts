import type { ByteDictionary } from '../bytes/byte-dictionary.ts';
import { trimmedEnd, trimmedStart } from '../bytes/bytes.ts';
import { issueBit } from '../model/issue.ts';
import { CODED_FIELDS, MAX_ID_BYTES, ORDER_FIELDS, STATUS } from '../model/order.ts';
import type { CsvBatch } from './csv-scanner.ts';
import type { OrderColumns } from './order-columns.ts';
import type { MissingRule } from './present-value.ts';
import type { RecordRules } from './record-rules.ts';

const STATUS_MISSING = issueBit('status_missing');
const STATUS_UNKNOWN = issueBit('status_unknown');

/** By field in `CODED_FIELDS`: what is wrong with a value. */
const CODED_ISSUES = CODED_FIELDS.map((field) => {
  const name = ORDER_FIELDS[field];
  return { missing: issueBit(`${name}_missing`), tooLong: issueBit(`${name}_too_long`) };
});

/**
 * Reads the columns of `CODED_FIELDS`, in which few values come again and again: the rules of
 * contract §2 are applied once per value.
 */
export function parseCodedFields(batch: CsvBatch, missing: MissingRule, into: OrderColumns): void {
  CODED_FIELDS.forEach((field, place) => {
    const meaning = idMeaning(batch, into.dictionaries[place], {
      ...CODED_ISSUES[place],
      rule: missing,
    });
    parseCodes(batch, field, meaning, into.codes[place], into);
  });
}

/** Reads the column `status`; each value is looked up once. */
export function parseStatuses(
  batch: CsvBatch,
  rules: Pick<RecordRules, 'statuses' | 'missing'>,
  into: OrderColumns,
): void {
  parseCodes(batch, STATUS, statusMeaning(batch, rules), into.status, into);
}

/** Maps an untrimmed value at `[start, end)` to its code, or to minus its issues. */
type Meaning = (start: number, end: number) => number;

function idMeaning(
  { orders: { bytes, view } }: CsvBatch,
  dictionary: ByteDictionary,
  issues: { readonly missing: number; readonly tooLong: number; readonly rule: MissingRule },
): Meaning {
  return (start, end) => {
    const from = trimmedStart(bytes, start, end);
    const to = trimmedEnd(bytes, from, end);
    if (issues.rule.isMissing(bytes, from, to)) return -issues.missing;
    return to - from > MAX_ID_BYTES ? -issues.tooLong : dictionary.codeOf(view, from, to);
  };
}

function statusMeaning(
  { orders: { bytes, view } }: CsvBatch,
  { statuses, missing }: Pick<RecordRules, 'statuses' | 'missing'>,
): Meaning {
  return (start, end) => {
    const from = trimmedStart(bytes, start, end);
    const to = trimmedEnd(bytes, from, end);
    if (missing.isMissing(bytes, from, to)) return -STATUS_MISSING;
    const status = statuses.parse(view, from, to);
    return status < 0 ? -STATUS_UNKNOWN : status;
  };
}

function parseCodes(
  batch: CsvBatch,
  field: (typeof CODED_FIELDS)[number] | typeof STATUS,
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
