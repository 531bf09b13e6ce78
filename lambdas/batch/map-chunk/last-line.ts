import { trimmedEnd, trimmedStart } from '../../shared/bytes/bytes.ts';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import type { CsvBatch } from '../../shared/ingest/csv-scanner.ts';
import { type RecordForm, splitDialect } from '../../shared/ingest/dialect/dialect-record.ts';
import type { StatusParser } from '../../shared/ingest/status-parser.ts';
import { issueBit } from '../../shared/model/issue.ts';
import { ORDER_TIMESTAMP, PRICE, STATUS } from '../../shared/model/order.ts';
import type { LastLine, LastValues, OpenRecord } from '../run/chunk-result.ts';

/** Perhaps open: that depends on what follows its `end`. */
type LastRecord = OpenRecord & { readonly end: number };

const NO_VALUES: LastValues = { records: 0, shortestBytes: 0, longestBytes: 0, fewestDecimals: 0 };

const WRONG_FIELD_COUNT = issueBit('wrong_field_count');
const INVALID_JSON = issueBit('invalid_json');
const POINT = 0x2e;

/** Combines the values of two sets of records; a set without records has no influence. */
export function addValues(a: LastValues, b: LastValues): LastValues {
  if (a.records === 0 || b.records === 0) return a.records === 0 ? b : a;
  return {
    records: a.records + b.records,
    shortestBytes: Math.min(a.shortestBytes, b.shortestBytes),
    longestBytes: Math.max(a.longestBytes, b.longestBytes),
    fewestDecimals: Math.min(a.fewestDecimals, b.fewestDecimals),
  };
}

/**
 * Examines the records of a chunk, batch by batch. If the input's size is unknown, the last record
 * so far is kept apart: only at the end is it known whether a line end follows.
 */
export class LastLineTally {
  readonly #statuses: StatusParser;
  readonly #inputBytes: number | null;
  #others = NO_VALUES;
  #last: LastRecord | null = null;

  /** `inputBytes`: null if they are not known before the end. */
  constructor(statuses: StatusParser, inputBytes: number | null) {
    this.#statuses = statuses;
    this.#inputBytes = inputBytes;
  }

