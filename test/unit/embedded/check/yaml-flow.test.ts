import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pairs, yamlFlow } from '../../../../lib/embedded/check/yaml-flow.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

describe('YAML of a suggestion', () => {
  it('means what was written, on one line', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('no', 'null', '1.5', 'a: b', '# x', '\u00a0', '\u202f', '\u2028', "'", '€'),
    );
    const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text));
    const keys = text.filter((key) => key !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(keys, value), (values) => {
        const yaml = yamlFlow(values);
        expect(parse(yaml)).toEqual({ ...values });
        expect(yaml.split(/[\r\n\u0085\u2028\u2029]/)).toHaveLength(1);
      }),
      { seed, ...runs(300) },
    );
  });

  it('quotes what needs it only', () => {
    expect(pairs({ from: ['Order', 'Line No'], join: '-', default: 'no', skipRows: 2 })).toBe(
      'from: [Order, "Line No"], join: "-", default: "no", skipRows: 2',
    );
    expect(yamlFlow('\u00a0')).toBe(String.raw`"\u00a0"`);
  });
});
