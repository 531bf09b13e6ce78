import { describe, expect, it } from 'vitest';
import {
  DEFAULT_STATUSES,
  derivedColumns,
  examine,
  readPrice,
  readQuantity,
  readTimestamp,
} from '../../support/oracle/order.ts';

const VALID = {
  order_id: 'o1',
  customer_id: 'c1',
  product_id: 'p1',
  order_timestamp: '2026-01-05T10:00:00Z',
  quantity: '2',
  price: '19.90',
  status: 'done',
};

const issuesOf = (values: Partial<typeof VALID>) =>
  examine({ ...VALID, ...values }, DEFAULT_STATUSES).issues;

describe('an order', () => {
  it('has its derived columns', () => {
    const { order } = examine(
      { ...VALID, order_timestamp: '2026-01-05 01:30:00.1239+02:00' },
      {
        done: 'completed',
      },
    );

    expect(order === null ? null : derivedColumns(order)).toEqual({
      order_id: 'o1',
      customer_id: 'c1',
      product_id: 'p1',
      order_timestamp: '2026-01-04T23:30:00.123Z',
      quantity: 2,
      price: '19.90',
      status: 'completed',
      order_date: '2026-01-04',
      order_day_of_week: 1,
      hour_of_day: 23,
      total_amount: '39.80',
    });
  });

  it('has all its issues, in the order of the contract', () => {
    expect(
      issuesOf({
        order_id: ' \\N ',
        customer_id: 'x'.repeat(129),
        product_id: '',
        order_timestamp: 'now',
        quantity: '0',
        price: '-100000000.001',
        status: 'sent',
      }),
    ).toEqual([
      'order_id_missing',
      'customer_id_too_long',
      'product_id_missing',
      'order_timestamp_invalid',
      'quantity_not_positive',
      'price_negative',
      'price_too_precise',
      'status_unknown',
    ]);
  });

  it('counts the bytes of an id', () => {
    expect(issuesOf({ order_id: ` ${'ß'.repeat(64)}\v` })).toEqual([]);
    expect(issuesOf({ order_id: `${'ß'.repeat(64)}x` })).toEqual(['order_id_too_long']);
  });

  it('trims ASCII white space alone', () => {
    expect(issuesOf({ order_id: '\u00a0', quantity: ' \t\r\n\v\f2\f' })).toEqual([]);
    expect(issuesOf({ status: 'done\u00a0' })).toEqual(['status_unknown']);
  });

  it('has a total of 1,000,000,000.00 at most', () => {
    expect(issuesOf({ quantity: '100000', price: '10000.00' })).toEqual([]);
    expect(issuesOf({ quantity: '100000', price: '10000.01' })).toEqual(['total_too_large']);
    expect(issuesOf({ quantity: '100001', price: '10000.01' })).toEqual(['quantity_too_large']);
  });

  it('has a status of the map, whatever its ASCII case', () => {
    expect(issuesOf({ status: 'In Progress' })).toEqual([]);
    expect(issuesOf({ status: 'in  progress' })).toEqual(['status_unknown']);
    expect(issuesOf({ status: 'toString' })).toEqual(['status_unknown']);
    expect(issuesOf({ status: 'NULL' })).toEqual(['status_missing']);
    expect(issuesOf({ status: 'Null' })).toEqual(['status_unknown']);
  });
});

describe('a timestamp', () => {
  it.each([
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['1969-12-31 23:30:00-00:30', '1970-01-01T00:00:00.000Z'],
    ['2199-12-31T23:59:59.999999999', '2199-12-31T23:59:59.999Z'],
    ['2200-01-01T13:59:59+14:00', '2199-12-31T23:59:59.000Z'],
    ['2024-02-29 00:00:00.5', '2024-02-29T00:00:00.500Z'],
    ['2026-01-01T10:00', '2026-01-01T10:00:00.000Z'],
    ['2026-01-01T10:00 UTC', '2026-01-01T10:00:00.000Z'],
    ['2026-01-01 10:00-05', '2026-01-01T15:00:00.000Z'],
    ['2026-01-01T10:00:00.25 +0130', '2026-01-01T08:30:00.250Z'],
  ])('%s is %s', (text, instant) => {
    const { value, issues } = readTimestamp(text);

    expect([new Date(value).toISOString(), issues]).toEqual([instant, []]);
  });

  it.each([
    ...['2026-02-29 00:00:00', '2026-01-01 24:00:00', '2016-12-31T23:59:60Z'],
    ...['1969-12-31T23:59:59Z', '2200-01-01T00:00:00Z', '1970-01-01T00:00:00+00:01'],
    ...['0070-01-01 00:00:00', '2026-01-01T10:00:00+14:01', '2026-01-01T10:00:00+13:60'],
    ...['2026-01-01T10:00:00.', '2026-01-01T10:00:00.1234567890', '2026-01-01T10:00:00z'],
    ...['2026-01-01T10:00:00  Z', '2026-01-01', '2026-13-01 00:00:00', '2026-01-01T10:00:00+010'],
    ...['2026-01-01T10:00.5', '2026-01-01T10', '2026-01-01T10:00:00 utc', '2026-01-01T10:00+15'],
  ])('%s is invalid', (text) => {
    expect(readTimestamp(text).issues).toEqual(['order_timestamp_invalid']);
  });
});

it.each<[string, bigint | string]>([
  ['+3', 3n],
  ['007', 7n],
  ['3.', 3n],
  ['3.000', 3n],
  ['100000', 100_000n],
  ['100001', 'quantity_too_large'],
  ['9'.repeat(400), 'quantity_too_large'],
  ['0', 'quantity_not_positive'],
  ['-0', 'quantity_not_positive'],
  [`-${'9'.repeat(400)}`, 'quantity_not_positive'],
  ['3.01', 'quantity_not_integer'],
  ['.0', 'quantity_not_integer'],
  ['1e3', 'quantity_not_integer'],
  ['٣', 'quantity_not_integer'],
  ['None', 'quantity_missing'],
])('reads the quantity %s as %s', (text, expected) => {
  const { value, issues } = readQuantity(text);

  expect(issues.length === 0 ? value : issues.join()).toBe(expected);
});

it.each<[string, bigint | string]>([
  ['19.99', 1999n],
  ['5', 500n],
  ['5.', 500n],
  ['.5', 50n],
  ['+1.1', 110n],
  ['1.15', 115n],
  ['0', 0n],
  ['-0.00', 0n],
  ['-.0', 0n],
  ['1.000', 100n],
  ['99999999.9900', 9_999_999_999n],
  ['99999999.991', 'price_too_precise,price_too_large'],
  ['100000000', 'price_too_large'],
  ['-1', 'price_negative'],
  ['-100000000', 'price_negative'],
  ['-0.001', 'price_negative,price_too_precise'],
  ['1.005', 'price_too_precise'],
  ['.', 'price_not_decimal'],
  ['-', 'price_not_decimal'],
  ['1,50', 'price_not_decimal'],
  ['1e2', 'price_not_decimal'],
  ['null', 'price_missing'],
])('reads the price %s as %s', (text, expected) => {
  const { value, issues } = readPrice(text);

  expect(issues.length === 0 ? value : issues.join()).toBe(expected);
});
