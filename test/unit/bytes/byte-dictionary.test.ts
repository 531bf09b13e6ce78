import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteDictionary } from '../../../lambdas/shared/bytes/byte-dictionary.ts';
import { hashBytes } from '../../../lambdas/shared/bytes/bytes.ts';
import { placed } from '../../support/bytes-of.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

const codeOf = (dictionary: ByteDictionary, text: string) => {
  const { view, start, end } = placed(text);
  return dictionary.codeOf(view, start, end);
};
const find = (dictionary: ByteDictionary, text: string) => {
  const { view, start, end } = placed(text);
  return dictionary.find(view, start, end);
};
const textsOf = ({ heap, offsets, size }: ByteDictionary) =>
  Array.from({ length: size }, (_, code) =>
    Buffer.from(heap.subarray(offsets[code], offsets[code + 1])).toString(),
  );

describe('ByteDictionary', () => {
  it('numbers values in the order of their first use, as a map does', () => {
    const words = fc.array(fc.string({ maxLength: 12, unit: 'binary' }), { maxLength: 200 });
    const dictionary = new ByteDictionary();
    fc.assert(
      fc.property(words, (texts) => {
        dictionary.clear();
        const wellFormed = texts.map((text) => text.toWellFormed());
        const map = new Map<string, number>();
        for (const text of wellFormed) {
          if (!map.has(text)) map.set(text, map.size);
          expect(codeOf(dictionary, text)).toBe(map.get(text));
        }

        expect(textsOf(dictionary)).toEqual([...map.keys()]);
        for (const [text, code] of map) expect(find(dictionary, text)).toBe(code);
        expect(find(dictionary, 'not one of them')).toBe(-1);
      }),
      { seed, ...runs(200) },
    );
  });

  it('grows, and keeps its codes', () => {
    const dictionary = new ByteDictionary();
    const texts = Array.from({ length: 20_000 }, (_, index) => `value-${index}`);

    expect(texts.map((text) => codeOf(dictionary, text))).toEqual(texts.map((_, index) => index));
    expect(texts.map((text) => find(dictionary, text))).toEqual(texts.map((_, index) => index));
    expect(dictionary.size).toBe(20_000);
  });

  it('tells values with one hash apart', () => {
    const dictionary = new ByteDictionary();
    const texts = ['a', 'b', '', 'ab', 'ba', 'abcdefgh', 'abcdefgi'];
    const codes = texts.map((text) => {
      const { view, start, end } = placed(text);
      return dictionary.codeOf(view, start, end, 7);
    });

    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(dictionary.hashAt(3)).toBe(7);
  });
});

describe('hashBytes', () => {
  it('is the same wherever a value stands, and spreads values that differ in one byte', () => {
    const hashes = new Set<number>();
    for (let index = 0; index < 4_096; index++) {
      const text = `o${index}`;
      const values = ['', '1', '12', '123'].map((around) => {
        const { view, start, end } = placed(text, around);
        return hashBytes(view, start, end);
      });
      expect(new Set(values).size).toBe(1);
      hashes.add(values[0] >>> 16);
    }

    expect(hashes.size).toBeGreaterThan(3_800);
  });
});
