import type { Column, ColumnType } from '../../../lambdas/shared/model/column.ts';

const STRING: ColumnType = { kind: 'string' };
const INT32: ColumnType = { kind: 'int32' };
const PRICE: ColumnType = { kind: 'decimal', precision: 10, scale: 2 };
const AMOUNT: ColumnType = { kind: 'decimal', precision: 18, scale: 2 };

const TYPES: readonly (readonly [string, ColumnType])[] = [
  ['order_id', STRING],
  ['customer_id', STRING],
  ['product_id', STRING],
  ['order_timestamp', { kind: 'timestamp' }],
  ['quantity', INT32],
  ['price', PRICE],
  ['status', STRING],
  ['order_date', { kind: 'date' }],
  ['order_day_of_week', INT32],
  ['hour_of_day', INT32],
  ['total_amount', AMOUNT],
  ['customer_name', STRING],
  ['product_name', STRING],
  ['category', STRING],
  ['source_offset', { kind: 'int64' }],
];

/** The 15 columns that every Parquet contender writes. */
export const PARQUET_COLUMNS: readonly Column[] = TYPES.map(([name, type], index) => ({
  name,
  type,
  isNullable: false,
  fieldId: index + 1,
  description: '',
}));
