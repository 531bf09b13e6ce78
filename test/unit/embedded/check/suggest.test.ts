import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { IssueCode } from '../../../../lambdas/shared/model/issue.ts';
import { usualRules } from '../../../../lib/embedded/check/record-fields.ts';
import {
  suggestionFor,
  suggestionForRejected,
  suggestLineKey,
} from '../../../../lib/embedded/check/suggest.ts';
import { NO_CONTEXT, type SuggestionContext } from '../../../../lib/embedded/check/suggestion.ts';
import { configOf } from '../../../support/batch-runs.ts';

const HEADER = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status'.split(',');
const CSV: SuggestionContext = { ...NO_CONTEXT, columns: HEADER, rules: usualRules(',') };

/** Keys that the contract has and this config does not know. */
const LATER_KEYS = /\bper: /;

/** The keys suggested, which a config can hold. */
function configFor(code: IssueCode, values: readonly string[], context = CSV) {
  const config = suggestionFor(code, values, context)?.config;
  if (config != null && !LATER_KEYS.test(config)) {
    configOf({ input: [parse(`{match: "orders/*", ${config}}`)] });
  }
  return config;
}
const textFor = (code: IssueCode, values: readonly string[], context = CSV) =>
  suggestionFor(code, values, context)?.text;

describe('a suggestion for numbers', () => {
  it.each([
    [['1.234,50'], '{decimalChar: ",", groupChar: "."}'],
    [['12,50', '3,00'], '{decimalChar: ","}'],
    [['12,50', '1.234,50'], '{decimalChar: ",", groupChar: "."}'],
    [['1,234.50', '1,000,000.00'], '{groupChar: ","}'],
    [['1 234,50', '12,5'], '{decimalChar: ",", groupChar: " "}'],
    [['1\u00a0234,50'], '{decimalChar: ",", groupChar: "\\u00a0"}'],
    [["1'234.50"], '{groupChar: "\'"}'],
    [['€9.99', '$ 9.99', '9.99 EUR', 'EUR 9.99'], '{bareNumber: false}'],
    [['1.234,50 €', '-3,00 €'], '{decimalChar: ",", groupChar: ".", bareNumber: false}'],
    [['19 %'], '{bareNumber: false}'],
  ])('reads %j', (values, options) => {
    expect(configFor('price_not_decimal', values)).toBe(`fields: {price: ${options}}`);
  });

  it('says what the first value then is, and how many do not fit', () => {
    const whole = { ...CSV, isWholeFile: true };
    expect(textFor('price_not_decimal', ['12,50', '3,10', 'free'], whole)).toBe(
      '12,50 is 12.50; fits 2 of the 3 values that were looked at',
    );
    expect(textFor('price_not_decimal', ['12,50'])).toContain('so check again');
  });

  it('says where a comma may be either', () => {
    expect(textFor('price_not_decimal', ['1,230'])).toBe(
      '1,230 is 1230; it could also be 1.230: compare',
    );
  });

  it('reads groups of three behind a point, which are no cents', () => {
    expect(configFor('price_too_precise', ['1.234', '12.500'])).toBe(
      'fields: {price: {decimalChar: ",", groupChar: "."}}',
    );
  });

  it('takes the amount of the line for prices beyond cents, if there is one', () => {
    const context = { ...CSV, columns: [...HEADER, 'Line Total'] };
    expect(configFor('price_too_precise', ['0.1255'], context)).toBe(
      'fields: {price: {from: "Line Total", per: line}}',
    );
    expect(configFor('price_too_precise', ['0.1255'])).toBeNull();
  });

  it.each([
    [['1,000'], 'fields: {quantity: {groupChar: ","}}'],
    [['2,0', '3,00'], 'fields: {quantity: {decimalChar: ","}}'],
    [['1.5'], null],
    [['two'], null],
  ])('reads quantities %j', (values, config) => {
    expect(configFor('quantity_not_integer', values)).toBe(config);
  });

  it('names the column where the mapping names one', () => {
    const [mapping] = configOf({
      input: [{ match: 'orders/*', fields: { price: { from: 'Preis' } } }],
    }).input;
    expect(configFor('price_not_decimal', ['1,50'], { ...CSV, mapping })).toBe(
      'fields: {price: {from: Preis, decimalChar: ","}}',
    );
  });
});