  /** Takes a batch as it was scanned. `form`: null for events. */
  add(batch: CsvBatch, baseOffset: number, form: RecordForm | null): void {
    const count = batch.recordCount;
    if (this.#last !== null) this.#addOther(this.#last.lastValue);
    const end = baseOffset + batch.recordEnd[count - 1];
    const mayBeOpen = this.#inputBytes === null || this.#inputBytes === end;
    this.#last = mayBeOpen ? this.#openRecord(batch, baseOffset, form) : null;
    const field = lastFieldOf(form?.layout ?? null);
    if (field >= 0) this.#addOther(valuesOf(batch, field, 0, mayBeOpen ? count - 1 : count));
  }

  /** `nextOffset`: where the next record would begin. */
  finish(nextOffset: number): LastLine {
    if (this.#last === null) return { others: this.#others, open: null };
    const { end, ...open } = this.#last;
    this.#last = null;
    if (end === nextOffset) return { others: this.#others, open };
    this.#addOther(open.lastValue);
    return { others: this.#others, open: null };
  }

  #openRecord(batch: CsvBatch, baseOffset: number, form: RecordForm | null): LastRecord {
    const layout = form?.layout ?? null;
    const last = batch.recordCount - 1;
    const field = lastFieldOf(layout);
    return {
      end: baseOffset + batch.recordEnd[last],
      offset: baseOffset + batch.recordStart[last],
      hasFewerFields: form !== null && hasFewerFields(batch, last, form),
      isInvalidJson: batch.recordIssue[last] === INVALID_JSON,
      statusLeft: layout?.fields.at(-1) === STATUS ? this.#statusLeft(batch, last) : null,
      lastValue: field < 0 ? null : valuesOf(batch, field, last, last + 1),
    };
  }

  #addOther(values: LastValues | null): void {
    if (values !== null) this.#others = addValues(this.#others, values);
  }

  #statusLeft(batch: CsvBatch, record: number): OpenRecord['statusLeft'] {
    const { recordIssue, starts, ends, bytes, view } = batch;
    if (recordIssue[record] !== 0) return null;
    const start = trimmedStart(bytes, starts[STATUS][record], ends[STATUS][record]);
    const end = trimmedEnd(bytes, start, ends[STATUS][record]);
    if (start === end) return 'nothing';
    return this.#statuses.isPart(view, start, end) ? 'part' : null;
  }
}

/**
 * The field in the last column, where its values are to be looked at; else -1. What a status may be
 * is known.
 */
function lastFieldOf(layout: CsvLayout | null): number {
  const field = layout?.fields.at(-1) ?? -1;
  return field === STATUS ? -1 : field;
}

/** Values of the records `[from, to)` that were split into fields. */
function valuesOf(batch: CsvBatch, field: number, from: number, to: number): LastValues {
  const { bytes, recordIssue } = batch;
  const starts = batch.starts[field];
  const ends = batch.ends[field];
  let records = 0;
  let shortestBytes = Number.MAX_SAFE_INTEGER;
  let longestBytes = 0;
  let fewestDecimals = Number.MAX_SAFE_INTEGER;
  for (let i = from; i < to; i++) {
    if (recordIssue[i] !== 0 || starts[i] < 0) continue;
    records += 1;
    const length = ends[i] - starts[i];
    if (length < shortestBytes) shortestBytes = length;
    if (length > longestBytes) longestBytes = length;
    if (field !== PRICE || fewestDecimals === 0) continue;
    const decimals = decimalsOf(bytes, starts[i], ends[i]);
    if (decimals < fewestDecimals) fewestDecimals = decimals;
  }
  if (records === 0) return NO_VALUES;
  if (field !== PRICE) fewestDecimals = 0;
  return { records, shortestBytes, longestBytes, fewestDecimals };
}

function decimalsOf(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (bytes[at] === POINT) return end - at - 1;
  return 0;
}

function hasFewerFields(batch: CsvBatch, record: number, { layout, dialect }: RecordForm): boolean {
  if (batch.recordIssue[record] !== WRONG_FIELD_COUNT) return false;
  const start = batch.recordStart[record];
  // A copy with room after it for values that are not their bytes.
  const text = batch.bytes.slice(start, batch.recordEnd[record]);
  const room = new Uint8Array(text.length * 2);
  room.set(text);
  let count = 0;
  splitDialect(room, 0, text.length, text.length, layout, dialect, (column) => {
    count = column + 1;
  });
  return count < layout.fields.length;
}

/** Below this many others, a value that is the shortest is nothing unusual. */
const MANY_RECORDS = 100;

/** What of a file is known when its chunks are through. */
export interface FileEnd {
  readonly layout: CsvLayout | null;
  readonly lastLine: LastLine;
  readonly readRecords: number;
  /** Records with that issue. */
  readonly wrongFieldCounts: number;
  readonly invalidJson: number;
  readonly unknownStatuses: number;
  readonly missingStatuses: number;
}

/**
 * True if a file ends in a record that looks cut (contract §2.3): no line end, and fewer fields or
 * a shorter last value than the others. Many whole files lack the last line end, so a shorter value
 * counts only if its form differs, or if many others are longer. Decided by sums over all records,
 * so chunk borders do not matter.
 */
export function looksCut(file: FileEnd): boolean {
  const { layout, readRecords } = file;
  const { open, others } = file.lastLine;
  if (open === null) return false;
  const isRare = (records: number) => (records - 1) * 2 < readRecords - 1 || records === 1;
  if (open.hasFewerFields) return isRare(file.wrongFieldCounts);
  if (open.isInvalidJson) return isRare(file.invalidJson);
  const field = layout?.fields.at(-1) ?? -1;
  if (field === STATUS) {
    if (open.statusLeft === 'nothing') return file.missingStatuses === 1;
    return open.statusLeft === 'part' && isRare(file.unknownStatuses);
  }
  const value = open.lastValue;
  if (value === null || value.records === 0 || others.records === 0) return false;
  if (value.longestBytes >= others.shortestBytes) return false;
  if (others.records >= MANY_RECORDS) return true;
  if (field === PRICE) return value.fewestDecimals < others.fewestDecimals;
  return field === ORDER_TIMESTAMP && others.shortestBytes === others.longestBytes;
}
