import { csvIssue, fieldText } from './csv.ts';
import {
  CUSTOMERS,
  type DimensionReport,
  type OracleDimension,
  PRODUCTS,
  readDimension,
} from './dimension.ts';
import { readFile } from './file.ts';
import { DEFAULT_STATUSES, derivedColumns, examine, type Order, type Statuses } from './order.ts';
import { RevenueOverflow, type Row, revenueTables, totalCents } from './revenue.ts';
import { compareText, decimalText, FIELDS, rawText, type Values } from './text.ts';

/** The batch door of contract §1–3 from landing objects to the rows of every table. */

export interface OracleInput {
  /** The landing objects by key. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly statuses?: Statuses;
  readonly windowLengthMs?: number;
}

export interface OracleBatch {
  readonly counts: Record<
    'read' | 'active' | 'cancelled' | 'quarantined' | 'duplicate' | 'late',
    number
  >;
  /** Records by code; codes that no record has are absent. */
  readonly issues: Readonly<Record<string, number>>;
  readonly revenue: string;
  /**
   * In key order. `reason`: `empty`, `header_unreadable`, `gzip_invalid`, `column_missing: …`,
   * `column_repeated: …`.
   */
  readonly rejectedFiles: readonly { readonly key: string; readonly reason: string }[];
  /** Readable orders files, in key order. */
  readonly inputs: readonly { readonly key: string; readonly records: number }[];
  /**
   * Decimals and 64-bit integers as text, days as `2026-01-31`, instants as
   * `2026-01-31T00:00:00.000Z`.
   */
  readonly tables: Readonly<Record<OracleTable, readonly Row[]>>;
  readonly dimensions: Readonly<Record<'customers' | 'products', DimensionReport>>;
}

export type OracleTable =
  | 'orders'
  | 'cancelled'
  | 'duplicates'
  | 'quarantine'
  | keyof ReturnType<typeof revenueTables>;

export type OracleFailureCode =
  | 'landing_empty'
  | 'all_files_rejected'
  | 'dimension_rejected'
  | 'revenue_overflow';

/** The run publishes nothing. */
export class OracleFailure extends Error {
  readonly code: OracleFailureCode;
  /** Every reason for which the run may fail: the contract does not say which one comes first. */
  readonly codes: readonly OracleFailureCode[];

  constructor(codes: readonly OracleFailureCode[]) {
    super(codes.join(', '));
    this.code = codes[0];
    this.codes = codes;
  }
}

export function oracleBatch(input: OracleInput): OracleBatch {
  const orderFiles = filesMatching(input.files, /^orders\/.+\.csv(\.gz)?$/s);
  const customers = readDimension(
    CUSTOMERS,
    filesMatching(input.files, /^customers\/[^/]+\.csv(\.gz)?$/s),
  );
  const products = readDimension(
    PRODUCTS,
    filesMatching(input.files, /^products\/[^/]+\.csv(\.gz)?$/s),
  );
  const read = readOrders(orderFiles, input.statuses ?? DEFAULT_STATUSES);

  const failures: OracleFailureCode[] = [];
  if (orderFiles.length === 0) failures.push('landing_empty');
  if (orderFiles.length > 0 && read.inputs.length === 0) failures.push('all_files_rejected');
  if (customers.isRejected || products.isRejected) failures.push('dimension_rejected');
  if (failures.length > 0) throw new OracleFailure(failures);

  const { rows, active, counts } = split(read.records, customers, products);
  try {
    return {
      counts,
      issues: countIssues(read.records),
      revenue: decimalText(totalCents(active)),
      rejectedFiles: read.rejectedFiles,
      inputs: read.inputs,
      tables: {
        ...rows,
        ...revenueTables(
          active,
          (productId) => products.found.get(productId) ?? products.miss,
          input.windowLengthMs ?? 600_000,
        ),
      },
      dimensions: { customers: customers.report, products: products.report },
    };
  } catch (error) {
    if (error instanceof RevenueOverflow) throw new OracleFailure(['revenue_overflow']);
    throw error;
  }
}

/** In key order. A file or folder whose name begins with `.` or `_` is passed over. */
function filesMatching(files: ReadonlyMap<string, Uint8Array>, pattern: RegExp) {
  return [...files]
    .filter(([key]) => pattern.test(key) && key.split('/').every((name) => !/^[._]/.test(name)))
    .sort(([a], [b]) => compareText(a, b));
}

interface OracleRecord {
  readonly source: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly issues: readonly string[];
  /** null where the record cannot be read. */
  readonly values: Values | null;
  /** null where there are issues. */
  readonly order: Order | null;
}

function readOrders(files: readonly (readonly [string, Uint8Array])[], statuses: Statuses) {
  const records: OracleRecord[] = [];
  const rejectedFiles: { key: string; reason: string }[] = [];
  const inputs: { key: string; records: number }[] = [];
  for (const [source, stored] of files) {
    const file = readFile(source, stored, FIELDS);
    if (file.reason !== null) {
      rejectedFiles.push({ key: source, reason: file.reason });
      continue;
    }
    inputs.push({ key: source, records: file.records.length });
    for (const record of file.records) {
      const { offset, bytes } = record;
      const issue = csvIssue(record, file.fieldCount);
      if (issue !== null) {
        records.push({ source, offset, bytes, issues: [issue], values: null, order: null });
        continue;
      }
      const entries = FIELDS.map((field) => [
        field,
        fieldText(record, file.columns.get(field) as number),
      ]);
      const values = Object.fromEntries(entries) as Values;
      records.push({ source, offset, bytes, values, ...examine(values, statuses) });
    }
  }
  return { records, rejectedFiles, inputs };
}

/** Gives each record, in order, its one outcome (contract §2.1). */
function split(
  records: readonly OracleRecord[],
  customers: OracleDimension,
  products: OracleDimension,
) {
  const rows: Record<'orders' | 'cancelled' | 'duplicates' | 'quarantine', Row[]> = {
    orders: [],
    cancelled: [],
    duplicates: [],
    quarantine: [],
  };
  const active: Order[] = [];
  const firstOf = new Map<string, { kept_source: string; kept_source_offset: string }>();
  for (const { source, offset, bytes, issues, values, order } of records) {
    const position = { source, source_offset: String(offset) };
    if (order === null) {
      const asRead = Object.fromEntries(FIELDS.map((field) => [field, values?.[field] ?? null]));
      rows.quarantine.push({
        issues: issues.join(','),
        raw: rawText(bytes),
        ...asRead,
        ...position,
      });
      continue;
    }
    const columns = derivedColumns(order);
    const first = firstOf.get(order.orderId);
    if (first !== undefined) {
      rows.duplicates.push({ ...columns, ...position, ...first });
      continue;
    }
    firstOf.set(order.orderId, { kept_source: source, kept_source_offset: String(offset) });
    if (order.status === 'cancelled') {
      rows.cancelled.push({ ...columns, ...position });
      continue;
    }
    active.push(order);
    const customer = customers.found.get(order.customerId) ?? customers.miss;
    const product = products.found.get(order.productId) ?? products.miss;
    rows.orders.push({ ...columns, ...customer, ...product, ...position });
  }
  const counts = {
    read: records.length,
    active: rows.orders.length,
    cancelled: rows.cancelled.length,
    quarantined: rows.quarantine.length,
    duplicate: rows.duplicates.length,
    late: 0,
  };
  return { rows, active, counts };
}

function countIssues(records: readonly OracleRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of records.flatMap((record) => record.issues)) {
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
