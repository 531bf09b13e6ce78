import { type Door, type TableName, tableOf } from '../../lambdas/shared/model/tables.ts';
import { rowGroupOf, type StoredRow } from '../../lambdas/shared/parquet/row-values.ts';
import { type TableFile, TableFileWriter } from '../../lambdas/shared/parquet/table-file.ts';
import type { ParquetOptions } from '../../lambdas/shared/parquet/writer.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import type { Outcome } from '../../lambdas/shared/rules/outcome.ts';
import { zeroCounts } from '../../lambdas/shared/rules/outcome.ts';

/** Tables of a door, written by hand from a list of records and their outcomes. */

export const PARQUET: ParquetOptions = { codec: 'zstd', encoding: 'compact', zstdLevel: 1 };
export const WINDOW_MS = 600_000;
const DAY_MS = 86_400_000;

/** 2026-01-05T00:00:00Z */
export const T0 = Date.UTC(2026, 0, 5);

export interface LakeRecord {
  readonly orderId: string;
  readonly customerId: string;
  readonly productId: string;
  readonly timeMs: number;
  readonly quantity: number;
  readonly priceCents: number;
  /** What an amount per line has beyond quantity × price; none if it is not there. */
  readonly remainderCents?: number;
  readonly status: string;
  readonly outcome: Outcome;
  readonly source: string;
  /** Offset in batch, sequence number in the stream. */
  readonly position: number;
  /** customer_name … registration_date (days since 1970). */
  readonly customer: readonly (string | number | null)[];
  /** product_name … list_price (cents). */
  readonly product: readonly (string | number | null)[];
}

/** What a test leaves out: two pieces at 1.50 on 2026-01-05, active, named after the id. */
export function aRecord(orderId: string, rest: Partial<LakeRecord> = {}): LakeRecord {
  return {
    orderId,
    customerId: 'c1',
    productId: 'p1',
    timeMs: T0,
    quantity: 2,
    priceCents: 150,
    status: rest.outcome === 'cancelled' ? 'cancelled' : 'completed',
    outcome: 'active',
    source: 's',
    position: 0,
    customer: ['Ann', 'ann@example.com', 'home', 20_000],
    product: ['Tea', 'Drink', null, 199],
    ...rest,
  };
}

const ROW_TABLE_OF: Readonly<Record<Outcome, TableName>> = {
  active: 'orders',
  cancelled: 'cancelled',
  duplicate: 'duplicates',
  late: 'late',
  quarantined: 'quarantine',
};

export type TableRows = Readonly<Partial<Record<TableName, readonly StoredRow[]>>>;

/** Rows of the row tables. */
export function rowTables(door: Door, records: readonly LakeRecord[]): TableRows {
  const tables: Partial<Record<TableName, StoredRow[]>> = {};
  for (const record of records) {
    const name = ROW_TABLE_OF[record.outcome];
    tables[name] = [...(tables[name] ?? []), rowOf(door, record)];
  }
  return tables;
}

function rowOf(door: Door, record: LakeRecord): StoredRow {
  const { orderId, customerId, productId, timeMs, quantity, priceCents, status } = record;
  const place =
    door === 'batch'
      ? { source_offset: record.position, kept_source: 's', kept_source_offset: 0 }
      : { sequence_number: String(record.position) };
  const position = { source: record.source, ...place };
  if (record.outcome === 'quarantined') {
    // As read: not trimmed.
    return { issues: 'price_negative', raw: 'raw', order_id: ` ${orderId}\t`, ...position };
  }
  const day = Math.floor(timeMs / DAY_MS);
  const [name, email, segment, registered] = record.customer;
  const [productName, category, brand, listPrice] = record.product;
  return {
    order_id: orderId,
    customer_id: customerId,
    product_id: productId,
    order_timestamp: timeMs,
    quantity,
    price: priceCents,
    status,
    order_date: day,
    order_day_of_week: new Date(timeMs).getUTCDay() + 1,
    hour_of_day: new Date(timeMs).getUTCHours(),
    total_amount: totalOf(record),
    watermark: timeMs,
    customer_name: name,
    customer_email: email,
    customer_segment: segment,
    registration_date: registered,
    product_name: productName,
    category,
    brand,
    list_price: listPrice,
    ...position,
  };
}

