import { describe, expect, it, vi } from 'vitest';
import { checkConfig, parseConfig } from '../../../lambdas/shared/model/config.ts';
import { configHash } from '../../../lambdas/shared/model/config-hash.ts';

vi.mock('../../../lambdas/shared/model/presets.ts', () => ({
  PRESETS: {
    shop: { fields: { order_id: { from: 'Name' }, price: { from: 'Total', decimalChar: ',' } } },
    till: { encoding: 'windows-1252', dialect: { delimiter: ';', columns: ['a'] } },
  },
}));

const mappingOf = (mapping: object) => {
  return parseConfig({ input: [{ match: 'orders/**', ...mapping }] }).input[0];
};

const FIELD = {
  join: ' ',
  default: null,
  format: ['auto'],
  timeZone: null,
  decimalChar: '.',
  groupChar: null,
  bareNumber: true,
  per: 'piece',
  values: {},
  expect: null,
};
const DIALECT = {
  delimiter: null,
  quoteChar: '"',
  doubleQuote: true,
  escapeChar: null,
  header: true,
  columns: null,
  skipRows: 0,
  commentChar: null,
  skipInitialSpace: false,
  padRows: false,
};

describe('a mapping', () => {
  it('has every key at its default', () => {
    expect(mappingOf({})).toEqual({
      match: 'orders/**',
      encoding: null,
      dialect: DIALECT,
      missingValues: null,
      fields: {},
      fillDown: null,
    });
  });

  it('holds every option of a field, whichever it can have', () => {
    const { fields } = mappingOf({
      fields: { order_id: { from: 'Order' }, status: { values: { paid: 'completed' } } },
    });
    expect(fields).toEqual({
      order_id: { ...FIELD, from: ['Order'] },
      status: { ...FIELD, values: { paid: 'completed' } },
    });
  });

  it('takes the example of the contract', () => {
    const text = ['Date', 'Time'];
    const mapping = mappingOf({
      encoding: 'windows-1252',
      dialect: { delimiter: '\t', quoteChar: null },
      missingValues: ['', 'NULL', 'n/a'],
      fields: {
        order_id: { from: ['Order', 'Line'], join: '-' },
        customer_id: { from: 'Customer', default: 'guest' },
        order_timestamp: { from: text, format: ['%d.%m.%Y %H:%M'], timeZone: 'Europe/Berlin' },
        price: {
          ...{ from: 'Total', per: 'line', bareNumber: false },
          ...{ decimalChar: ',', groupChar: '.' },
        },
        currency: { from: 'Currency', expect: 'EUR' },
        status: { values: { 'teilweise bezahlt': 'pending' }, default: 'completed' },
      },
      fillDown: { by: 'Order', fields: ['State', 'Date'] },
    });
    expect(mapping.dialect).toEqual({ ...DIALECT, delimiter: '\t', quoteChar: null });
    expect(mapping.fields.price).toEqual({
      ...FIELD,
      from: ['Total'],
      decimalChar: ',',
      groupChar: '.',
      bareNumber: false,
      per: 'line',
    });
    expect(mapping.fields.currency).toEqual({ ...FIELD, from: ['Currency'], expect: 'EUR' });
    expect(mapping.fillDown).toEqual({ by: 'Order', fields: ['State', 'Date'] });
  });

  it.each([
    [{ dialect: { header: false } }],
    [{ dialect: { header: false, columns: ['a', 'A'] } }],
    [{ dialect: null, fields: null, fillDown: null }],
    [{ fields: { price: null } }],
    [{ fields: { order_id: { from: 'a', join: '-' } } }],
    [{ fields: { order_id: { from: ['/a/b', '/a~0b~1c', '/'] } } }],
    [{ fields: { price: { groupChar: '\u202f' } } }],
    [{ match: 'events', dialect: {}, missingValues: ['-'], fields: { price: { from: '/p' } } }],
    [{ match: 'products/*', encoding: 'latin1', fields: { brand: { from: 'Marke' } } }],
    [{ match: '**/*.txt', fields: { brand: { from: 'Marke' }, price: { decimalChar: ',' } } }],
  ])('can have %j', (mapping) => {
    expect(checkConfig({ input: [{ match: 'orders/**', ...mapping }] }).ok).toBe(true);
  });

  it.each(['%d.%m.%Y %I:%M', '%d.%m.%Y %d'])(
    'cannot have times that nothing reads: %s',
    (format) => {
      expect(() => mappingOf({ fields: { order_timestamp: { format } } })).toThrow(format);
    },
  );

  it('may be left out, or be in an empty list', () => {
    expect(parseConfig({ input: null }).input).toEqual([]);
    expect(parseConfig({ input: [] }).input).toEqual([]);
  });
});

describe('a preset', () => {
  it('is filled in, with the keys beside it in place of its own', () => {
    const { fields, ...rest } = mappingOf({ preset: 'shop', fields: { price: { from: 'Net' } } });
    expect(fields).toEqual({
      order_id: { ...FIELD, from: ['Name'] },
      price: { ...FIELD, from: ['Net'] },
    });
    expect(rest).not.toHaveProperty('preset');
  });

  it('fails when it is unknown, and names the nearest', () => {
    expect(() => mappingOf({ preset: 'shopp' })).toThrow(
      'input[0].preset is "shopp"; allowed: the name of a preset, shop, till, or null; did you ' +
        'mean shop?',
    );
  });

  it('fails with its own value where that does not go with the keys beside it', () => {
    expect(() => mappingOf({ preset: 'till' })).toThrow('input[0].dialect.columns is ["a"]');
    expect(() => mappingOf({ preset: 'till', match: 'events' })).toThrow(
      'input[0].encoding is "windows-1252"; allowed: only its default, because match is events',
    );
  });

  it('counts in the hash as what it stands for', () => {
    const hashOf = (mapping: object) => {
      return configHash(parseConfig({ input: [{ match: 'orders/**', ...mapping }] }));
    };
    const written = { fields: { order_id: { from: 'Name' }, price: { default: '1' } } };
    expect(hashOf({ preset: 'shop', fields: { price: { default: '1' } } })).toBe(hashOf(written));
    expect(hashOf({ preset: 'shop' })).not.toBe(hashOf(written));
  });
});
