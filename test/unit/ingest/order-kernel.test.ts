import { describe, expect, it } from 'vitest';
import { csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import { createCsvBatch, scanCsv } from '../../../lambdas/shared/ingest/csv-scanner.ts';
import { OrderColumns } from '../../../lambdas/shared/ingest/order-columns.ts';
import { parseOrders } from '../../../lambdas/shared/ingest/parse-orders.ts';
import { ownRules } from '../../../lambdas/shared/ingest/record-rules.ts';
import { SPAN_BATCH_RECORDS } from '../../../lambdas/shared/ingest/span-batch.ts';
import { issueCodes } from '../../../lambdas/shared/model/issue.ts';
import { CUSTOMER } from '../../../lambdas/shared/model/order.ts';

const LAYOUT = [0, 1, 2, 3, 4, 5, 6];
const WINDOW_BYTES = 1024 * 1024;
const batch = createCsvBatch(WINDOW_BYTES, 64);
const rules = ownRules({ done: 'completed' });

function scan(records: readonly string[], target = batch): void {
  const text = Buffer.from(records.map((record) => `${record}\n`).join(''));
  target.bytes.set(text);
  target.recordCount = 0;
  scanCsv(target, csvLayout(LAYOUT), {
    from: 0,
    end: text.length,
    startBefore: text.length,
    isLast: true,
  });
}

/** Which of the values the kernel leaves to the parsers, when they stand in a column. */
function oddValues(column: number, values: readonly string[], parse: () => number): string[] {
  scan(values.map((value) => LAYOUT.map((at) => (at === column ? value : 'x')).join(',')));
  return Array.from(batch.orders.oddRows.subarray(0, parse()), (row) => values[row]);
}

describe('the kernel reads by itself', () => {
  const count = () => batch.recordCount;

  it('order ids that need no trimming and are no word for a missing value', () => {
    const plain = ['o1', 'null-1', 'Nancy', '\\\\server', 'x'.repeat(128), '€', '-'];
    const odd = ['', ' o1', 'o1 ', 'null', 'NaN', '\\N', 'x'.repeat(129)];

    const found = oddValues(0, [...plain, ...odd], () => batch.orders.parseIds(count(), 0));

    expect(found).toEqual(odd);
  });

  it('keys of up to 64 bytes, whatever they are', () => {
    const plain = ['c1', ' c1 ', '', 'null', 'x'.repeat(64)];
    const odd = ['x'.repeat(65)];

    const found = oddValues(1, [...plain, ...odd], () => batch.orders.valuesOf(1).lookUp(count()));

    expect(found).toEqual(odd);
  });

  it('times without fraction and zone', () => {
    const plain = ['1970-01-01 00:00:00', '2199-12-31T23:59:59', '2024-02-29 12:30:00'];
    const odd = [
      ...['2026-02-29 00:00:00', '2100-02-29 00:00:00', '2026-04-31 00:00:00'],
      ...['2026-00-01 00:00:00', '2026-13-01 00:00:00', '2026-01-00 00:00:00'],
      ...['1969-12-31 23:59:59', '2200-01-01 00:00:00', '2026/01-01 00:00:00'],
      ...['2026-01/01 00:00:00', '2026-01-01_00:00:00', '2026-01-01 24:00:00'],
      ...['2026-01-01 00:60:00', '2026-01-01 00:00:60', '2026-01-01 00.00:00'],
      ...[
        '2026-01-01 00:00800',
        '2026-01-01 00800:00',
        '2026-01-01 0a:00:00',
        '2026-01-01 00:00:0:',
      ],
      ...['2026-01-01 00:00:00Z', '2026-01-01 00:00', ''],
    ];

    const found = oddValues(3, [...plain, ...odd], () => batch.orders.parseTimes(count()));

    expect(found).toEqual(odd);
    expect([...batch.orders.timeMs.subarray(0, 3)]).toEqual([0, 7258118399000, 1709209800000]);
  });

  it('quantities without sign', () => {
    const plain = ['1', '100000', '00000007'];
    const odd = ['0', '100001', '+1', '-1', '1.0', '000000007', '', '1 '];

    const found = oddValues(4, [...plain, ...odd], () => batch.orders.parseQuantities(count()));

    expect(found).toEqual(odd);
    expect([...batch.orders.quantity.subarray(0, 3)]).toEqual([1, 100_000, 7]);
  });

  it('prices without sign, of at most two places', () => {
    const plain = ['0', '1', '1.5', '1.05', '99999999.99', '12345678'];
    const odd = ['-1', '+1', '.5', '.05', '1.', '1.050', '100000000', '', '1;5'];

    const found = oddValues(5, [...plain, ...odd], () => batch.orders.parsePrices(count()));

    expect(found).toEqual(odd);
    expect([...batch.orders.priceCents.subarray(0, 6)]).toEqual([
      0, 100, 150, 105, 9_999_999_999, 1_234_567_800,
    ]);
  });
});

describe('parseOrders', () => {
  const order = (customerId: string, status = 'done') =>
    `o,${customerId},p,2026-01-01 00:00:00,1,1.00,${status}`;
  const customerOf = ({ dictionaries, codes }: OrderColumns, row: number) => {
    const { heap, offsets } = dictionaries[CUSTOMER];
    const code = codes[CUSTOMER][row];
    const bytes = heap.subarray(offsets[code], offsets[code + 1]);
    return Buffer.from(bytes).toString();
  };

  it.each([
    ['values', 140_000, 'c'],
    ['bytes of values', 72_000, 'c'.repeat(58)],
  ])('reads more distinct %s than the kernel has room for', (_what, rowCount, prefix) => {
    const columns = new OrderColumns(rowCount + SPAN_BATCH_RECORDS);
    const idOf = (row: number) => `${prefix}${row % 2 === 0 ? row : row - 1}`;

    for (let row = 0; row < rowCount; row += SPAN_BATCH_RECORDS) {
      const count = Math.min(SPAN_BATCH_RECORDS, rowCount - row);
      scan(Array.from({ length: count }, (_, i) => order(idOf(row + i))));
      parseOrders(batch, 0, rules, columns);
    }

    expect(columns.dictionaries[CUSTOMER].size).toBe(rowCount / 2);
    const wrong = Array.from({ length: rowCount }, (_, row) => row).filter(
      (row) => customerOf(columns, row) !== idOf(row),
    );
    expect(wrong).toEqual([]);
  });

  it('tells values apart that have one hash', () => {
    const columns = new OrderColumns(16);
    const ids = ['1e7e5856b716', '9b4520a57720', '40609611bc79', '5f5ea19bafc2'];
    scan([...ids, ...ids].map((id) => order(id)));

    parseOrders(batch, 0, rules, columns);

    const rows = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(rows.map((row) => customerOf(columns, row))).toEqual([...ids, ...ids]);
  });

  it('keeps codes apart when a block is emptied and another batch has begun the next one', () => {
    const other = createCsvBatch(WINDOW_BYTES, 64);
    const columns = new OrderColumns(16);
    scan([order('c1'), order('c2')]);
    parseOrders(batch, 0, rules, columns);
    columns.clear();
    scan([order('c3')], other);
    parseOrders(other, 0, rules, columns);

    scan([order('c2'), order('c1')]);
    parseOrders(batch, 0, rules, columns);

    expect([0, 1, 2].map((row) => customerOf(columns, row))).toEqual(['c3', 'c2', 'c1']);
  });

  it('follows the statuses of each call', () => {
    const columns = new OrderColumns(16);
    scan([order('c1', 'done')]);

    parseOrders(batch, 0, rules, columns);
    parseOrders(batch, 0, ownRules({ open: 'pending' }), columns);

    expect(Array.from(columns.issues.subarray(0, 2), issueCodes)).toEqual([[], ['status_unknown']]);
  });
});
