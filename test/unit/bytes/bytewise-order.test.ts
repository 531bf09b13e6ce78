import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../lambdas/shared/bytes/bytes.ts';
import { sortBytewise } from '../../../lambdas/shared/bytes/bytewise-order.ts';
import { seed } from '../../support/seed.ts';

/** The codes of the texts, sorted; code c is text c. */
function sortedCodes(texts: readonly Uint8Array[]): number[] {
  const offsets = new Uint32Array(texts.length + 1);
  texts.forEach((text, code) => {
    offsets[code + 1] = offsets[code] + text.length;
  });
  const codes = Uint32Array.from(texts, (_, code) => code);
  sortBytewise(codes, viewOf(Buffer.concat(texts)), offsets);
  return [...codes];
}

function sortedTexts(texts: readonly string[]): string[] {
  const bytes = texts.map((text) => Buffer.from(text));
  return sortedCodes(bytes).map((code) => texts[code]);
}

describe('the order of bytes', () => {
  it('puts a text before those that go on', () => {
    expect(sortedTexts(['ab', 'b', 'a', '', 'a\0', 'aa'])).toEqual([
      '',
      'a',
      'a\0',
      'aa',
      'ab',
      'b',
    ]);
  });

  it('is kept among many texts that begin alike', () => {
    const texts = Array.from({ length: 300 }, (_, index) => `product-${(index * 7) % 300}`);

    const [first, second, third, ...others] = sortedTexts(texts);

    expect([first, second, third]).toEqual(['product-0', 'product-1', 'product-10']);
    expect(others.slice(-3)).toEqual(['product-97', 'product-98', 'product-99']);
  });

  it('always is that of comparing byte by byte', () => {
    // Few bytes, so that many texts begin alike and end in each other.
    const byte = fc.constantFrom(0, 1, 0x61, 0xff);
    const text = fc.array(byte, { maxLength: 9 }).map((bytes) => Buffer.from(bytes));
    const texts = fc.uniqueArray(text, {
      maxLength: 400,
      size: 'max',
      selector: (bytes) => bytes.toString('hex'),
    });
    fc.assert(
      fc.property(texts, (drawn) => {
        const expected = drawn
          .map((_, code) => code)
          .sort((a, b) => Buffer.compare(drawn[a], drawn[b]));
        expect(sortedCodes(drawn)).toEqual(expected);
      }),
      { seed, numRuns: 60 },
    );
  });
});
