/** `node csv-duckdb.ts FILE`: `read_csv` with types, every column used, two threads. */
import { tmpdir } from 'node:os';
import { COMPLETED_SPELLINGS, type CsvAnswer, printAnswer } from './csv-answer.ts';
import { openDuckDb, quoted } from './duckdb-connection.ts';

const db = await openDuckDb(tmpdir());
const completed = COMPLETED_SPELLINGS.map(quoted).join(', ');
const isValid = 'order_id IS NOT NULL AND quantity > 0 AND price >= 0';
const [row] = await db.rows(`
  SELECT rows, valid, pieces, cents, seconds, completed,
    order_id_bytes, customer_id_bytes, product_id_bytes
  FROM (
    SELECT count(*) AS rows,
      count(*) FILTER (${isValid}) AS valid,
      sum(quantity) FILTER (${isValid}) AS pieces,
      sum(quantity * (price * 100)::BIGINT) FILTER (${isValid}) AS cents,
      sum(epoch(order_timestamp - TIMESTAMP '2026-01-01')) FILTER (${isValid}) AS seconds,
      count(*) FILTER (${isValid} AND lower(status) IN (${completed})) AS completed,
      sum(strlen(order_id)) FILTER (${isValid}) AS order_id_bytes,
      sum(strlen(customer_id)) FILTER (${isValid}) AS customer_id_bytes,
      sum(strlen(product_id)) FILTER (${isValid}) AS product_id_bytes
    FROM read_csv(${quoted(process.argv[2])}, header = true, auto_detect = false, delim = ',',
      quote = '"', escape = '"', columns = {order_id: 'VARCHAR', customer_id: 'VARCHAR',
      product_id: 'VARCHAR', order_timestamp: 'TIMESTAMP', quantity: 'INTEGER',
      price: 'DECIMAL(10,2)', status: 'VARCHAR'})
  )`);
const names = [
  'rows',
  'valid',
  'pieces',
  'cents',
  'seconds',
  'completed',
  'orderIdBytes',
  'customerIdBytes',
  'productIdBytes',
];
printAnswer(
  Object.fromEntries(names.map((name, at) => [name, Number(row[at])])) as unknown as CsvAnswer,
);
