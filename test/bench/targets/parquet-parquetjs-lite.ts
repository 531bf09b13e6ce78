/**
 * `node parquet-parquetjs-lite.ts FILE`: row by row; it has neither DECIMAL (doubles here) nor zstd
 * (snappy here).
 */
import { createRequire } from 'node:module';
import { CATEGORIES, numberColumns, PARQUET_ROWS, STATUS_NAMES } from './parquet-rows.ts';
import { preparationSoFar, printPreparation } from './preparation.ts';

/** The part of the library that is used; it has no types, and its ES module does not load. */
interface ParquetJs {
  readonly ParquetSchema: new (
    fields: Record<string, { type: string; compression: string }>,
  ) => object;
  readonly ParquetWriter: {
    openFile(
      schema: object,
      path: string,
    ): Promise<{
      appendRow(row: object): Promise<void>;
      close(): Promise<void>;
    }>;
  };
}

const TYPES = {
  order_id: 'UTF8',
  customer_id: 'UTF8',
  product_id: 'UTF8',
  order_timestamp: 'TIMESTAMP_MILLIS',
  quantity: 'INT32',
  price: 'DOUBLE',
  status: 'UTF8',
  order_date: 'DATE',
  order_day_of_week: 'INT32',
  hour_of_day: 'INT32',
  total_amount: 'DOUBLE',
  customer_name: 'UTF8',
  product_name: 'UTF8',
  category: 'UTF8',
  source_offset: 'INT64',
};

const parquet = createRequire(import.meta.url)('parquetjs-lite') as ParquetJs;
const schema = new parquet.ParquetSchema(
  Object.fromEntries(
    Object.entries(TYPES).map(([name, type]) => [name, { type, compression: 'SNAPPY' }]),
  ),
);
const writer = await parquet.ParquetWriter.openFile(schema, process.argv[2]);
const numbers = numberColumns();
const preparation = preparationSoFar();
for (let row = 0; row < PARQUET_ROWS; row++) {
  const customer = numbers.customer[row] + 1;
  const product = numbers.product[row] + 1;
  await writer.appendRow({
    order_id: `o${row + 1}`,
    customer_id: `c${customer}`,
    product_id: `p${product}`,
    order_timestamp: new Date(numbers.timeMs[row]),
    quantity: numbers.quantity[row],
    price: numbers.priceCents[row] / 100,
    status: STATUS_NAMES[numbers.status[row]],
    order_date: new Date(numbers.day[row] * 86_400_000),
    order_day_of_week: numbers.dayOfWeek[row],
    hour_of_day: numbers.hour[row],
    total_amount: numbers.totalCents[row] / 100,
    customer_name: `Customer ${customer}`,
    product_name: `Product ${product}`,
    category: CATEGORIES[(product - 1) % 4],
    source_offset: numbers.offset[row],
  });
}
await writer.close();
printPreparation(preparation);
