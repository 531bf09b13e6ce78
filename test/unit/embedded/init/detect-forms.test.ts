import { describe, expect, it } from 'vitest';
import { rolesByName } from '../../../../lib/embedded/init/column-names.ts';
import { recordsOf } from '../../../../lib/embedded/init/csv-form.ts';
import { findColumns } from '../../../../lib/embedded/init/detect-columns.ts';
import { detectDialect } from '../../../../lib/embedded/init/detect-dialect.ts';
import { encodingOf } from '../../../../lib/embedded/init/detect-encoding.ts';
import { chooseKey, KeyCounter } from '../../../../lib/embedded/init/detect-key.ts';
import { NumberForms } from '../../../../lib/embedded/init/detect-number.ts';
import { StatusCounts } from '../../../../lib/embedded/init/detect-status.ts';
import { type DateOrder, TimeForms } from '../../../../lib/embedded/init/detect-time.ts';
import { placesOf, valuesOfLine } from '../../../../lib/embedded/init/json-rows.ts';
import { matchPreset } from '../../../../lib/embedded/init/match-preset.ts';

function timesOf(values: readonly string[], order: DateOrder | null = null) {
  const forms = new TimeForms();
  for (const value of values) forms.add(value);
  return forms.result(order);
}

function numbersOf(values: readonly string[]) {
  const forms = new NumberForms();
  for (const value of values) forms.add(value);
  return forms.result();
}

describe('the form of times', () => {
  it.each([
    [['2026-01-15 10:00:00', '2026-01-15T10:00Z'], ['auto']],
    [['2026-01-15'], ['%Y-%m-%d']],
    [['15.01.2026 09:05:00'], ['%d.%m.%Y %H:%M:%S']],
    [['12/1/2025 8:26', '12/31/2025 8:26'], ['%m/%d/%Y %H:%M']],
    [['01/02/26', '31/02/26'], ['%d/%m/%y']],
    [['15 Jan 2026', '3 May 2026'], ['%d %b %Y']],
    [['Jan 15, 2026, 9:05 AM'], ['%b %d, %Y, %I:%M %p']],
    [['15/Jan/2026 09:05:00 +0100'], ['%d/%b/%Y %H:%M:%S %z']],
    [['20260115'], ['%Y%m%d']],
    [['1768467600'], ['%s']],
  ])('of %j is %j', (values, formats) => {
    expect(timesOf(values)).toMatchObject({ formats, unread: 0, isAmbiguous: false });
  });

  it('is open where both orders of day and month read all values', () => {
    const values = ['01/02/2026', '03/04/2026'];

    expect(timesOf(values)).toMatchObject({ isAmbiguous: true, example: '01/02/2026' });
    expect(timesOf(values, 'mdy')).toMatchObject({ isAmbiguous: false, formats: ['%m/%d/%Y'] });
  });

  it('is decided by one day above 12, and names what it does not read', () => {
    const values = ['01/02/2026', 'soon', '02/01/2026', '13/01/2026'];

    expect(timesOf(values)).toMatchObject({
      formats: ['%d/%m/%Y'],
      unread: 1,
      unreadExample: 'soon',
      isDayOnly: true,
      withoutZone: 3,
    });
  });
});

describe('the form of numbers', () => {
  it.each([
    [['1', '2.50', '.5'], '.', null, true],
    [['1.234,50', '9,99'], ',', '.', true],
    [['1,234.50', '9.99'], '.', ',', true],
    [['9,99', '12,5'], ',', null, true],
    [['1,234', '2,000'], '.', ',', true],
    [['1.250', '3.5'], '.', null, true],
    [['€ 9,99', '1.234,50 €'], ',', '.', false],
    [['USD 5.00'], '.', null, false],
    [["1'234.50"], '.', "'", true],
    [['1 234,50'], ',', ' ', true],
  ])('of %j has decimals after %j and groups with %j', (values, decimalChar, groupChar, bare) => {
    const result = numbersOf(values);
    expect(result).toMatchObject({ decimalChar, groupChar, bareNumber: bare, unread: 0 });
  });

  it('is a guess where all that is known are three digits after a point', () => {
    expect(numbersOf(['1.234', '5.678']).isGuess).toBe(true);
    expect(numbersOf(['1.234', '5.67']).isGuess).toBe(false);
  });

  it('is none of what is not a number', () => {
    const result = numbersOf(['1.00', 'free', '(5.00)']);
    expect(result).toMatchObject({ unread: 2, unreadExample: 'free' });
  });
});

describe('the dialect', () => {
  const own = 'order_id,price,status\no1,1.00,paid\no2,2.00,paid\n';
  const plain = { delimiter: ',', quoteChar: '"', escapeChar: null, skipRows: 0, hasHeader: true };

  it.each([
    ['comma', own, plain],
    ['semicolon and decimal commas', 'Order;Price;SKU\n1;2,50;x\n2;3,50;y\n', { delimiter: ';' }],
    ['tab', own.replaceAll(',', '\t'), { delimiter: '\t' }],
    ['a separator line', `sep=|\n${own.replaceAll(',', '|')}`, { delimiter: '|', skipRows: 0 }],
    ['lines above', `Orders of May\n\nexported,today\n${own}`, { skipRows: 3, hasHeader: true }],
    ['comments', `# of May\n${own}`, { commentChar: '#', skipRows: 0, hasHeader: true }],
    ['no header', 'o1,2026-01-15,1.00\no2,2026-01-15,2.00\n', { hasHeader: false }],
    ['backslashes', 'id,sku,price\n1,"a \\"b\\", c",2\n2,"d",3\n', { escapeChar: '\\' }],
    ['single quotes', "id,sku,qty\n'1','a,b','2'\n'2','c','3'\n", { quoteChar: "'" }],
  ])('of a file with %s', (_, text, expected) => {
    expect(detectDialect(text, true)).toMatchObject(expected);
  });

  it('names the columns and gives the records', () => {
    const { columns, records } = detectDialect(own, true);
    expect(columns).toEqual(['order_id', 'price', 'status']);
    expect(records).toHaveLength(2);
  });
});

