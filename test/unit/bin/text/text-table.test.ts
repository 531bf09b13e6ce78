import { describe, expect, it } from 'vitest';
import {
  byteText,
  counted,
  secondsText,
  textTable,
  withCommas,
} from '../../../../bin/text/text-table.ts';

describe('textTable', () => {
  it('puts numbers to the right and shows control characters', () => {
    const text = textTable(
      [{ title: 'name' }, { title: 'n', isNumber: true }],
      [
        ['a', '1'],
        ['b\n\u001b[31m', '1,000'],
      ],
    );
    expect(text).toBe(
      [
        'name             n',
        '────           ───',
        'a                1',
        'b\\n\\x1b[31m  1,000',
        '',
      ].join('\n'),
    );
  });

  it('takes wide characters for two columns', () => {
    expect(
      textTable(
        [{ title: 'name' }, { title: 'b' }],
        [
          ['日本語', 'x'],
          ['abc', 'y'],
        ],
      ),
    ).toBe('name    b\n────    ───\n日本語  x\nabc     y\n');
  });

  it('lays out any number of rows, each in the same time', () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => [`o${i}`, 'x']);
    const lines = textTable([{ title: 'id' }, { title: 'b' }], rows).split('\n');
    expect([lines.length, lines[2], lines.at(-2)]).toEqual([50_003, 'o0      x', 'o49999  x']);
  });

  it('has its head where there is no row', () => {
    expect(textTable([{ title: 'name' }], [])).toBe('name\n────\n');
  });
});

describe('numbers', () => {
  it('have commas between thousands, fractions none', () => {
    expect([0, 999, 1_000, 1_234_567].map(withCommas)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect(['-1234.56', '9999999999999999.99'].map(withCommas)).toEqual([
      '-1,234.56',
      '9,999,999,999,999,999.99',
    ]);
  });

  it('have units', () => {
    expect([0, 999, 1_000, 33_554_432, 999_960].map(byteText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '33.6 MB',
      '1.0 MB',
    ]);
    expect([5, 1_234, 65_432].map(secondsText)).toEqual(['0.01 s', '1.23 s', '65.4 s']);
  });
});

it('has the noun of one thing and of several', () => {
  const files = [0, 1, 1_200].map((count) => counted(count, 'file'));
  expect(files).toEqual(['0 files', '1 file', '1,200 files']);
  expect(counted(2, 'order id is', 'order ids are')).toBe('2 order ids are');
});
