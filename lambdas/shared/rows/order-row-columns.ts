import {
  type BytesValues,
  type ColumnData,
  type KeyedColumn,
  plain,
  textValues,
  type Values,
} from '../bytes/column-data.ts';
import type { Dimension } from '../dimensions/joined-dimension.ts';
import { STATUSES } from '../model/order.ts';
import { dayOfWeek, MS_PER_DAY, MS_PER_HOUR } from '../model/time.ts';
import type { DenseKeys, RowKeys } from './dense-keys.ts';

/** Derived and joined columns of rows (contract §2.2): one code for both doors. */

export const HOURS_PER_DAY = 24;

const HOURS = Int32Array.from({ length: HOURS_PER_DAY }, (_, hour) => hour);

const STATUS_VALUES = textValues(STATUSES);

/** Rows of orders; keys are densified. Arrays may be longer than there are rows. */
export interface OrderRows {
  readonly ids: BytesValues;
  readonly customer: RowKeys;
  readonly customers: Values;
  readonly product: RowKeys;
  readonly products: Values;
  readonly timeMs: Float64Array;
  readonly quantity: Int32Array;
  readonly priceCents: Float64Array;
  /** Index in `STATUSES`. */
  readonly status: RowKeys;
  /** Days since 1970. */
  readonly day: RowKeys;
  /** 0 to 23. */
  readonly hour: RowKeys;
  readonly totalCents: Float64Array;
}

/** The columns of contract §3 from order_id to total_amount. */
export function orderColumns(rows: OrderRows): ColumnData[] {
  const days = Int32Array.from(rows.day.used);
  return [
    plain(rows.ids),
    rows.customer.column(rows.customers, rows.customer.used),
    rows.product.column(rows.products, rows.product.used),
    plain(rows.timeMs),
    plain(rows.quantity),
    plain(rows.priceCents),
    rows.status.column(STATUS_VALUES, rows.status.used),
    rows.day.column(days, null),
    rows.day.column(days.map(dayOfWeek), null),
    rows.hour.column(HOURS, rows.hour.used),
    plain(rows.totalCents),
  ];
}

/** The columns that a dimension brings along. `rowOf` says the dimension's row of a code, or -1. */
export function joinedColumns(
  keys: RowKeys,
  dimension: Dimension,
  rowOf: Int32Array,
): KeyedColumn[] {
  return dimension.columns.map(({ values, codeOfRow }) =>
    keys.column(
      values,
      keys.used.map((code) => (rowOf[code] < 0 ? -1 : codeOfRow[rowOf[code]])),
    ),
  );
}

/** Says the day and the hour of day of each row. */
export function deriveDayAndHour(
  timeMs: Float64Array,
  rowCount: number,
  days: Uint32Array,
  hours: Uint32Array,
): void {
  // Records come by and large in order of time, so most are of the same hour as the one before.
  let hourStart = Number.NEGATIVE_INFINITY;
  let day = 0;
  let hour = 0;
  for (let i = 0; i < rowCount; i++) {
    const time = timeMs[i];
    if (time < hourStart || time >= hourStart + MS_PER_HOUR) {
      day = Math.floor(time / MS_PER_DAY);
      hour = Math.floor((time - day * MS_PER_DAY) / MS_PER_HOUR);
      hourStart = day * MS_PER_DAY + hour * MS_PER_HOUR;
    }
    days[i] = day;
    hours[i] = hour;
  }
}

/** Renumbers the statuses, days and hours of the first `rowCount` rows. */
export function densifyDerived(
  { status, day, hour }: Readonly<Record<'status' | 'day' | 'hour', DenseKeys>>,
  rowCount: number,
): void {
  status.densify(rowCount, STATUSES.length);
  hour.densify(rowCount, HOURS_PER_DAY);
  day.densify(rowCount, maxKey(day.keys, rowCount) + 1);
}

function maxKey(keys: Uint32Array, count: number): number {
  let max = 0;
  for (let i = 0; i < count; i++) if (keys[i] > max) max = keys[i];
  return max;
}
