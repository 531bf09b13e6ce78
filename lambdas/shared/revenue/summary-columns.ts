import { type ColumnData, type NamedColumns, plain, textValues } from '../bytes/column-data.ts';
import type { Dimension } from '../dimensions/joined-dimension.ts';
import { formatDay } from '../model/time.ts';
import type { ProductTotal } from './product-revenue.ts';
import { assertFits } from './revenue-limit.ts';
import type { Revenue } from './revenue-sums.ts';

/**
 * The three small revenue tables (contract §3). Each throws `TerminalError` `revenue_overflow`,
 * which names the cell.
 */

/** Columns of `daily_revenue`, by day since 1970. */
export function dailyColumns(byDay: ReadonlyMap<number, Revenue>): NamedColumns {
  const days = [...byDay].sort(([a], [b]) => a - b);
  const dayNumbers = Int32Array.from(days, ([day]) => day);
  const cells = days.map(([, revenue]) => revenue);
  return {
    order_date: plain(dayNumbers),
    ...revenueColumns(cells, (row) => `daily_revenue of ${formatDay(dayNumbers[row])}`),
  };
}

/** Columns of `hourly_revenue`; hours are in order. */
export function hourlyColumns(hours: readonly (readonly [number, Revenue])[]): NamedColumns {
  const hourNumbers = Int32Array.from(hours, ([hour]) => hour);
  const cells = hours.map(([, revenue]) => revenue);
  return {
    hour_of_day: plain(hourNumbers),
    ...revenueColumns(cells, (row) => `hourly_revenue of hour ${hourNumbers[row]}`),
  };
}

/** Columns of `top_products`; products are in order of rank. */
export function topColumns(top: readonly ProductTotal[], products: Dimension): NamedColumns {
  const rows = top.map(({ productId }) => products.rowOf(productId));
  const keys = Uint32Array.from(top, (_, index) => index);
  const joined = (name: string): ColumnData => {
    const { values, codeOfRow } = products.columnOf(name);
    const valueOfKey = Int32Array.from(rows, (row) => (row < 0 ? -1 : codeOfRow[row]));
    return { kind: 'keyed', keys, keyCount: top.length, valueOf: valueOfKey, values };
  };
  return {
    rank: plain(Int32Array.from(top, (_, index) => index + 1)),
    product_id: plain(textValues(top.map(({ productId }) => productId))),
    product_name: joined('product_name'),
    category: joined('category'),
    ...revenueColumns(top, (row) => `top_products of ${top[row].productId}`),
  };
}

function revenueColumns(cells: readonly Revenue[], nameOf: (row: number) => string): NamedColumns {
  cells.forEach(({ cents }, row) => {
    assertFits(cents, () => nameOf(row));
  });
  return {
    total_orders: plain(Float64Array.from(cells, ({ orders }) => orders)),
    total_revenue: plain(BigInt64Array.from(cells, ({ cents }) => cents)),
  };
}
