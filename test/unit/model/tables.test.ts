import { expect, it } from 'vitest';
import { CUSTOMERS, dimensionFields, PRODUCTS } from '../../../lambdas/shared/model/dimension.ts';
import {
  type Door,
  RENAMED_COLUMNS,
  type Table,
  type TableName,
  tableOf,
  tablesOf,
} from '../../../lambdas/shared/model/tables.ts';

/** `name kind` of each column, `?` where it may be null; field ids count from 1. */
function formOf({ columns }: Table): string {
  expect(columns.map(({ fieldId }) => fieldId)).toEqual(columns.map((_, index) => index + 1));
  const typeOf = ({ type, isNullable }: Table['columns'][number]) => {
    const digits = type.kind === 'decimal' ? `(${type.precision},${type.scale})` : '';
    return `${type.kind}${digits}${isNullable ? '?' : ''}`;
  };
  return columns.map((column) => `${column.name} ${typeOf(column)}`).join(', ');
}

const ORDER =
  'order_id string, customer_id string, product_id string, order_timestamp timestamp, ' +
  'quantity int32, price decimal(10,2), status string, order_date date, ' +
  'order_day_of_week int32, hour_of_day int32, total_amount decimal(18,2), ';
const JOINED =
  'customer_name string?, customer_email string?, customer_segment string?, ' +
  'registration_date date?, product_name string?, category string?, brand string?, ' +
  'list_price decimal(10,2)?, ';
const RAW =
  'issues string, raw string, order_id string?, customer_id string?, product_id string?, ' +
  'order_timestamp string?, quantity string?, price string?, status string?, ';
const REVENUE = 'total_orders int64, total_revenue decimal(18,2)';
const REVENUE_FORMS: readonly [TableName, string][] = [
  ['daily_revenue', `order_date date, ${REVENUE}`],
  ['hourly_revenue', `hour_of_day int32, ${REVENUE}`],
  ['product_revenue', `product_id string, ${REVENUE}`],
  [
    'top_products',
    `rank int32, product_id string, product_name string?, category string?, ${REVENUE}`,
  ],
  [
    'window_revenue',
    'window_start timestamp, window_end timestamp, product_id string, orders_count int64, ' +
      'total_revenue decimal(18,2)',
  ],
];
const BATCH_PLACE = 'source string, source_offset int64';
const STREAM_PLACE = 'source string, sequence_number string';

it.each<[Door, readonly [TableName, string][]]>([
  [
    'batch',
    [
      ['orders', ORDER + JOINED + BATCH_PLACE],
      ['cancelled', ORDER + BATCH_PLACE],
      ['duplicates', `${ORDER}${BATCH_PLACE}, kept_source string, kept_source_offset int64`],
      ['quarantine', RAW + BATCH_PLACE],
      ...REVENUE_FORMS,
    ],
  ],
  [
    'stream',
    [
      ['orders', ORDER + JOINED + STREAM_PLACE],
      ['cancelled', ORDER + STREAM_PLACE],
      ['duplicates', ORDER + STREAM_PLACE],
      ['late', `${ORDER}watermark timestamp, ${STREAM_PLACE}`],
      ['quarantine', RAW + STREAM_PLACE],
      ...REVENUE_FORMS,
    ],
  ],
])('defines the columns of each table of the %s door', (door, forms) => {
  expect(tablesOf(door).map((table) => [table.name, formOf(table)])).toEqual(forms);
  expect(tablesOf(door).map((table) => table.door)).toEqual(forms.map(() => door));
});

it.each<[Door, string]>([
  ['batch', 'source_offset'],
  ['stream', 'sequence_number'],
])('says how the files of the %s door are divided and sorted', (door, position) => {
  const orders = tablesOf(door).map(({ name, partitionBy, sortedBy }) => {
    const sorted = sortedBy.map((key) => `${key.column}${key.descending ? ' desc' : ''}`);
    return `${name} ${partitionBy}: ${sorted.join(', ')}`;
  });
  const late = door === 'stream' ? [`late null: source, ${position}`] : [];

  expect(orders).toEqual([
    `orders order_date: source, ${position}`,
    `cancelled order_date: source, ${position}`,
    `duplicates null: source, ${position}`,
    ...late,
    `quarantine null: source, ${position}`,
    'daily_revenue null: order_date',
    'hourly_revenue null: hour_of_day',
    'product_revenue null: total_revenue desc, product_id',
    'top_products null: rank',
    'window_revenue null: window_start, product_id',
  ]);
});

it('has late records in the stream only', () => {
  expect(tableOf('stream', 'late').name).toBe('late');
  expect(() => tableOf('batch', 'late')).toThrow('the batch door has no table late');
});

it('knows the earlier names of columns', () => {
  expect([...RENAMED_COLUMNS]).toEqual([
    ['first_source', 'kept_source'],
    ['first_source_offset', 'kept_source_offset'],
  ]);
});

it('requires the key of a dimension and nothing else', () => {
  expect(dimensionFields(CUSTOMERS).required).toEqual(['customer_id']);
  expect(dimensionFields(PRODUCTS)).toEqual({
    fields: ['product_id', 'product_name', 'category', 'brand', 'list_price'],
    required: ['product_id'],
  });
});
