import { describe, expect, it } from 'vitest';
import { piecesSource } from '../../../lambdas/shared/ingest/byte-sources.ts';
import { csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import { ndjsonFormat } from '../../../lambdas/shared/ingest/ndjson.ts';
import { OrderColumns } from '../../../lambdas/shared/ingest/order-columns.ts';
import { parseOrders } from '../../../lambdas/shared/ingest/parse-orders.ts';
import {
  csvFormat,
  type RecordFormat,
  RecordReader,
} from '../../../lambdas/shared/ingest/record-reader.ts';
import { ownRules } from '../../../lambdas/shared/ingest/record-rules.ts';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import { issueBit } from '../../../lambdas/shared/model/issue.ts';
import { CUSTOMER, ORDER_FIELDS, PRODUCT } from '../../../lambdas/shared/model/order.ts';
import { generateOrders } from '../../../lib/embedded/generate/generate-orders.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';

const EVERYTHING = { stopBefore: Number.POSITIVE_INFINITY, giveUpAt: Number.POSITIVE_INFINITY };

async function generatedCsv(orders: number): Promise<string> {
  const store = new MemoryObjectStore();
  await generateOrders({
    store,
    orders,
    seed: 7,
    files: 1,
    isGzip: false,
    config: DEFAULT_CONFIG.generate,
  });
  return new TextDecoder().decode(await store.get('orders/part-00001.csv'));
}

/** A CSV row as an event (contract §6 `produce`): its values as strings, missing ones left out. */
function eventOf(line: string): string {
  const values = line.split(',').map((value, field) => [ORDER_FIELDS[field], value]);
  return JSON.stringify(Object.fromEntries(values.filter(([, value]) => value !== '')));
}

async function columnsOf(text: string, format: RecordFormat): Promise<OrderColumns> {
  const columns = new OrderColumns(10_000);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text);
  }
  const reader = new RecordReader(piecesSource(pieces()), 0);
  const rules = ownRules(DEFAULT_CONFIG.rules.statuses);
  await reader.records(format, EVERYTHING, (batch, baseOffset) => {
    parseOrders(batch, baseOffset, rules, columns);
  });
  return columns;
}

/** What the rules read, row by row; of a row with issues only these. */
function rowsOf(columns: OrderColumns): unknown[] {
  const text = (heap: Uint8Array, start: number, end: number) =>
    new TextDecoder().decode(heap.slice(start, end));
  const textOf = ({ heap, offsets }: { heap: Uint8Array; offsets: Uint32Array }, code: number) =>
    text(heap, offsets[code], offsets[code + 1]);
  return Array.from({ length: columns.rowCount }, (_, row) => {
    if (columns.issues[row] !== 0) return columns.issues[row];
    const idStart = row === 0 ? 0 : columns.idEnd[row - 1];
    return [
      text(columns.ids.bytes, idStart, columns.idEnd[row]),
      columns.idHash[row],
      textOf(columns.dictionaries[CUSTOMER], columns.codes[CUSTOMER][row]),
      textOf(columns.dictionaries[PRODUCT], columns.codes[PRODUCT][row]),
      columns.timeMs[row],
      columns.quantity[row],
      columns.priceCents[row],
      columns.status[row],
    ];
  });
}

describe('CSV and NDJSON', () => {
  it('give the same columns for the same orders', async () => {
    const csv = await generatedCsv(3_000);
    const lines = csv.trimEnd().split('\n').slice(1);
    const layout = ORDER_FIELDS.map((_, field) => field);

    const fromCsv = rowsOf(await columnsOf(`${lines.join('\n')}\n`, csvFormat(csvLayout(layout))));
    const fromEvents = rowsOf(await columnsOf(`${lines.map(eventOf).join('\n')}\n`, ndjsonFormat));

    expect(fromCsv).toHaveLength(3_052);
    expect(fromEvents).toEqual(fromCsv);
    expect(fromCsv.filter((row) => typeof row === 'number').length).toBeGreaterThan(200);
  });

  it('pass over an event that is longer than a window, and go on behind it', async () => {
    const long = `{"order_id":"${'x'.repeat(5_000_000)}"}`;
    const good =
      '{"order_id":"o1","customer_id":"c1","product_id":"p1",' +
      '"order_timestamp":"2026-01-01T00:00:00Z","quantity":1,"price":1.15,"status":"done"}';

    const rows = rowsOf(await columnsOf(`${long}\n${good}\n`, ndjsonFormat));

    expect(rows).toEqual([
      issueBit('record_too_long'),
      ['o1', expect.any(Number), 'c1', 'p1', 1_767_225_600_000, 1, 115, 0],
    ]);
  });
});
