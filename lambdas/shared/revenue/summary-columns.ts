import { type ColumnData, plain, textValues } from '../bytes/column-data.ts';
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
export function dailyColumns(byDay: ReadonlyMap<number, Revenue>): ColumnData[] {
  const days = [...byDay].sort(([a], [b]) => a - b);
  const dayNumbers = Int32Array.from(days, ([day]) => day);
  const cells = days.map(([, revenue]) => revenue);
  return [
    plain(dayNumbers),
    ...revenueColumns(cells, (row) => `daily_revenue of ${formatDay(dayNumbers[row])}`),
  ];
}

/** Columns of `hourly_revenue`; hours are in order. */
export function hourlyColumns(hours: readonly (readonly [number, Revenue])[]): ColumnData[] {
  const hourNumbers = Int32Array.from(hours, ([hour]) => hour);
  const cells = hours.map(([, revenue]) => revenue);
  return [
    plain(hourNumbers),
    ...revenueColumns(cells, (row) => `hourly_revenue of hour ${hourNumbers[row]}`),
  ];
}

const PRODUCT_NAME = 0;
const CATEGORY = 1;

/** Columns of `top_products`; products are in order of rank. */
export function topColumns(top: readonly ProductTotal[], products: Dimension): ColumnData[] {
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

function revenueColumns(cells: readonly Revenue[], nameOf: (row: number) => string): ColumnData[] {
  cells.forEach(({ cents }, row) => {
    assertFits(cents, () => nameOf(row));
  });
  return [
    plain(Float64Array.from(cells, ({ orders }) => orders)),
    plain(BigInt64Array.from(cells, ({ cents }) => cents)),
  ];
}
