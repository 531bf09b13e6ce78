import { csvIssue, fieldText } from './csv.ts';
import {
  CUSTOMERS,
  type DimensionReport,
  type OracleDimension,
  PRODUCTS,
  readDimension,
} from './dimension.ts';
import { readEvent } from './event.ts';
import { readFile } from './file.ts';
import { DEFAULT_STATUSES, derivedColumns, examine, type Order, type Statuses } from './order.ts';
import { RevenueOverflow, type Row, revenueTables, totalCents } from './revenue.ts';
import { decimalText, FIELDS, rawText, type Values } from './text.ts';
import {
  countWarnings,
  differingFields,
  endsInCutEvent,
  endsInCutLine,
  filesBelow,
} from './warnings.ts';

/** The batch door of contract §1–3 from landing objects to the rows of every table. */

export interface OracleInput {
  /** The landing objects by key. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly statuses?: Statuses;
  readonly windowLengthMs?: number;
  /** @default first */
  readonly keep?: 'first' | 'last';
  /** When the run began. @default 2026-01-31T12:00:00Z */
  readonly createdAtMs?: number;
  /** @default half */
  readonly maxQuarantined?: number;
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
   * In key order. `reason`: `empty`, `header_unreadable`, `gzip_invalid`, `encoding_invalid`,
   * `format_unsupported: …`, `column_missing: …`, `column_repeated: …`.
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
  /** By code; codes that do not occur are absent. */
  readonly warnings: Readonly<Record<string, number>>;
  readonly joins: { readonly customers_missed: number; readonly products_missed: number };
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
  | 'too_many_quarantined'
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
  const orderFiles = filesBelow(input.files, 'orders/');
  const customers = readDimension(CUSTOMERS, filesBelow(input.files, 'customers/'));
  const products = readDimension(PRODUCTS, filesBelow(input.files, 'products/'));
  const read = readOrders(orderFiles, input.statuses ?? DEFAULT_STATUSES);

  const failures: OracleFailureCode[] = [];
  if (orderFiles.length === 0) failures.push('landing_empty');
  if (orderFiles.length > 0 && read.inputs.length === 0) failures.push('all_files_rejected');
  if (customers.isRejected || products.isRejected) failures.push('dimension_rejected');
  if (failures.length > 0) throw new OracleFailure(failures);

  const keep = input.keep ?? 'first';
  const { rows, active, counts, counted, differing } = split(
    read.records,
    customers,
    products,
    keep,
  );
  const { quarantined, read: readCount } = counts;
  const mayQuarantine = readCount * (input.maxQuarantined ?? 0.5);
  if (readCount >= 100 && quarantined > mayQuarantine) failures.push('too_many_quarantined');
  const createdAtMs = input.createdAtMs ?? Date.parse('2026-01-31T12:00:00Z');
  const missing = missesOf(active, customers, products);
  const has = { customers: customers.report, products: products.report };
  const warnings = countWarnings({
    ...{ files: input.files, counted, active, differing, createdAtMs },
    ...{ rejectedFiles: read.rejectedFiles.length, cutFiles: read.cutFiles },
    ...{ strayQuotes: read.strayQuotes, customers, products },
  });
  const tables = () => ({
    ...rows,
    ...revenueTables(
      active,
      (productId) => products.found.get(productId) ?? products.miss,
      input.windowLengthMs ?? 600_000,
    ),
  });
  return {
    counts,
    issues: countIssues(read.records),
    revenue: decimalText(totalCents(active)),
    rejectedFiles: read.rejectedFiles,
    inputs: read.inputs,
    tables: orFail(tables, failures),
    dimensions: has,
    warnings,
    joins: missing,
  };
}

/** Throws where there is a reason to fail. */
function orFail<T>(run: () => T, failures: readonly OracleFailureCode[]): T {
  try {
    const result = run();
    if (failures.length > 0) throw new OracleFailure(failures);
    return result;
  } catch (error) {
    if (!(error instanceof RevenueOverflow)) throw error;
    throw new OracleFailure([...failures, 'revenue_overflow']);
  }
}

function missesOf(active: readonly Order[], customers: OracleDimension, products: OracleDimension) {
  return {
    customers_missed: active.filter((order) => !customers.found.has(order.customerId)).length,
    products_missed: active.filter((order) => !products.found.has(order.productId)).length,
  };
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
  let cutFiles = 0;
  let strayQuotes = 0;
  for (const [source, stored] of files) {
    const file = readFile(stored, FIELDS);
    if (file.reason !== null) {
      rejectedFiles.push({ key: source, reason: file.reason });
      continue;
    }
    if (file.kind === 'ndjson') {
      inputs.push({ key: source, records: file.lines.length });
      const events = file.lines.map((line) => eventRecord(source, line, statuses));
      if (
        endsInCutEvent(
          file,
          events.map(({ issues }) => issues),
        )
      )
        cutFiles += 1;
      records.push(...events);
      continue;
    }
    inputs.push({ key: source, records: file.records.length });
    if (endsInCutLine(file, statuses)) cutFiles += 1;
    strayQuotes += file.records.filter(({ hasStrayQuote }) => hasStrayQuote).length;
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
  return { records, rejectedFiles, inputs, cutFiles, strayQuotes };
}

function eventRecord(
  source: string,
  { offset, bytes }: { offset: number; bytes: Uint8Array },
  statuses: Statuses,
): OracleRecord {
  const { issue, values } = readEvent(bytes);
  return values === null
    ? { source, offset, bytes, issues: [issue], values, order: null }
    : { source, offset, bytes, values, ...examine(values, statuses) };
}

/** Gives each record, in order, its one outcome (contract §2.1). */
function split(
  records: readonly OracleRecord[],
  customers: OracleDimension,
  products: OracleDimension,
  keep: 'first' | 'last',
) {
  const rows: Record<'orders' | 'cancelled' | 'duplicates' | 'quarantine', Row[]> = {
    orders: [],
    cancelled: [],
    duplicates: [],
    quarantine: [],
  };
  const active: Order[] = [];
  const counted: Order[] = [];
  let differing = 0;
  const keptOf = new Map<string, OracleRecord & { order: Order }>();
  const valid = records.filter((record): record is OracleRecord & { order: Order } => {
    return record.order !== null;
  });
  // What is set last wins.
  for (const record of keep === 'last' ? valid : valid.toReversed()) {
    keptOf.set(record.order.orderId, record);
  }
  for (const record of records) {
    const { source, offset, bytes, issues, values, order } = record;
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
    const kept = keptOf.get(order.orderId) as OracleRecord & { order: Order };
    if (kept !== record) {
      if (differingFields(order, kept.order).length > 0) differing += 1;
      const place = { kept_source: kept.source, kept_source_offset: String(kept.offset) };
      rows.duplicates.push({ ...columns, ...position, ...place });
      continue;
    }
    counted.push(order);
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
  return { rows, active, counts, counted, differing };
}

function countIssues(records: readonly OracleRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of records.flatMap((record) => record.issues)) {
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
