import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashBytes, viewOf } from '../../lambdas/shared/bytes/bytes.ts';
import { type CsvBatch, createCsvBatch } from '../../lambdas/shared/ingest/csv-scanner.ts';
import { parsePriceCents, parseQuantity } from '../../lambdas/shared/ingest/field-parsers.ts';
import { OrderColumns } from '../../lambdas/shared/ingest/order-columns.ts';
import { parseOrders } from '../../lambdas/shared/ingest/parse-orders.ts';
import { ownRules } from '../../lambdas/shared/ingest/record-rules.ts';
import { parseTimestampMs } from '../../lambdas/shared/ingest/timestamp.ts';
import { type IssueCode, issueBit, issueCodes } from '../../lambdas/shared/model/issue.ts';
import {
  CUSTOMER,
  ORDER_FIELDS,
  type OrderField,
  PRODUCT,
} from '../../lambdas/shared/model/order.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

/**
 * The kernel and the parsers of single values must be one: each row is also read value by value.
 */

const rules = ownRules({
  done: 'completed',
  cancel: 'cancelled',
  'in progress': 'processing',
});
const WINDOW_BYTES = 64 * 1024;
/** Two kernels, so that the columns of a block may come from both. */
const batches = [createCsvBatch(WINDOW_BYTES, 16), createCsvBatch(WINDOW_BYTES, 16)];
const columns = new OrderColumns(4096);

