import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutTo, padTo, widthOf } from '../../../../bin/text/text-width.ts';
import { seed } from '../../../support/seed.ts';

it.each([
  ['abc', 3],
  ['', 0],
  ['ümläut', 6],
  ['日本語', 6],
  ['ｆｕｌｌ', 8],
  ['😀👍🏽', 4],
  ['👩‍👩‍👧', 2],
  ['e\u0301', 1],
  ['a\u200bb', 2],
  ['─…∅', 3],
])('takes %j for %i columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

it.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['abcdef', 1, '…'],
  ['abcdef', 0, ''],
  ['日本語', 6, '日本語'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
])('cuts %j to %i columns', (text, width, cut) => {
  expect(cutTo(text, width)).toBe(cut);
});

it('fills up on either side, and leaves wider text as it is', () => {
  expect([padTo('日', 4, 'right'), padTo('1', 3, 'left'), padTo('abc', 2, 'left')]).toEqual([
    '日  ',
    '  1',
    'abc',
  ]);
});

it('always cuts to the width at most, and nothing that fits', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, fc.nat(20), (value, width) => {
      const cut = cutTo(value, width);
      expect(widthOf(cut)).toBeLessThanOrEqual(Math.max(width, 0));
      if (widthOf(value) <= width) expect(cut).toBe(value);
    }),
    { seed, numRuns: 500 },
  );
});
