import { csvIssue, fieldText } from './csv.ts';
import { readObject } from './event.ts';
import { type OracleFile, readFile } from './file.ts';
import { readPrice } from './order.ts';
import { decimalText, present } from './text.ts';

/** Customers and products (contract §1.2). */

export type DimensionRow = Readonly<Record<string, string | null>>;

export interface DimensionReport {
  rows: number;
  dimension_issues: number;
  dimension_duplicates: number;
}

export interface OracleDimension {
  /** By key: what a lookup finds. */
  readonly found: ReadonlyMap<string, DimensionRow>;
  /** What a lookup gives that finds nothing. */
  readonly miss: DimensionRow;
  readonly report: DimensionReport;
  readonly isRejected: boolean;
}

interface DimensionShape {
  readonly folder: string;
  readonly keyColumn: string;
  readonly textColumns: readonly string[];
  /** The one column that must have a form, and its value, or null where it is malformed. */
  readonly formColumn: string;
  readonly parseForm: (text: string) => string | null;
}

export const CUSTOMERS: DimensionShape = {
  folder: 'customers',
  keyColumn: 'customer_id',
  textColumns: ['customer_name', 'customer_email', 'customer_segment'],
  formColumn: 'registration_date',
  parseForm: dayOrNull,
};

export const PRODUCTS: DimensionShape = {
  folder: 'products',
  keyColumn: 'product_id',
  textColumns: ['product_name', 'category', 'brand'],
  formColumn: 'list_price',
  parseForm: priceOrNull,
};

function dayOrNull(text: string): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const time = new Date(`${text}T00:00:00.000Z`);
  const isDay = !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 10) === text;
  return isDay ? text : null;
}

function priceOrNull(text: string): string | null {
  const { value, issues } = readPrice(text);
  return issues.length > 0 ? null : decimalText(value);
}

/** `files`: the dimension's files in key order. */
export function readDimension(
  shape: DimensionShape,
  files: readonly (readonly [key: string, stored: Uint8Array])[],
): OracleDimension {
  const found = new Map<string, DimensionRow>();
  const report = { rows: 0, dimension_issues: 0, dimension_duplicates: 0 };
  let isRejected = false;
  const valueColumns = [...shape.textColumns, shape.formColumn];
  for (const [, stored] of files) {
    const file = readFile(stored, [shape.keyColumn, ...valueColumns], [shape.keyColumn]);
    if (file.reason !== null) {
      isRejected = true;
      continue;
    }
    for (const row of rowsOf(file, [shape.keyColumn, ...valueColumns])) {
      report.rows += 1;
      const textOf = (column: string) => present(row?.[column] ?? null);
      const id = textOf(shape.keyColumn);
      if (id === null) {
        report.dimension_issues += 1;
        continue;
      }
      if (found.has(id)) {
        report.dimension_duplicates += 1;
        continue;
      }
      const received = textOf(shape.formColumn);
      const form = received === null ? null : shape.parseForm(received);
      if (received !== null && form === null) report.dimension_issues += 1;
      const texts = shape.textColumns.map((column) => [column, textOf(column)]);
      found.set(id, Object.fromEntries([...texts, [shape.formColumn, form]]));
    }
  }
  const miss = Object.fromEntries(valueColumns.map((column) => [column, null]));
  return { found, miss, report, isRejected };
}

/** What each row holds as read; null where it cannot be read. */
function rowsOf(
  file: Extract<OracleFile, { reason: null }>,
  columns: readonly string[],
): (Record<string, string | null> | null)[] {
  if (file.kind === 'ndjson') return file.lines.map(({ bytes }) => readObject(bytes, columns));
  return file.records.map((record) => {
    if (csvIssue(record, file.fieldCount) !== null) return null;
    const texts = [...file.columns].map(([column, place]) => [column, fieldText(record, place)]);
    return Object.fromEntries(texts);
  });
}