describe('a suggestion for times', () => {
  it.each([
    [['15.01.2026 09:05'], '"%d.%m.%Y %H:%M"'],
    [['5.1.2026'], '"%d.%m.%Y"'],
    [['01/15/2026 9:05 PM'], '"%m/%d/%Y %I:%M %p"'],
    [['15/01/2026 09:05:30'], '"%d/%m/%Y %H:%M:%S"'],
    [['15.01.26 09:05'], '"%d.%m.%y %H:%M"'],
    [['Jan 15, 2026 9:05 am'], '"%b %d, %Y %I:%M %p"'],
    [['15 January 2026'], '"%d %B %Y"'],
    [['2026/01/15 09:05'], '"%Y/%m/%d %H:%M"'],
    [['2026-01-15'], '"%Y-%m-%d"'],
    [['20260115'], '"%Y%m%d"'],
    [['20260115090500'], '"%Y%m%d%H%M%S"'],
    [['2026-01-15 09:05:00 CET'], '"%Y-%m-%d %H:%M:%S %Z"'],
    [['1768467900'], '"%s"'],
    [['15.01.2026', '15.01.2026 09:05', '16.01.2026 10:00'], '["%d.%m.%Y %H:%M", "%d.%m.%Y"]'],
  ])('reads %j', (values, format) => {
    const context = { ...CSV, isWholeFile: true };
    expect(configFor('order_timestamp_invalid', values, context)).toBe(
      `fields: {order_timestamp: {format: ${format}}}`,
    );
  });

  it.each(['2026-01-15 09:05:00 BST', 'Mon, 15 Jan 2026'])(
    'names no pattern by which a run would refuse it too: %s',
    (value) => {
      expect(suggestionFor('order_timestamp_invalid', [value], CSV)).toBeNull();
    },
  );

  it('keeps the form in which other records of the file are read', () => {
    expect(configFor('order_timestamp_invalid', ['15.01.2026'])).toBe(
      'fields: {order_timestamp: {format: [auto, "%d.%m.%Y"]}}',
    );
  });

  it('says where day and month may be the other way round, and only there', () => {
    const doubt = 'no value has a day above 12, so ask whether %m/%d/%Y %H:%M is meant';
    expect(textFor('order_timestamp_invalid', ['01/02/2026 10:00', '11/12/2026 10:00'])).toBe(
      `01/02/2026 10:00 is 2026-02-01, or 2026-01-02: ${doubt}; times without a zone are UTC ` +
        'unless timeZone says another',
    );
    expect(
      textFor('order_timestamp_invalid', ['01/02/2026 10:00', '13/02/2026 10:00']),
    ).not.toContain('or 2026');
  });

  it.each([[['45306.38']], [['1768467900000']]])('has advice for %j', (values) => {
    expect(suggestionFor('order_timestamp_invalid', values, CSV)).toEqual({
      text: expect.stringContaining('export'),
      config: null,
    });
  });

  it.each([[['31.02.2026']], [['soon']], [['15.13.2026']]])('is none for %j', (values) => {
    expect(suggestionFor('order_timestamp_invalid', values, CSV)).toBeNull();
  });
});

