import { describe, expect, it } from 'vitest';
import { checkConfig, parseConfig } from '../../../lambdas/shared/model/config.ts';

const messagesOf = (mapping: unknown): string[] => {
  const checked = checkConfig({ input: [mapping] });
  return checked.ok ? [] : checked.problems.map(({ message }) => message);
};

/** Each mapping has exactly one problem, whose message begins so. */
function itFails(cases: readonly (readonly [mapping: unknown, message: string])[]): void {
  it.each(cases)('fails when it is %j', (mapping, message) => {
    expect(messagesOf(mapping)).toEqual([expect.stringContaining(message)]);
  });

  it.each(cases)('is a wrong config: %j', (mapping) => {
    expect(() => parseConfig({ input: [mapping] })).toThrow(
      expect.objectContaining({ name: 'UsageError', code: 'config_invalid' }),
    );
  });
}

const orders = (keys: object) => ({ match: 'orders/**', ...keys });
const dialect = (keys: unknown) => orders({ dialect: keys });
const field = (name: string, keys: unknown, match = 'orders/**') => ({
  match,
  fields: { [name]: keys },
});

describe('a mapping', () => {
  itFails([
    [null, 'input[0].match is missing; allowed: events, or a pattern below the landing root'],
    [[], 'input[0] is []; allowed: a group of keys'],
    ['orders/**', 'input[0] is "orders/**"; allowed: a group of keys'],
    [{ match: '/orders/a' }, 'input[0].match is "/orders/a"; allowed: events, or a pattern'],
    [{ match: 'returns/**' }, 'input[0].match is "returns/**"; allowed: events, or a pattern'],
    [{ match: 'orders/' }, 'input[0].match is "orders/"; allowed: events, or a pattern'],
    [{ match: 'event' }, 'input[0].match is "event"; allowed: events, or a pattern'],
    [orders({ dialekt: {} }), 'unknown key input[0].dialekt; did you mean dialect?'],
    [orders({ delimiter: ';' }), 'unknown key input[0].delimiter; allowed in input[0].dialect'],
    [orders({ delimitr: ';' }), 'key input[0].delimitr; did you mean input[0].dialect.delimiter?'],
    [orders({ price: {} }), 'unknown key input[0].price; allowed in input[0].fields'],
    [orders({ encoding: 'utf-99' }), 'input[0].encoding is "utf-99"; allowed: a label of the'],
    [orders({ missingValues: [' x'] }), 'input[0].missingValues[0] is " x"; allowed: a list of'],
    [orders({ missingValues: 'x' }), 'input[0].missingValues is "x"; allowed: a list of up to'],
  ]);
});

describe('a dialect', () => {
  itFails([
    [dialect([]), 'input[0].dialect is []; allowed: a group of keys'],
    [dialect({ delimiter: ';;' }), 'input[0].dialect.delimiter is ";;"; allowed: one ASCII char'],
    [dialect({ delimitr: ';' }), 'unknown key input[0].dialect.delimitr; did you mean delimiter?'],
    [dialect({ encoding: 'x' }), 'unknown key input[0].dialect.encoding; allowed in input[0]'],
    [dialect({ skipRows: -1 }), 'input[0].dialect.skipRows is -1; allowed: a whole number from 0'],
    [dialect({ header: 'no' }), 'input[0].dialect.header is "no"; allowed: true or false'],
    [
      dialect({ columns: ['a'] }),
      'input[0].dialect.columns is ["a"]; allowed: null, because header is true',
    ],
    [
      dialect({ header: false, columns: ['a', 'b', 'a'] }),
      'input[0].dialect.columns is ["a","b","a"]; allowed: each name once, but "a" is there twice',
    ],
    [
      dialect({ delimiter: '|', quoteChar: '|' }),
      'input[0].dialect.quoteChar is "|"; allowed: another character than dialect.delimiter',
    ],
    [
      dialect({ quoteChar: ',' }),
      'input[0].dialect.quoteChar is ","; allowed: another character than dialect.delimiter',
    ],
    [
      dialect({ delimiter: '|', escapeChar: '|' }),
      'input[0].dialect.escapeChar is "|"; allowed: another character than dialect.delimiter',
    ],
    [
      dialect({ delimiter: ';', commentChar: ';' }),
      'input[0].dialect.commentChar is ";"; allowed: another character than dialect.delimiter',
    ],
    [
      dialect({ escapeChar: '"' }),
      'input[0].dialect.escapeChar is """; allowed: another character than dialect.quoteChar',
    ],
  ]);
});

