import { csvIssue, fieldText } from './csv.ts';
import type { OracleDimension } from './dimension.ts';
import type { OracleFile } from './file.ts';
import { type Order, readStatusSpelling, type Statuses } from './order.ts';
import { compareText, FIELDS, present } from './text.ts';

/** What contract §2.3 counts, record by record and file by file. */

type CsvFile = Extract<OracleFile, { kind: 'csv' }>;
type EventFile = Extract<OracleFile, { kind: 'ndjson' }>;

/** In key order. A file or folder whose name begins with `.` or `_` is passed over. */
export function filesBelow(files: ReadonlyMap<string, Uint8Array>, folder: string) {
  return [...files]
    .filter(([key]) => key.startsWith(folder) && !isHidden(key))
    .sort(([a], [b]) => compareText(a, b));
}

function isHidden(key: string): boolean {
  return key.split('/').some((name) => /^[._]/.test(name));
}

/** By code; codes that do not occur are absent. */
export function countWarnings(facts: {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly rejectedFiles: number;
  readonly cutFiles: number;
  readonly strayQuotes: number;
  readonly differing: number;
  readonly active: readonly Order[];
  readonly counted: readonly Order[];
  readonly customers: OracleDimension;
  readonly products: OracleDimension;
  readonly createdAtMs: number;
}): Readonly<Record<string, number>> {
  const { files, customers, products } = facts;
  const isMissed = (folder: string, found: ReadonlyMap<string, unknown>, key: string) =>
    filesBelow(files, folder).length > 0 && !found.has(key);
  const counts: Record<string, number> = {
    files_ignored: [...files.keys()].filter(
      (key) => /^(orders|customers|products)\//.test(key) && isHidden(key),
    ).length,
    files_rejected: facts.rejectedFiles,
    stray_quote: facts.strayQuotes,
    duplicates_differ: facts.differing,
    last_line_cut: facts.cutFiles,
    join_misses: facts.active.filter(
      ({ customerId, productId }) =>
        isMissed('customers/', customers.found, customerId) ||
        isMissed('products/', products.found, productId),
    ).length,
    dimension_issues: customers.report.dimension_issues + products.report.dimension_issues,
    future_events: facts.counted.filter((order) => isFuture(order, facts.createdAtMs)).length,
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** `fields`: those of the record that are not the same in the one that counts. */
export function differingFields(record: Order, kept: Order): string[] {
  const names = Object.keys(record) as (keyof Order)[];
  return names.filter((name) => record[name] !== kept[name]);
}

const A_DAY_MS = 86_400_000;

function isFuture({ eventTimeMs }: Order, createdAtMs: number): boolean {
  return eventTimeMs - createdAtMs > A_DAY_MS;
}

/**
 * A file that ends without a line end, in a record with fewer fields or a shorter last value than
 * the others, as docs/contract-readings.md reads it.
 */
export function endsInCutLine(file: CsvFile, statuses: Statuses): boolean {
  const { records, fieldCount, byteLength, columns } = file;
  const open = records.at(-1);
  if (open === undefined || open.offset + open.bytes.length < byteLength) return false;
  const others = records.slice(0, -1);
  const issue = csvIssue(open, fieldCount);
  if (issue !== null) {
    if (issue !== 'wrong_field_count' || open.fields.length > fieldCount) return false;
    const odd = others.filter((record) => csvIssue(record, fieldCount) === 'wrong_field_count');
    return odd.length === 0 || odd.length * 2 < others.length;
  }
  const lastField = FIELDS.find((field) => columns.get(field) === fieldCount - 1);
  if (lastField === undefined) return false;
  const value = fieldText(open, fieldCount - 1);
  const whole = others.filter((record) => csvIssue(record, fieldCount) === null);
  const values = whole.map((record) => fieldText(record, fieldCount - 1));
  if (lastField === 'status') return isCutStatus(value, values, others.length, statuses);
  const lengths = values.map((text) => Buffer.byteLength(text));
  if (values.length === 0 || lengths.some((length) => length <= Buffer.byteLength(value))) {
    return false;
  }
  if (values.length >= 100) return true;
  if (lastField === 'price') {
    return values.every((text) => decimals(text) > decimals(value));
  }
  return lastField === 'order_timestamp' && new Set(lengths).size === 1;
}

/** The same of events: the last one is no JSON, and most others are. `issues`: by line. */
export function endsInCutEvent(
  { lines, byteLength }: EventFile,
  issues: readonly (readonly string[])[],
): boolean {
  const open = lines.at(-1);
  if (open === undefined || open.offset + open.bytes.length < byteLength) return false;
  const isOdd = (codes: readonly string[]) => codes.includes('invalid_json');
  if (!isOdd(issues.at(-1) ?? [])) return false;
  const odd = issues.slice(0, -1).filter(isOdd);
  return odd.length === 0 || odd.length * 2 < issues.length - 1;
}

function isCutStatus(
  value: string,
  values: readonly string[],
  otherCount: number,
  statuses: Statuses,
): boolean {
  const isUnknown = (text: string) => present(text) !== null && !isKnown(text);
  const isKnown = (text: string) => Object.hasOwn(statuses, readStatusSpelling(text));
  if (readStatusSpelling(value) === '') return !values.some((text) => present(text) === null);
  if (isKnown(value)) return false;
  const spelling = readStatusSpelling(value);
  const isPart = Object.keys(statuses).some((known) => known.startsWith(spelling));
  const unknown = values.filter(isUnknown);
  return isPart && (unknown.length === 0 || unknown.length * 2 < otherCount);
}

function decimals(text: string): number {
  return text.includes('.') ? Buffer.byteLength(text.slice(text.lastIndexOf('.') + 1)) : 0;
}
