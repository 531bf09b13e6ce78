import { type TableName, tableOf } from '../../shared/model/tables.ts';
import { formatDay } from '../../shared/model/time.ts';
import { type ColumnData, plain, textValues } from '../../shared/parquet/column-data.ts';
import { type TableFile, TableFileWriter } from '../../shared/parquet/table-file.ts';
import type { ParquetOptions } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Dimension } from '../../shared/transform/dimension.ts';
import { assertFits } from '../../shared/transform/revenue-limit.ts';
import { tablePrefix } from '../batch-plan.ts';
import {
  type ProductTotal,
  type RangeResult,
  TOP_PRODUCTS,
} from '../merge-aggregates/merge-aggregates.ts';
import type { BucketResult } from '../reduce-bucket/reduce-bucket.ts';

/** Orders and exact cents of one cell. */
interface Revenue {
  orders: number;
  cents: bigint;
}

export interface SummaryContext {
  readonly lake: ObjectStore;
  readonly runId: string;
  readonly parquet: ParquetOptions;
  readonly products: Dimension;
}

/**
 * Adds up days, hours and best tens, and writes the three small tables. Throws `TerminalError`
 * `revenue_overflow`. Returns the files by table, and the grand total.
 */
export async function writeSummaryTables(
  buckets: readonly BucketResult[],
  ranges: readonly RangeResult[],
  context: SummaryContext,
): Promise<{ files: Partial<Record<TableName, TableFile[]>>; revenueCents: bigint }> {
  const byDay = sumDays(buckets);
  const revenueCents = [...byDay.values()].reduce((sum, { cents }) => sum + cents, 0n);
  assertFits(revenueCents, () => 'the revenue of all orders');
  const files: Partial<Record<TableName, TableFile[]>> = {};
  const write = async (name: TableName, rowCount: number, columns: ColumnData[]) => {
    if (rowCount === 0) return;
    const key = `${tablePrefix(name, context.runId)}part-0000.parquet`;
    const table = tableOf('batch', name);
    const file = { key, partition: null };
    const writer = new TableFileWriter(context.lake, table, context.parquet, file);
    await writer.write({ rowCount, columns });
    files[name] = [await writer.close()];
  };
  const days = [...byDay].sort(([a], [b]) => a - b);
  const dayNumbers = Int32Array.from(days, ([day]) => day);
  const dayCells = days.map(([, revenue]) => revenue);
  await write('daily_revenue', days.length, [
    plain(dayNumbers),
    ...revenueColumns(dayCells, (row) => `daily_revenue of ${formatDay(dayNumbers[row])}`),
  ]);
  const hours = sumHours(buckets);
  const hourNumbers = Int32Array.from(hours, ([hour]) => hour);
  const hourCells = hours.map(([, revenue]) => revenue);
  await write('hourly_revenue', hours.length, [
    plain(hourNumbers),
    ...revenueColumns(hourCells, (row) => `hourly_revenue of hour ${hourNumbers[row]}`),
  ]);
  const top = topProducts(ranges);
  await write('top_products', top.length, topColumns(top, context.products));
  return { files, revenueCents };
}

function sumDays(buckets: readonly BucketResult[]): Map<number, Revenue> {
  const sums = new Map<number, Revenue>();
  for (const { byDay } of buckets) {
    for (const [day, { orders, cents }] of byDay) {
      const sum = sums.get(day) ?? { orders: 0, cents: 0n };
      sums.set(day, { orders: sum.orders + orders, cents: sum.cents + cents });
    }
  }
  return sums;
}

/** Hours without active orders have no row. */
function sumHours(buckets: readonly BucketResult[]): [number, Revenue][] {
  const sums = Array.from({ length: 24 }, (_, hour): [number, Revenue] => {
    const sum = { orders: 0, cents: 0n };
    for (const { byHour } of buckets) {
      sum.orders += byHour[hour].orders;
      sum.cents += byHour[hour].cents;
    }
    return [hour, sum];
  });
  return sums.filter(([, { orders }]) => orders > 0);
}

/** Revenue descending; ties by the bytes of product_id. */
function topProducts(ranges: readonly RangeResult[]): ProductTotal[] {
  const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return ranges
    .flatMap(({ top }) => top)
    .sort((a, b) => {
      if (a.cents !== b.cents) return a.cents < b.cents ? 1 : -1;
      return bytewise(a.productId, b.productId);
    })
    .slice(0, TOP_PRODUCTS);
}

function revenueColumns(cells: readonly Revenue[], nameOf: (row: number) => string): ColumnData[] {
  cells.forEach(({ cents }, row) => {
    assertFits(cents, () => nameOf(row));
  });
  return [
    plain(Float64Array.from(cells, ({ orders }) => orders)),
    plain(BigInt64Array.from(cells, ({ cents }) => cents)),
  ];
}

const PRODUCT_NAME = 0;
const CATEGORY = 1;

function topColumns(top: readonly ProductTotal[], products: Dimension): ColumnData[] {
  const rows = top.map(({ productId }) => products.rowOf(productId));
  const keys = Uint32Array.from(top, (_, index) => index);
  const joined = (column: number): ColumnData => {
    const { values, codeOfRow } = products.columns[column];
    const valueOfKey = Int32Array.from(rows, (row) => (row < 0 ? -1 : codeOfRow[row]));
    return { kind: 'keyed', keys, keyCount: top.length, valueOf: valueOfKey, values };
  };
  return [
    plain(Int32Array.from(top, (_, index) => index + 1)),
    plain(textValues(top.map(({ productId }) => productId))),
    joined(PRODUCT_NAME),
    joined(CATEGORY),
    ...revenueColumns(top, (row) => `top_products of ${top[row].productId}`),
  ];
}