const TIME = 'input[0].fields.order_timestamp';

describe('a field', () => {
  itFails([
    [field('prise', {}), 'unknown key input[0].fields.prise; did you mean price?'],
    [field('price', []), 'input[0].fields.price is []; allowed: a group of keys'],
    [field('price', 'Net'), 'input[0].fields.price is "Net"; allowed: a group of keys'],
    [
      field('price', { grpChar: '.' }),
      'unknown key input[0].fields.price.grpChar; did you mean groupChar?',
    ],
    [
      field('price', { decimalChar: ',,' }),
      'input[0].fields.price.decimalChar is ",,"; allowed: one ASCII character, no digit or sign',
    ],
    [
      field('price', { groupChar: '.' }),
      'input[0].fields.price.groupChar is "."; allowed: another character than decimalChar, "."',
    ],
    [
      field('quantity', { decimalChar: ',', groupChar: ',' }),
      'input[0].fields.quantity.groupChar is ","; allowed: another character than decimalChar, ","',
    ],
    [
      field('order_id', { decimalChar: ',' }),
      'unknown key input[0].fields.order_id.decimalChar; allowed in input[0].fields.quantity, ' +
        'input[0].fields.price',
    ],
    [
      field('order_id', { values: {} }),
      'unknown key input[0].fields.order_id.values; allowed in input[0].fields.status',
    ],
    [
      field('price', { format: 'auto' }),
      `unknown key input[0].fields.price.format; allowed in ${TIME}`,
    ],
    [
      field('status', { timeZone: 'UTC' }),
      `unknown key input[0].fields.status.timeZone; allowed in ${TIME}`,
    ],
    [
      field('order_timestamp', { format: ['auto', '%H:%M'] }),
      `${TIME}.format[1] is "%H:%M"; allowed: auto, or a strptime pattern with year, month and day`,
    ],
    [field('order_timestamp', { format: '%F %Q' }), `${TIME}.format is "%F %Q"; allowed: auto, or`],
    [
      field('order_timestamp', { timeZone: 'Europe/Berlim' }),
      `${TIME}.timeZone is "Europe/Berlim"; allowed: an IANA time zone, such as Europe/Berlin`,
    ],
    [
      field('order_timestamp', { timeZone: '+02:00' }),
      `${TIME}.timeZone is "+02:00"; allowed: an IANA time zone`,
    ],
    [
      field('status', { values: { Paid: 'completed' } }),
      'input[0].fields.status.values.Paid is "completed"; allowed: up to 1,000 spellings (lower-',
    ],
    [
      field('status', { values: { ['ä'.repeat(33)]: 'pending' } }),
      `input[0].fields.status.values.${'ä'.repeat(33)} is "pending"; allowed: up to 1,000 spell`,
    ],
    [
      field('status', { values: { paid: 'complet' } }),
      'completed, cancelled, pending, processing; did you mean completed?',
    ],
    [
      field('order_id', { from: '/a~2' }),
      'input[0].fields.order_id.from is "/a~2"; allowed: a text, or a list of 1 to 32 texts',
    ],
    [field('order_id', { from: ['a', '/b/~'] }), 'input[0].fields.order_id.from[1] is "/b/~"; al'],
    [field('order_id', { from: [] }), 'input[0].fields.order_id.from is []; allowed: a text, or'],
    [field('order_id', { default: '' }), 'input[0].fields.order_id.default is ""; allowed: a text'],
  ]);
});