const totalOf = ({ quantity, priceCents, remainderCents = 0 }: LakeRecord) =>
  quantity * priceCents + remainderCents;

export const activeOf = (records: readonly LakeRecord[]) =>
  records.filter(({ outcome }) => outcome === 'active');

export function revenueCentsOf(records: readonly LakeRecord[]): number {
  return activeOf(records).reduce((sum, record) => sum + totalOf(record), 0);
}

/** Rows of the four tables that a publication replaces. */
export function totalTables(records: readonly LakeRecord[]): TableRows {
  const active = activeOf(records);
  const products = cells(active, ({ productId }) => productId)
    .map(([product_id, sums]) => ({ product_id, ...sums }))
    .sort((a, b) => b.total_revenue - a.total_revenue || (a.product_id < b.product_id ? -1 : 1));
  return {
    daily_revenue: cells(active, ({ timeMs }) => Math.floor(timeMs / DAY_MS)).map(
      ([order_date, sums]) => ({ order_date, ...sums }),
    ),
    hourly_revenue: cells(active, ({ timeMs }) => new Date(timeMs).getUTCHours()).map(
      ([hour_of_day, sums]) => ({ hour_of_day, ...sums }),
    ),
    product_revenue: products,
    top_products: products
      .slice(0, 10)
      .map((row, index) => ({ rank: index + 1, product_name: null, category: null, ...row })),
  };
}

/** Rows of `window_revenue` whose window ends in (afterMs, untilMs]. */
export function windowRows(
  records: readonly LakeRecord[],
  { afterMs, untilMs }: { readonly afterMs: number; readonly untilMs: number },
): StoredRow[] {
  const startOf = (record: LakeRecord) => Math.floor(record.timeMs / WINDOW_MS) * WINDOW_MS;
  return cells(activeOf(records), (record) => `${startOf(record)} ${record.productId}`)
    .map(([key, { total_orders, total_revenue }]) => {
      const start = Number(key.slice(0, key.indexOf(' ')));
      return {
        window_start: start,
        window_end: start + WINDOW_MS,
        product_id: key.slice(key.indexOf(' ') + 1),
        orders_count: total_orders,
        total_revenue,
      };
    })
    .filter(({ window_end: end }) => end > afterMs && end <= untilMs);
}

function cells<K>(records: readonly LakeRecord[], keyOf: (record: LakeRecord) => K) {
  const sums = new Map<K, { total_orders: number; total_revenue: number }>();
  for (const record of records) {
    const { total_orders, total_revenue } = sums.get(keyOf(record)) ?? {
      total_orders: 0,
      total_revenue: 0,
    };
    sums.set(keyOf(record), {
      total_orders: total_orders + 1,
      total_revenue: total_revenue + totalOf(record),
    });
  }
  return [...sums];
}

/** Writes each table as one file; days are not split, which no reader of a manifest minds. */
export async function writeTables(
  lake: ObjectStore,
  door: Door,
  tables: TableRows,
  folderOf: (table: TableName) => string,
): Promise<Record<string, { files: TableFile[] }>> {
  const written: Record<string, { files: TableFile[] }> = {};
  for (const [name, rows] of Object.entries(tables) as [TableName, StoredRow[]][]) {
    written[name] = { files: [] };
    if (rows.length === 0) continue;
    const table = tableOf(door, name);
    const key = `${folderOf(name)}part-0-0.parquet`;
    const writer = new TableFileWriter(lake, table, PARQUET, { key, partition: null });
    await writer.write(rowGroupOf(table.columns, rows));
    written[name].files.push(await writer.close());
  }
  return written;
}

export function countsOf(records: readonly LakeRecord[]) {
  const counts = zeroCounts();
  for (const { outcome } of records) {
    counts.read += 1;
    counts[outcome] += 1;
  }
  return counts;
}
