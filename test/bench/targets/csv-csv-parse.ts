/**
 * `node csv-csv-parse.ts FILE`: csv-parse, one object a row, its values turned into numbers as they
 * come.
 */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { COMPLETED_SPELLINGS, type CsvAnswer, FIRST_TIME_MS, printAnswer } from './csv-answer.ts';

type Row = Record<
  'order_id' | 'customer_id' | 'product_id' | 'order_timestamp' | 'quantity' | 'price' | 'status',
  string
>;

const total = {
  rows: 0,
  valid: 0,
  pieces: 0,
  cents: 0,
  seconds: 0,
  completed: 0,
  orderIdBytes: 0,
  customerIdBytes: 0,
  productIdBytes: 0,
} satisfies CsvAnswer;

const records = createReadStream(process.argv[2], { highWaterMark: 1024 * 1024 }).pipe(
  parse({ columns: true, bom: true }),
);
records.on('data', consume);
records.on('end', () => printAnswer(total));

function consume(row: Row): void {
  total.rows += 1;
  const quantity = Number(row.quantity);
  const cents = Math.round(Number(row.price) * 100);
  const timeMs = Date.parse(`${row.order_timestamp}Z`);
  const status = row.status.toLowerCase();
  if (row.order_id === '' || !(quantity > 0) || !(cents >= 0)) return;
  total.valid += 1;
  total.pieces += quantity;
  total.cents += quantity * cents;
  total.seconds += (timeMs - FIRST_TIME_MS) / 1000;
  if (COMPLETED_SPELLINGS.includes(status)) total.completed += 1;
  total.orderIdBytes += row.order_id.length;
  total.customerIdBytes += row.customer_id.length;
  total.productIdBytes += row.product_id.length;
}
