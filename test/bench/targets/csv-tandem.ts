/**
 * `node csv-tandem.ts FILE`: CSV to typed columns with every rule of a record checked, one thread.
 */
import { createReadStream } from 'node:fs';
import type { ByteDictionary } from '../../../lambdas/shared/bytes/byte-dictionary.ts';
import { piecesSource } from '../../../lambdas/shared/ingest/byte-sources.ts';
import { ORDER_COLUMNS } from '../../../lambdas/shared/ingest/header-columns.ts';
import { OrderColumns } from '../../../lambdas/shared/ingest/order-columns.ts';
import { parseOrders } from '../../../lambdas/shared/ingest/parse-orders.ts';
import { csvFormat, RecordReader } from '../../../lambdas/shared/ingest/record-reader.ts';
import { ownRules } from '../../../lambdas/shared/ingest/record-rules.ts';
import { SPAN_BATCH_RECORDS } from '../../../lambdas/shared/ingest/span-batch.ts';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import { CUSTOMER, PRODUCT, STATUSES } from '../../../lambdas/shared/model/order.ts';
import { type CsvAnswer, FIRST_TIME_MS, printAnswer } from './csv-answer.ts';

const COMPLETED = STATUSES.indexOf('completed');
const PIECE_BYTES = 1024 * 1024;
/** Rows held at once: columns of about 5 MB. */
const CAPACITY = 64 * SPAN_BATCH_RECORDS;

const columns = new OrderColumns(CAPACITY);
const rules = ownRules(DEFAULT_CONFIG.rules.statuses);
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

const pieces = createReadStream(process.argv[2], { highWaterMark: PIECE_BYTES });
const reader = new RecordReader(piecesSource(pieces), 0);
const header = await reader.header(ORDER_COLUMNS);
if (header.kind !== 'header') throw new Error(`no header: ${header.kind}`);
const noLimit = { stopBefore: Number.POSITIVE_INFINITY, giveUpAt: Number.POSITIVE_INFINITY };
await reader.records(csvFormat(header.layout), noLimit, (batch, baseOffset) => {
  if (columns.rowCount + batch.recordCount > CAPACITY) consume();
  parseOrders(batch, baseOffset, rules, columns);
});
consume();
printAnswer(total);

function consume(): void {
  const { rowCount, issues, quantity, priceCents, timeMs, status, idEnd } = columns;
  const { [CUSTOMER]: customerCode, [PRODUCT]: productCode } = columns.codes;
  const { [CUSTOMER]: customers, [PRODUCT]: products } = columns.dictionaries;
  const customerBytes = lengthsOf(customers);
  const productBytes = lengthsOf(products);
  let [valid, pieces, cents, seconds, completed] = [0, 0, 0, 0, 0];
  let [orderIds, customerIds, productIds] = [0, 0, 0];
  for (let row = 0; row < rowCount; row++) {
    if (issues[row] !== 0) continue;
    valid += 1;
    pieces += quantity[row];
    cents += quantity[row] * priceCents[row];
    seconds += (timeMs[row] - FIRST_TIME_MS) / 1000;
    if (status[row] === COMPLETED) completed += 1;
    orderIds += idEnd[row] - (row === 0 ? 0 : idEnd[row - 1]);
    customerIds += customerBytes[customerCode[row]];
    productIds += productBytes[productCode[row]];
  }
  total.valid += valid;
  total.pieces += pieces;
  total.cents += cents;
  total.seconds += seconds;
  total.completed += completed;
  total.orderIdBytes += orderIds;
  total.customerIdBytes += customerIds;
  total.productIdBytes += productIds;
  total.rows += rowCount;
  columns.clear();
}

function lengthsOf({ size, offsets }: ByteDictionary): Uint32Array {
  return Uint32Array.from({ length: size }, (_, code) => offsets[code + 1] - offsets[code]);
}