describe('a suggestion for statuses', () => {
  it('names spellings with counts, and what they seem to mean', () => {
    const values = ['paid', 'Paid ', 'teilweise bezahlt', 'refunded', 'unfulfilled', 'shipped'];
    expect(suggestionFor('status_unknown', values, CSV)).toEqual({
      text:
        'paid (2), refunded (1), shipped (1), teilweise bezahlt (1), unfulfilled (1); check ' +
        'these guesses, or set rules.statuses for all files',
      config:
        'fields: {status: {values: {paid: completed, refunded: cancelled, shipped: completed, ' +
        '"teilweise bezahlt": pending, unfulfilled: pending}}}',
    });
  });

  it('guesses no meaning where none shows', () => {
    expect(suggestionFor('status_unknown', ['x7', 'x7', 'x8'], CSV)).toEqual({
      text: 'x7 (2), x8 (1): say what each means under values of the field, or rules.statuses',
      config: null,
    });
  });
});

describe('a suggestion for numbers of fields', () => {
  it.each([
    [['1,c,p,2026-01-01 00:00,1,5.00,"a \\"b\\", c"'], 'dialect: {escapeChar: "\\\\"}'],
    [["1,c,'p,q',2026-01-01 00:00,1,5.00,done"], 'dialect: {quoteChar: "\'"}'],
    [['"1,c,p,2026-01-01 00:00,1,5.00,done"'], 'dialect: {quoteChar: null}'],
    [['1,c,p,2026-01-01 00:00,1,5,00,done'], null],
    [['1,c,p,2026-01-01 00:00,1,5.00,done,'], null],
    [['1,c'], null],
    [['Total'], null],
  ])('of %j', (records, config) => {
    expect(configFor('wrong_field_count', records)).toBe(config);
  });

  it('pads records that lack columns which no field is made of', () => {
    const context = { ...CSV, columns: [...HEADER, 'note', 'tag'] };
    const suggestion = suggestionFor('wrong_field_count', ['1,c,p,t,1,5.00,done'], context);
    expect(suggestion).toEqual({
      text: '7 instead of 9 fields: columns at the end that are left off are missing values',
      config: 'dialect: {padRows: true}',
    });
  });
});

describe('a suggestion for missing values', () => {
  const context = { ...CSV, columns: ['Order ID', 'Customer ID', 'Status'] };

  it('names the column beside the default, which would be a constant otherwise', () => {
    expect(configFor('customer_id_missing', [''], context)).toBe(
      'fields: {customer_id: {from: "Customer ID", default: guest}}',
    );
    expect(configFor('status_missing', [''], context)).toBe(
      'fields: {status: {from: Status, default: completed}}',
    );
  });

  it('fills down what is written once for several lines', () => {
    expect(configFor('order_timestamp_missing', [], CSV)).toBe(
      'fillDown: {by: order_id, fields: [order_timestamp]}',
    );
  });

  it('names an encoding', () => {
    expect(configFor('invalid_utf8', ['M\ufffdller'])).toBe('encoding: "windows-1252"');
  });
});

describe('a suggestion for lines of one order', () => {
  it.each([
    [['Order', 'Line'], '[order_id, Line]'],
    [['Order ID', 'Line Item Price', 'Lineitem name', 'Line No'], '["Order ID", "Line No"]'],
    [['order_id', 'product_id'], '[order_id, product_id]'],
  ])('makes a key of %j', (columns, from) => {
    expect(suggestLineKey({ ...CSV, columns }).config).toBe(
      `fields: {order_id: {from: ${from}, join: "-"}}`,
    );
  });
});

describe('a suggestion for a rejected file', () => {
  it('names the command that maps columns, with a path that a shell takes', () => {
    const text = suggestionForRejected('column_missing: price', "a b/it's.csv")?.text;
    expect(text).toContain(String.raw`npx tandem init --from 'a b/it'\''s.csv' `);
  });

  it.each([
    ['format_unsupported: xlsx', 'save it as CSV'],
    ['format_unsupported: zip', 'unpack it, or export it as CSV'],
  ])('of %s', (reason, text) => {
    expect(suggestionForRejected(reason, 'a')?.text).toBe(text);
  });
});