describe('a mapping of customers or products', () => {
  itFails([
    [
      field('price', {}, 'products/**'),
      'input[0].fields.price is {}; allowed: fields of products: product_id, product_name, categ',
    ],
    [
      field('product_id', { from: ['a', 'b'] }, 'products/**'),
      'input[0].fields.product_id.from is ["a","b"]; allowed: one column',
    ],
    [
      field('customer_id', { default: 'x' }, 'customers/*'),
      'input[0].fields.customer_id.default is "x"; allowed: only its default, because fields of',
    ],
    [
      field('customer_id', { join: '-' }, 'customers/*'),
      'input[0].fields.customer_id.join is "-"; allowed: only its default, because fields of',
    ],
    [field('brand', { default: 'x' }, 'products/**'), 'unknown key input[0].fields.brand.default'],
    [
      field('brand', { from: ['a', 'b'] }, 'products/**'),
      'input[0].fields.brand.from is ["a","b"]; allowed: a text',
    ],
    [
      { match: 'customers/**', fillDown: { by: 'a', fields: 'b' } },
      'input[0].fillDown is {"by":"a","fields":"b"}; allowed: null, because match is of customers',
    ],
    [
      field('brand', { from: 'x' }),
      'input[0].fields.brand is {"from":"x"}; allowed: fields of orders: order_id, customer_id, ',
    ],
  ]);
});

const ONLY_DEFAULT = 'allowed: only its default, because match is events';

describe('a mapping of events', () => {
  itFails([
    [{ match: 'events', encoding: 'utf-8' }, `input[0].encoding is "utf-8"; ${ONLY_DEFAULT}`],
    [
      { match: 'events', dialect: { delimiter: ';' } },
      `input[0].dialect.delimiter is ";"; ${ONLY_DEFAULT}`,
    ],
    [
      { match: 'events', fillDown: { by: 'a', fields: 'b' } },
      `input[0].fillDown is {"by":"a","fields":"b"}; ${ONLY_DEFAULT}`,
    ],
    [field('brand', {}, 'events'), 'input[0].fields.brand is {}; allowed: fields of orders: '],
  ]);
});

describe('filling down, and columns in all', () => {
  itFails([
    [
      orders({ fillDown: { by: 'a' } }),
      'input[0].fillDown.fields is missing; allowed: a text, or a list of 1 to 32 texts',
    ],
    [orders({ fillDown: { fields: 'a' } }), 'input[0].fillDown.by is missing; allowed: a text'],
    [orders({ fillDown: [] }), 'input[0].fillDown is []; allowed: a group of keys, or null'],
    [
      orders({ fillDown: { by: 'a', fields: ['a'] } }),
      'input[0].fillDown.fields is ["a"]; allowed: other columns than that of fillDown.by',
    ],
    [
      orders({ fillDown: { by: 'a', fields: [...'bcdefghi'] } }),
      'up to 8 columns beyond one for each field, in from and in fillDown together, but 9 are: a, b',
    ],
    [
      field('order_id', { from: [...'abcdefghij'] }),
      'input[0].fields is {"order_id":{"from":["a","b","c","d","e","f","g","h","i","j"]}}; allowed',
    ],
  ]);

  it('takes as many as there is place for', () => {
    expect(messagesOf(orders({ fillDown: { by: 'a', fields: [...'bcdefgh'] } }))).toEqual([]);
    expect(messagesOf(field('order_id', { from: [...'abcdefghi'] }))).toEqual([]);
  });
});

describe('the list of mappings', () => {
  it.each([
    [{}, 'input is {}; allowed: a list of up to 100 mappings'],
    ['orders/**', 'input is "orders/**"; allowed: a list of up to 100 mappings'],
  ])('fails when it is %j', (input, message) => {
    expect(() => parseConfig({ input })).toThrow(message);
  });

  it('fails when no file can reach one, because the same pattern is there before', () => {
    const input = ['events', 'orders/*', 'events'].map((match) => ({ match }));
    expect(() => parseConfig({ input })).toThrow(
      'input[2].match is "events"; allowed: another one than input[0].match',
    );
  });

  it('has every problem of every mapping at once', () => {
    const input = [field('price', { decimalChar: '' }), { match: 'x', encoding: 'y' }];
    const checked = checkConfig({ input });
    expect(checked.ok ? [] : checked.problems.map(({ path }) => path.join('.'))).toEqual([
      'input.0.fields.price.decimalChar',
      'input.1.match',
      'input.1.encoding',
    ]);
  });
});
