import fc from 'fast-check';
import { expect, it } from 'vitest';
import { visible, visibleJson, visibleLines } from '../../../../bin/text/visible-text.ts';
import { seed } from '../../../support/seed.ts';

it.each([
  ['\u001b[31m', '\\x1b[31m'],
  ['a\tb\r\n\0', 'a\\tb\\r\\n\\x00'],
  ['\u007f\u0085\u009b', '\\x7f\\x85\\x9b'],
  ['\u202egpj.exe\u202c', '\\u202egpj.exe\\u202c'],
  ['\u202a\u202b\u202d', '\\u202a\\u202b\\u202d'],
  ['\u2066\u2067\u2068\u2069', '\\u2066\\u2067\\u2068\\u2069'],
  ['\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
  ['\u2028\u2029', '\\u2028\\u2029'],
  ['ümläut 日本語 😀 שלום', 'ümläut 日本語 😀 שלום'],
])('shows %j as %s', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

it('keeps line ends where they are meant', () => {
  expect(visibleLines('a\nb\u001b\r\n')).toBe('a\nb\\x1b\\r\n');
});

it('makes JSON of the same value', () => {
  const value = { a: '\u009b\u202e\u007f\u001b', '\u2066': ['é'] };
  expect(visibleJson(value)).toBe('{"a":"\\u009b\\u202e\\u007f\\u001b","\\u2066":["é"]}');
  expect(JSON.parse(visibleJson(value))).toEqual(value);
});

it('always leaves no character that acts, and nothing else changed', () => {
  const acts = /[\p{Control}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(acts);
      expect(visibleLines(text).replaceAll('\n', '')).not.toMatch(acts);
      expect(JSON.parse(visibleJson(text))).toBe(text);
    }),
    { seed, numRuns: 500 },
  );
});