const MISSING = ['', 'null', 'NULL', 'NaN', 'None', '\\N'];
const missing = fc.constantFrom(...MISSING, 'nul', 'nulls', 'N', 'n', '\\', '\\n', 'nan', 'Null');
const space = fc.constantFrom('', '', '', '', '', '', ' ', '\t', '\r\n', '  \v\f', '\0');
const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${maxLength}}$`));
const anyText = fc.oneof(
  fc.string({ maxLength: 20, unit: 'binary' }).map((text) => Buffer.from(text).toString('utf8')),
  fc.stringMatching(/^[0-9.+:TZ -]{0,20}$/),
);
const ids = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map((n) => `o${n}`),
  fc
    .constantFrom(1, 3, 4, 5, 15, 16, 17, 32, 33, 63, 64, 65, 66, 127, 128, 129, 300)
    .map((n) => 'N'.repeat(n)),
  fc.stringMatching(/^[A-Za-z0-9€-]{1,40}$/),
);
const twoDigits = fc
  .oneof(fc.integer({ min: 0, max: 31 }), fc.constantFrom(58, 59, 60, 61, 99))
  .map((n) => String(n).padStart(2, '0'));
const years = fc.constantFrom(
  '1969',
  '1970',
  '1999',
  '2000',
  '2024',
  '2026',
  '2100',
  '2199',
  '2200',
  '0000',
  '9999',
);
const times = fc
  .tuple(
    fc.tuple(years, twoDigits, twoDigits).map((parts) => parts.join('-')),
    fc.constantFrom(' ', 'T', 't', '_', '  '),
    fc.array(twoDigits, { minLength: 2, maxLength: 3 }).map((parts) => parts.join(':')),
    fc.constantFrom(
      ...['', '', '', '', '', '', 'Z', '.5', '.1234567899', '+14:00', '-00:01', '+14:01', '.'],
      ...['+00', ' -0530', 'UTC', ' UTC', ':0', '+1'],
    ),
  )
  .map((parts) => parts.join(''));
const ordinaryTimes = fc.constantFrom(
  '2026-02-28 23:59:59',
  '2026-02-29 00:00:00',
  '2024-02-29T00:00:00',
  '1970-01-01 00:00:00',
  '2199-12-31 23:59:59',
);
const quantities = fc.oneof(
  digits(9),
  fc.constantFrom(
    '0',
    '1',
    '100000',
    '100001',
    '00000001',
    '000000001',
    '-1',
    '+5',
    '5.0',
    '5.',
    '1e3',
  ),
);
const prices = fc.oneof(
  fc
    .tuple(
      digits(9),
      fc.constantFrom('', '.', '.5', '.05', '.99', '.995', '.990', '.a', '.5a', '.+1'),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(
    '.5',
    '.50',
    '-0',
    '-0.01',
    '+1.5',
    '1..5',
    '1.5.5',
    '99999999.99',
    '100000000',
    '0',
    '0.0',
    '/1.00',
    ':',
    '1:.00',
  ),
);
const spellings = fc.constantFrom(
  'done',
  'DONE',
  'Done',
  'cancel',
  'In Progress',
  'in  progress',
  'dones',
  'None',
);

/** A value nearly always of its column's kind, sometimes with another byte in it. */
const valueLike = (usual: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.oneof(
        { weight: 20, arbitrary: usual },
        { weight: 2, arbitrary: missing },
        { weight: 1, arbitrary: anyText },
      ),
      space,
      space,
      fc.option(
        fc.tuple(fc.nat(20), fc.constantFrom('/', ':', '0', '\u0080', '.', '-', ' ', '\0')),
        { freq: 8 },
      ),
    )
    .map(([value, before, after, change]) => {
      const changed =
        change === null || value.length <= change[0]
          ? value
          : value.slice(0, change[0]) + change[1] + value.slice(change[0] + 1);
      return before + changed + after;
    });
const record = fc.tuple(
  ...[ids, ids, ids, fc.oneof(times, ordinaryTimes), quantities, prices, spellings].map((usual) =>
    fc.option(valueLike(usual), { freq: 30 }),
  ),
);
const blocks = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.array(record, { maxLength: 40 })), {
  maxLength: 3,
});

type Values = readonly (string | null)[];

/**
 * Puts values where a scanner finds them; null is absent. A record of nulls alone is a rejected
 * one.
 */
function fill(batch: CsvBatch, records: readonly Values[]): void {
  batch.bytes.fill(0x39); // A digit: what stands around a value must not count.
  let at = 0;
  records.forEach((values, i) => {
    batch.recordStart[i] = at;
    batch.recordIssue[i] = isRejected(values) ? issueBit('invalid_utf8') : 0;
    values.forEach((value, field) => {
      batch.starts[field][i] = value === null ? -1 : at;
      at += value === null ? 0 : Buffer.from(batch.bytes.buffer).write(value, at);
      batch.ends[field][i] = at;
    });
    batch.recordEnd[i] = at;
  });
  batch.recordCount = records.length;
}

const isRejected = (values: Values) => values.every((value) => value === null);

/** Each value on its own: trimmed, looked at for what is missing, and handed to its parser. */
function readAlone(values: Values) {
  if (isRejected(values)) return { issues: ['invalid_utf8'] };
  let bits = 0;
  const read = values.map((value, field) => {
    const name = ORDER_FIELDS[field];
    const text = (value ?? '').replace(/^[ \t-\r]+|[ \t-\r]+$/g, '');
    const issue = MISSING.includes(text) ? issueBit(`${name}_missing` as IssueCode) : 0;
    const result = issue === 0 ? parseAlone(name, Buffer.from(text)) : -issue;
    if (typeof result === 'number' && result < 0) bits |= -result;
    return typeof result === 'number' && result < 0 ? null : result;
  });
  const [quantity, cents] = read.slice(4, 6).map(Number);
  if (quantity * cents > 100_000_000_000) bits |= issueBit('total_too_large');
  return { issues: issueCodes(bits), values: read };
}

/** The value, or minus its issues. */
function parseAlone(name: OrderField, bytes: Buffer): string | number {
  switch (name) {
    case 'order_timestamp': {
      const timeMs = parseTimestampMs(bytes, 0, bytes.length);
      return timeMs < 0 ? -issueBit('order_timestamp_invalid') : timeMs;
    }
    case 'quantity':
      return parseQuantity(bytes, 0, bytes.length);
    case 'price':
      return parsePriceCents(bytes, 0, bytes.length);
    case 'status': {
      const status = rules.statuses.parse(viewOf(bytes), 0, bytes.length);
      return status < 0 ? -issueBit('status_unknown') : status;
    }
    default: {
      if (bytes.length > 128) return -issueBit(`${name}_too_long`);
      return name === 'order_id'
        ? `${hashBytes(viewOf(bytes), 0, bytes.length)} ${bytes}`
        : `${bytes}`;
    }
  }
}

/** What the columns hold of a row: values without issues, though others of the record have some. */
function rowOf(row: number) {
  const issues = issueCodes(columns.issues[row]);
  if (issues.includes('invalid_utf8')) return { issues };
  const { ids, idEnd, idHash, codes, dictionaries } = columns;
  const text = (field: number) => {
    const { heap, offsets } = dictionaries[field];
    const code = codes[field][row];
    return Buffer.from(heap.subarray(offsets[code], offsets[code + 1])).toString();
  };
  const orderId = ids.bytes.subarray(row === 0 ? 0 : idEnd[row - 1], idEnd[row]);
  const held = [
    `${idHash[row]} ${Buffer.from(orderId)}`,
    text(CUSTOMER),
    text(PRODUCT),
    columns.timeMs[row],
    columns.quantity[row],
    columns.priceCents[row],
    columns.status[row],
  ];
  const hasIssue = (field: number) => issues.some((code) => code.startsWith(ORDER_FIELDS[field]));
  return { issues, values: held.map((value, field) => (hasIssue(field) ? null : value)) };
}

it(
  'reads every value as its parser does alone, whatever came before',
  () => {
    fc.assert(
      fc.property(blocks, (block) => {
        columns.clear();
        const expected = block.flatMap(([, records]) => records.map(readAlone));

        for (const [kernel, records] of block) {
          fill(batches[kernel], records);
          parseOrders(batches[kernel], 0, rules, columns);
        }

        const found = Array.from({ length: columns.rowCount }, (_, row) => rowOf(row));
        expect(found).toEqual(expected);
      }),
      { seed, ...runs(1_500) },
    );
  },
  LIMIT_MS,
);
