import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  jsonValueSpan,
  splitFields,
  usualRules,
} from '../../../../lib/embedded/check/record-fields.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

const valuesOf = (text: string, rules = usualRules(',')) =>
  splitFields(text, rules).fields.map(({ value }) => value);

describe('the fields of a record', () => {
  it('are those that were quoted, whatever they hold', () => {
    const value = fc.array(fc.constantFrom('a', ',', '"', '\n', '\r', ' ', ';', 'é'));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (parts) => {
        const values = parts.map((characters) => characters.join(''));
        const quoted = values.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
        const { fields, end } = splitFields(`${quoted}\nnext`, usualRules(','));

        expect(fields.map((field) => field.value)).toEqual(values);
        const spans = fields.map((field) => quoted.slice(field.start, field.end));
        expect(spans).toEqual(values.map((text) => text.replaceAll('"', '""')));
        expect(end).toBe(quoted.length);
      }),
      { seed, ...runs(200) },
    );
  });

  it.each([
    ['a,b,', ['a', 'b', '']],
    ['a,"b" ,c\r\nd', ['a', 'b', 'c']],
    ['5" pipe,"x"y,z', ['5" pipe', '"x"y', 'z']],
    ['"never closed,b', ['"never closed', 'b']],
    ['', ['']],
  ])('of %j', (text, values) => {
    expect(valuesOf(text)).toEqual(values);
  });

  it('follow the dialect', () => {
    const rules = usualRules(';');
    expect(valuesOf('"a;b";c', { ...rules, quoteChar: null })).toEqual(['"a', 'b"', 'c']);
    expect(valuesOf("'a;b';c", { ...rules, quoteChar: "'" })).toEqual(['a;b', 'c']);
    expect(valuesOf('"a\\";b";c\\;d', { ...rules, escapeChar: '\\' })).toEqual(['a";b', 'c;d']);
    expect(valuesOf('"a""b";c', { ...rules, doubleQuote: false })).toEqual(['"a""b"', 'c']);
  });
});

describe('the value of a key of JSON', () => {
  it.each([
    ['{"price": "1,5", "x": 1}', '1,5'],
    ['{"x":"price","price":12.50}', '12.50'],
    ['{"price":1,"price":"2\\"3"}', '2\\"3'],
    ['{"price":null', 'null'],
  ])('in %s', (text, value) => {
    const { start, end } = jsonValueSpan(text, 'price') ?? expect.fail();
    expect(text.slice(start, end)).toBe(value);
  });

  it('is nowhere where there is no such key', () => {
    expect(jsonValueSpan('{"a":"price"}', 'price')).toBeNull();
    expect(jsonValueSpan('no JSON', 'price')).toBeNull();
  });
});
