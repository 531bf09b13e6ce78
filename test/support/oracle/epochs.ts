import type { OracleDimension } from './dimension.ts';
import { derivedColumns, type Order } from './order.ts';
import { type Row, revenueTables } from './revenue.ts';
import { compareText, FIELDS, rawText, type Values } from './text.ts';

/** The tables of the stream (contract §3) from the records of its logs and their outcomes. */

export interface OracleRecord {
  readonly source: string;
  readonly sequenceNumber: string;
  readonly data: Uint8Array;
  readonly outcome: 'active' | 'cancelled' | 'quarantined' | 'duplicate' | 'late';
  readonly watermarkMs?: number;
  readonly issues: readonly string[];
  readonly values: Values | null;
  readonly order: Order | null;
}

export function streamTables(
  records: readonly OracleRecord[],
  dimensions: { readonly customers: OracleDimension; readonly products: OracleDimension },
  watermarkMs: number | null,
): Record<string, readonly Row[]> {
  const sorted = [...records].sort(
    (a, b) =>
      compareText(a.source, b.source) ||
      (BigInt(a.sequenceNumber) < BigInt(b.sequenceNumber) ? -1 : 1),
  );
  const rowsOf = (outcome: OracleRecord['outcome'], toRow: (record: OracleRecord) => Row) =>
    sorted
      .filter((record) => record.outcome === outcome)
      .map((record) => ({ ...toRow(record), ...positionOf(record) }));
  const derived = ({ order }: OracleRecord) => derivedColumns(order as Order);
  const { customers, products } = dimensions;
  const customerOf = (id: string) => customers.found.get(id) ?? customers.miss;
  const productOf = (id: string) => products.found.get(id) ?? products.miss;
  const active = sorted.filter(({ outcome }) => outcome === 'active').map(({ order }) => order);
  const { window_revenue: windows, ...cumulative } = revenueTables(
    active as Order[],
    productOf,
    600_000,
  );
  const isFinal = ({ window_end: end }: Row) =>
    watermarkMs !== null && Date.parse(String(end)) <= watermarkMs;
  return {
    orders: rowsOf('active', (record) => ({
      ...derived(record),
      ...customerOf(record.order?.customerId ?? ''),
      ...productOf(record.order?.productId ?? ''),
    })),
    cancelled: rowsOf('cancelled', derived),
    duplicates: rowsOf('duplicate', derived),
    late: rowsOf('late', (record) => ({
      ...derived(record),
      watermark: new Date(record.watermarkMs ?? Number.NaN).toISOString(),
    })),
    quarantine: rowsOf('quarantined', ({ issues, data, values }) => ({
      issues: issues.join(','),
      raw: rawText(data),
      ...Object.fromEntries(FIELDS.map((field) => [field, values?.[field] ?? null])),
    })),
    ...cumulative,
    window_revenue: windows.filter(isFinal),
  };
}

function positionOf({ source, sequenceNumber }: OracleRecord): Row {
  return { source, sequence_number: sequenceNumber };
}
