import { describe, expect, it } from 'vitest';
import { csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import { createCsvBatch, scanCsv } from '../../../lambdas/shared/ingest/csv-scanner.ts';
import { OrderColumns } from '../../../lambdas/shared/ingest/order-columns.ts';
import { parseOrders } from '../../../lambdas/shared/ingest/parse-orders.ts';
import {
  currencyBytes,
  ownRules,
  type RecordRules,
} from '../../../lambdas/shared/ingest/record-rules.ts';
import { issueCodes } from '../../../lambdas/shared/model/issue.ts';
import { CUSTOMER_SLOT, lineRules } from '../../support/record-rules.ts';

const batch = createCsvBatch(1024 * 1024, 64);
const LAYOUT = csvLayout([0, 1, 2, 3, 4, 5, 6]);

function parse(rows: readonly string[], rules: RecordRules, into = new OrderColumns(16)) {
  const text = Buffer.from(rows.map((row) => `${row}\n`).join(''));
  batch.bytes.set(text);
  batch.recordCount = 0;
  const end = text.length;
  scanCsv(batch, LAYOUT, { from: 0, end, startBefore: end, isLast: true });
  parseOrders(batch, 0, rules, into);
  return into;
}

const line = (quantity: string, amount: string) =>
  `o,c,p,2026-01-01 00:00:00,${quantity},${amount},done`;

const issuesOf = ({ issues }: OrderColumns, row: number) => issueCodes(issues[row]).join();

describe('an amount per line', () => {
  it.each([
    ['3', '10.00', 333, 1],
    ['3', '10.01', 334, -1],
    ['2', '0.05', 2, 1],
    ['2', '0.07', 4, -1],
    ['4', '10', 250, 0],
    ['7', '-0', 0, 0],
    ['100000', '2500.00', 2, 50_000],
    ['100000', '3500', 4, -50_000],
    // More than the kernel reads by itself, and than one price may be.
    ['11', '1000000000.00', 9_090_909_091, -1],
    [' 3 ', ' 10.000 ', 333, 1],
  ])('of %s pieces at %s is a price and a remainder', (quantity, amount, price, rest) => {
    const columns = parse([line(quantity, amount)], lineRules);

    expect(issuesOf(columns, 0)).toBe('');
    expect([columns.priceCents[0], columns.remainderCents[0]]).toEqual([price, rest]);
    expect(columns.hasRemainders).toBe(rest !== 0);
  });

  it.each([
    ['3', '', 'price_missing'],
    ['3', 'ten', 'price_not_decimal'],
    ['3', '-10', 'price_negative'],
    ['3', '10.001', 'price_too_precise'],
    ['1', '100000000.00', 'price_too_large'],
    ['3', '300000000.00', 'price_too_large'],
    // Half a cent above the largest price is rounded up to the even one, and out.
    ['2', '199999999.99', 'price_too_large'],
    ['20', '1000000000.01', 'total_too_large'],
    // There is no total where there is no price.
    ['9', '1000000000.01', 'price_too_large'],
    ['100000', '9'.repeat(30), 'price_too_large'],
    ['100000', `1${'0'.repeat(15)}.99`, 'price_too_large'],
    ['0', '10', 'quantity_not_positive'],
    ['x', '2000000000', 'quantity_not_integer'],
    ['1', '2000000000.001', 'price_too_precise'],
    ['-1', '-0.001', 'quantity_not_positive,price_negative,price_too_precise'],
  ])('of %s pieces at %s has the issues %s', (quantity, amount, issues) => {
    const columns = parse([line(quantity, amount)], lineRules);

    expect(issuesOf(columns, 0)).toBe(issues);
    expect(columns.remainderCents[0]).toBe(0);
  });

  it('leaves records without fields as they are', () => {
    const columns = parse(['o,c,p', line('3', '10')], lineRules);

    expect([0, 1].map((row) => issuesOf(columns, row))).toEqual(['wrong_field_count', '']);
    expect([...columns.remainderCents.subarray(0, 2)]).toEqual([0, 1]);
  });

  it('leaves no remainder to rows that take its place, or come after it', () => {
    const columns = parse([line('3', '10')], lineRules);
    parse([line('3', '10')], ownRules({ done: 'completed' }), columns);
    expect([...columns.remainderCents.subarray(0, 2)]).toEqual([1, 0]);
    expect([...columns.priceCents.subarray(0, 2)]).toEqual([333, 1_000]);

    columns.clear();
    parse([line('3', '10')], ownRules({ done: 'completed' }), columns);

    expect([columns.remainderCents[0], columns.hasRemainders]).toEqual([0, false]);
  });
});

describe('a currency', () => {
  const inColumn = (value: string) => `o,${value},p,2026-01-01 00:00:00,1,1.00,done`;
  const expecting = (currency: string): RecordRules => ({
    ...ownRules({ done: 'completed' }),
    currency: { slot: CUSTOMER_SLOT, expected: currencyBytes(currency) },
  });

  it.each([
    ['EUR', 'EUR'],
    ['EUR', 'eur'],
    ['eur', 'Eur'],
    ['EUR', ' EUR\t'],
    ['€', '€'],
  ])('%s is met by %j', (currency, value) => {
    expect(issuesOf(parse([inColumn(value)], expecting(currency)), 0)).toBe('');
  });

  it.each([
    ['EUR', 'USD'],
    ['EUR', 'EU'],
    ['EUR', 'EURO'],
    ['EUR', 'E UR'],
    ['@[', '`{'],
    ['é', 'É'],
  ])('%s is not met by %j', (currency, value) => {
    const columns = parse([inColumn(value)], expecting(currency));
    expect(issuesOf(columns, 0)).toBe('currency_unexpected');
  });

  it('is not met where it is missing, and comes last of the issues', () => {
    const rows = ['', ' ', 'null'].map(inColumn);
    const columns = parse([...rows, inColumn('USD').replace('done', 'gone')], expecting('EUR'));

    expect([0, 1, 2, 3].map((row) => issuesOf(columns, row))).toEqual([
      ...['', ' ', 'null'].map(() => 'customer_id_missing,currency_unexpected'),
      'status_unknown,currency_unexpected',
    ]);
  });

  it('is not looked at in a record without fields, nor where none is expected', () => {
    const columns = parse(['o,c', inColumn('USD')], expecting('EUR'));
    parse([inColumn('USD')], ownRules({ done: 'completed' }), columns);

    expect([0, 1, 2].map((row) => issuesOf(columns, row))).toEqual([
      'wrong_field_count',
      'currency_unexpected',
      '',
    ]);
    expect(columns.quarantinedCount).toBe(2);
  });
});
