/** `node parquet-hyparquet-writer.ts FILE`: zstd by `node:zlib`, types as ours. */
import { constants, zstdCompressSync } from 'node:zlib';
import { parquetWriteFile } from 'hyparquet-writer';
import { CATEGORIES, numberColumns, PARQUET_ROWS, STATUS_NAMES } from './parquet-rows.ts';
import { preparationSoFar, printPreparation } from './preparation.ts';

const numbers = numberColumns();
const customerNumber = Array.from(numbers.customer, (index) => index + 1);
const productNumber = Array.from(numbers.product, (index) => index + 1);
const decimal = { type: 'INT64', converted_type: 'DECIMAL', scale: 2 } as const;
const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const columns = [
  { ...text, name: 'order_id', data: Array.from({ length: PARQUET_ROWS }, (_, i) => `o${i + 1}`) },
  { ...text, name: 'customer_id', data: customerNumber.map((id) => `c${id}`) },
  { ...text, name: 'product_id', data: productNumber.map((id) => `p${id}`) },
  {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    name: 'order_timestamp',
    data: BigInt64Array.from(numbers.timeMs, BigInt),
  },
  { type: 'INT32', name: 'quantity', data: numbers.quantity },
  { ...decimal, precision: 10, name: 'price', data: cents(numbers.priceCents) },
  { ...text, name: 'status', data: Array.from(numbers.status, (index) => STATUS_NAMES[index]) },
  { type: 'INT32', converted_type: 'DATE', name: 'order_date', data: numbers.day },
  { type: 'INT32', name: 'order_day_of_week', data: numbers.dayOfWeek },
  { type: 'INT32', name: 'hour_of_day', data: numbers.hour },
  { ...decimal, precision: 18, name: 'total_amount', data: cents(numbers.totalCents) },
  { ...text, name: 'customer_name', data: customerNumber.map((id) => `Customer ${id}`) },
  { ...text, name: 'product_name', data: productNumber.map((id) => `Product ${id}`) },
  { ...text, name: 'category', data: productNumber.map((id) => CATEGORIES[(id - 1) % 4]) },
  { type: 'INT64', name: 'source_offset', data: BigInt64Array.from(numbers.offset, BigInt) },
] as const;

const preparation = preparationSoFar();
parquetWriteFile({
  filename: process.argv[2],
  columnData: columns.map(({ name, data }) => ({ name, data: data as never })),
  schema: [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ data: _data, ...element }) => ({
      repetition_type: 'REQUIRED' as const,
      ...element,
    })),
  ],
  codec: 'ZSTD',
  compressors: {
    ZSTD: (input) =>
      zstdCompressSync(input, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  },
  // One row group of all rows took a third longer.
  rowGroupSize: 100_000,
});
printPreparation(preparation);

/** Whole cents as bigints: as numbers they would be scaled through a float. */
function cents(values: Float64Array): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}
