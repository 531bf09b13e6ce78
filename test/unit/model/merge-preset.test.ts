import { describe, expect, it } from 'vitest';
import { withPresets } from '../../../lambdas/shared/model/merge-preset.ts';

const SHOP = {
  encoding: 'utf-8',
  dialect: { delimiter: ';', quoteChar: null },
  missingValues: ['', '-'],
  fields: { order_id: { from: 'Name' }, price: { from: 'Total', decimalChar: ',' } },
  fillDown: { by: 'Name', fields: ['State'] },
};
const merged = (mapping: object) => {
  const { input } = withPresets({ input: [mapping] }, { shop: SHOP }) as { input: unknown[] };
  return input[0];
};

describe('withPresets', () => {
  it('takes all keys of the preset', () => {
    const mapping = { match: 'orders/**', preset: 'shop' };
    expect(merged(mapping)).toEqual({ ...SHOP, ...mapping });
  });

  it('replaces a key of the preset, in dialect key by key, in fields field by field', () => {
    const own = {
      preset: 'shop',
      encoding: 'utf-16le',
      dialect: { delimiter: '|', header: false },
      missingValues: ['n/a'],
      fields: { price: { from: 'Net' }, status: { default: 'done' } },
      fillDown: null,
    };
    expect(merged(own)).toEqual({
      preset: 'shop',
      encoding: 'utf-16le',
      dialect: { delimiter: '|', quoteChar: null, header: false },
      missingValues: ['n/a'],
      fields: { order_id: { from: 'Name' }, price: { from: 'Net' }, status: { default: 'done' } },
      fillDown: null,
    });
  });

  it('takes a group without keys for none', () => {
    expect(merged({ preset: 'shop', dialect: null, fields: null })).toEqual({
      ...SHOP,
      preset: 'shop',
    });
  });

  it.each([
    [null],
    [{ input: { preset: 'shop' } }],
    [{ input: [null, 'shop', ['shop'], {}, { preset: 'shopp' }, { preset: 'toString' }] }],
  ])('leaves what names no preset as it is: %j', (config) => {
    expect(withPresets(config, { shop: SHOP })).toEqual(config);
  });

  it('leaves a group of another type for validation to refuse', () => {
    expect(merged({ preset: 'shop', dialect: 'csv', fields: [] })).toMatchObject({
      dialect: 'csv',
      fields: [],
    });
  });
});