describe('records', () => {
  const form = {
    ...{ delimiter: ',', quoteChar: '"', escapeChar: null, commentChar: null, skipRows: 0 },
  };

  it('keep line ends and delimiters in quotes, and a stray quote to itself', () => {
    const text = 'a,"b\r\n""c"",d"\r\n1"2,"3 x,4\n\nlast,"5"';
    expect(recordsOf(text, form, true)).toEqual([
      ['a', 'b\r\n"c",d'],
      ['1"2', '"3 x', '4'],
      ['last', '5'],
    ]);
  });
});

describe('columns', () => {
  it.each([
    ['InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID', '0,6,1,4,3,5'],
    ['Bestellnummer;Kunde;Artikel;Bestelldatum;Menge;Einzelpreis', '0,1,2,3,4,5'],
    ['order_id;Order Number;customer email;sku;created at;qty;price', '0,2,3,4,5,6'],
  ])('of %s are found by name', (header, expected) => {
    const roles = rolesByName(header.split(/[,;]/));
    const fields = [
      'order_id',
      'customer_id',
      'product_id',
      'order_timestamp',
      'quantity',
      'price',
    ];
    expect(fields.map((field) => roles.get(field as 'price')).join()).toBe(expected);
  });

  it('are found by their values where names say nothing', () => {
    const rows = [
      ['x1', '2026-01-15 10:00', 'paid', 'a@example.com', '3', '1.50', 'p1'],
      ['x2', '2026-01-16 10:00', 'open', 'b@example.com', '1', '2.50', 'p1'],
    ];
    const found = findColumns(rows[0], rows, false);
    expect(Object.fromEntries([...found].map(([role, { index }]) => [role, index]))).toEqual({
      ...{ order_id: 0, order_timestamp: 1, status: 2, customer_id: 3 },
      ...{ quantity: 4, price: 5, product_id: 6 },
    });
  });

  it('with a fitting name and other values are none', () => {
    const found = findColumns(['date', 'qty'], [['yes', 'many']], true);
    expect([found.has('order_timestamp'), found.has('quantity')]).toEqual([false, false]);
  });
});

describe('keys', () => {
  it('are counted apart, and again when they come again', () => {
    const counter = new KeyCounter();
    for (let i = 0; i < 20_000; i++) counter.add(`o${i}`);
    for (let i = 0; i < 500; i++) counter.add(`o${i}`);
    expect([counter.distinct, counter.repeated, counter.example]).toEqual([20_000, 500, 'o0']);
  });

  it('are no longer counted once there are too many', () => {
    const counter = new KeyCounter(100);
    for (let i = 0; i < 500; i++) counter.add(`o${i}`);
    expect([counter.distinct, counter.isFull]).toEqual([100, true]);
  });

  it.each([
    [0, 0, 0, 'order'],
    [100, 0, 40, 'line_number'],
    [100, 90, 2, 'product'],
    [100, 98, 97, 'order'],
  ])('with %i repeated orders, %i lines and %i products are those of %s', (order, a, b, choice) => {
    const pairs = [
      { choice: 'line_number', repeated: a },
      { choice: 'product', repeated: b },
    ] as const;
    expect(chooseKey(order, pairs)).toBe(choice);
  });
});

it('statuses are counted and looked up without case', () => {
  const counts = new StatusCounts();
  for (const value of ['Paid', 'PAID', 'Storniert', 'Completed', 'wc-failed', 'odd'])
    counts.add(value);
  expect(counts.result()).toEqual([
    { spelling: 'paid', count: 2, status: 'completed', isOwn: false },
    { spelling: 'completed', count: 1, status: 'completed', isOwn: true },
    { spelling: 'odd', count: 1, status: null, isOwn: false },
    { spelling: 'storniert', count: 1, status: 'cancelled', isOwn: false },
    { spelling: 'wc-failed', count: 1, status: 'cancelled', isOwn: false },
  ]);
});

it('text is UTF-8 unless most of what is not ASCII is not', () => {
  expect(encodingOf({ invalid: 0, valid: 0 })).toBe('utf-8');
  expect(encodingOf({ invalid: 1, valid: 50 })).toBe('utf-8');
  expect(encodingOf({ invalid: 3, valid: 1 })).toBe('windows-1252');
});

it('values of JSON have places, and numbers their own text', () => {
  const line = '{"id": 12345678901234567890, "customer": {"id": "c1"}, "price": 1.10, "x": null}';
  expect([...(valuesOfLine(line) ?? [])]).toEqual([
    ['id', '12345678901234567890'],
    ['/customer/id', 'c1'],
    ['price', '1.10'],
  ]);
  expect(placesOf(['{"a": 1}', 'oops', '{"b": 2}'])).toEqual(['a', 'b']);
});

describe('presets', () => {
  const presets = {
    small: { fields: { order_id: { from: 'Name' } } },
    shop: {
      fields: { order_id: { from: ['Name', 'Line'] }, price: { from: 'Total' } },
      fillDown: { by: 'Name', fields: ['Paid at'] },
    },
  };

  it('fit if all their columns are there, with lenient names', () => {
    expect(matchPreset(['name', 'LINE', 'total', 'paid-at', 'more'], presets)).toBe('shop');
    expect(matchPreset(['Name', 'Line', 'Total'], presets)).toBeNull();
  });
});
