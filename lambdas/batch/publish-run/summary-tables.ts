import type { NamedColumns } from '../../shared/bytes/column-data.ts';
import type { Dimension } from '../../shared/dimensions/joined-dimension.ts';
import { type TableName, TOP_PRODUCTS } from '../../shared/model/tables.ts';
import { HOURS_PER_DAY } from '../../shared/model/time.ts';
import type { ParquetOptions } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { ProductTotal } from '../../shared/revenue/product-revenue.ts';
import { assertFits } from '../../shared/revenue/revenue-limit.ts';
import type { Revenue } from '../../shared/revenue/revenue-sums.ts';
import { dailyColumns, hourlyColumns, topColumns } from '../../shared/revenue/summary-columns.ts';
import { type PartFiles, TableParts } from '../../shared/rows/table-parts.ts';
import { batchTableFolder } from '../../shared/state/batch-keys.ts';
import type { BucketResult } from '../run/bucket-result.ts';
import type { RangeResult } from '../run/range-result.ts';

export interface SummaryContext {
  readonly lake: ObjectStore;
  readonly runId: string;
  readonly parquet: ParquetOptions;
  readonly products: Dimension;
}

/**
 * Adds up days, hours and top tens, and writes the three small tables. Returns the files by table
 * and the grand total in cents. Throws `TerminalError` `revenue_overflow`.
 */
export async function writeSummaryTables(
  buckets: readonly BucketResult[],
  ranges: readonly RangeResult[],
  context: SummaryContext,
): Promise<{ files: PartFiles; revenueCents: bigint }> {
  const byDay = sumDays(buckets);
  const revenueCents = [...byDay.values()].reduce((sum, { cents }) => sum + cents, 0n);
  assertFits(revenueCents, () => 'the revenue of all orders');
  const { lake, runId, parquet } = context;
  const folderOf = (table: TableName) => batchTableFolder(table, runId);
  const parts = new TableParts({ lake, door: 'batch', folderOf, parquet });
  const write = (table: TableName, rowCount: number, columns: NamedColumns) =>
    parts.write({ table, day: null, part: '0000' }, rowCount === 0 ? [] : [{ rowCount, columns }]);
  await write('daily_revenue', byDay.size, dailyColumns(byDay));
  const hours = sumHours(buckets);
  await write('hourly_revenue', hours.length, hourlyColumns(hours));
  const top = topProducts(ranges);
  await write('top_products', top.length, topColumns(top, context.products));
  return { files: parts.files, revenueCents };
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
  const sums = Array.from({ length: HOURS_PER_DAY }, (_, hour): [number, Revenue] => {
    let orders = 0;
    let cents = 0n;
    for (const { byHour } of buckets) {
      orders += byHour[hour].orders;
      cents += byHour[hour].cents;
    }
    return [hour, { orders, cents }];
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
