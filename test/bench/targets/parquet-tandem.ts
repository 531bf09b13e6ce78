/** `node parquet-tandem.ts FILE`: our writer, one thread. */
import { writeFileSync } from 'node:fs';
import type {
  BytesValues,
  ColumnData,
  NumberValues,
} from '../../../lambdas/shared/bytes/column-data.ts';
import { ParquetWriter } from '../../../lambdas/shared/parquet/writer.ts';
import { PARQUET_COLUMNS } from './parquet-columns.ts';
import {
  CATEGORIES,
  CUSTOMERS,
  numberColumns,
  PARQUET_ROWS,
  PRODUCTS,
  STATUS_NAMES,
} from './parquet-rows.ts';
import { preparationSoFar, printPreparation } from './preparation.ts';

const numbers = numberColumns();
const { customer, product, status } = numbers;
const customers = Array.from({ length: CUSTOMERS }, (_, index) => index + 1);
const products = Array.from({ length: PRODUCTS }, (_, index) => index + 1);

const ids = orderIds();
const preparation = preparationSoFar();
const writer = new ParquetWriter(PARQUET_COLUMNS, {
  codec: 'zstd',
  encoding: 'compact',
  zstdLevel: 1,
});
const group = writer.writeRowGroup({
  rowCount: PARQUET_ROWS,
  columns: {
    order_id: { kind: 'plain', values: ids, validity: null },
    customer_id: keyed(customer, bytesOf(customers.map((id) => `c${id}`))),
    product_id: keyed(product, bytesOf(products.map((id) => `p${id}`))),
    order_timestamp: plain(numbers.timeMs),
    quantity: plain(numbers.quantity),
    price: plain(numbers.priceCents),
    status: keyed(status, bytesOf(STATUS_NAMES)),
    order_date: plain(numbers.day),
    order_day_of_week: plain(numbers.dayOfWeek),
    hour_of_day: plain(numbers.hour),
    total_amount: plain(numbers.totalCents),
    customer_name: keyed(customer, bytesOf(customers.map((id) => `Customer ${id}`))),
    product_name: keyed(product, bytesOf(products.map((id) => `Product ${id}`))),
    category: keyed(product, bytesOf(products.map((id) => CATEGORIES[(id - 1) % 4]))),
    source_offset: plain(numbers.offset),
  },
});
writeFileSync(process.argv[2], group);
writeFileSync(process.argv[2], writer.finish(), { flag: 'a' });
printPreparation(preparation);

function plain(values: NumberValues): ColumnData {
  return { kind: 'plain', values, validity: null };
}

function keyed(keys: Uint32Array, values: BytesValues): ColumnData {
  return { kind: 'keyed', keys, keyCount: values.offsets.length - 1, valueOf: null, values };
}

function bytesOf(texts: readonly string[]): BytesValues {
  const heap = new TextEncoder().encode(texts.join(''));
  const offsets = new Uint32Array(texts.length + 1);
  for (let i = 0; i < texts.length; i++) offsets[i + 1] = offsets[i] + texts[i].length;
  return { heap, offsets };
}

/** `o1`, `o2`, …, digit by digit: a string for each would be more work than writing the file. */
function orderIds(): BytesValues {
  const heap = new Uint8Array(8 * PARQUET_ROWS);
  const offsets = new Uint32Array(PARQUET_ROWS + 1);
  let size = 0;
  for (let id = 1; id <= PARQUET_ROWS; id++) {
    heap[size++] = 0x6f;
    let digits = 1;
    while (10 ** digits <= id) digits += 1;
    let rest = id;
    for (let at = size + digits - 1; at >= size; at--) {
      heap[at] = 0x30 + (rest % 10);
      rest = Math.trunc(rest / 10);
    }
    size += digits;
    offsets[id] = size;
  }
  return { heap, offsets };
}
