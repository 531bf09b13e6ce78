import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NO_NUMBER,
  type NumberForm,
  numberReader,
} from '../../../../lambdas/shared/ingest/mapping/number-form.ts';
import { placed } from '../../../support/bytes-of.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

const BEFORE = 3;
const MARK = 0x7e;

/** What the reader writes, or null. Digits, signs and points around the value are not its own. */
function numberOf(form: Partial<NumberForm>, text: string): string | null {
  const reader = numberReader({ decimalChar: '.', groupChar: null, bareNumber: true, ...form });
  const results = ['-9', '.0', '9%', '(1', '$ 000', '\u00a0'].map((around) => {
    const { bytes, start, end } = placed(text, around);
    const out = new Uint8Array(BEFORE + end - start + 1).fill(MARK);
    const written = reader(bytes, start, end, out, BEFORE);

    expect([...out.subarray(0, BEFORE)]).toEqual([MARK, MARK, MARK]);
    expect(out.at(-1)).toBe(MARK);
    return written === NO_NUMBER ? null : Buffer.from(out.subarray(BEFORE, written)).toString();
  });
  expect(new Set(results).size).toBe(1);
  return results[0];
}

const GERMAN = { decimalChar: ',', groupChar: '.' };
const DRESSED = { ...GERMAN, bareNumber: false };

describe('numberReader', () => {
  it.each([
    ['1.234,56', '1234.56'],
    ['1234,56', '1234.56'],
    ['1.234.567', '1234567'],
    ['12.345.678,9', '12345678.9'],
    ['-1.234,5', '-1234.5'],
    ['+7', '7'],
    ['-0', '-0'],
    ['5,', '5.'],
    [',5', '.5'],
    ['-,5', '-.5'],
    ['000', '000'],
    ['1,2345678901', '1.2345678901'],
    ['123456789012345678901234567890,01', '123456789012345678901234567890.01'],
  ])('reads %s', (text, expected) => {
    expect(numberOf(GERMAN, text)).toBe(expected);
  });

  it.each([
    ...['', '-', ',', '.', '-,', '--5', '+-5', '5-', '- 5', '5 ', ' 5', '1e3', '0x1', '٣'],
    ...['1.23', '1.2345', '1234.567', '1.234.56', '1.234.5678', '.234', '1..234', '1.234.'],
    ...['1,234.567', '1,234,567', '1.234,5,6', '1 234', '1.234.567.', '12.34,5', '1.', '-.234'],
    ...['5 €', '€5', '5%', 'EUR 5', '(5)', '\u22125', '1\u00a0234'],
  ])('reads %j as no number', (text) => {
    expect(numberOf(GERMAN, text)).toBe(null);
  });

  it.each([
    [' ', '1 234.5'],
    [' ', '1\u00a0234.5'],
    [' ', '1\u202f234.5'],
    ['\u00a0', '1 234.5'],
    ['\u202f', '1\u00a0234.5'],
    ['\u202f', '1\u202f234.5'],
    ['\u2019', '1\u2019234.5'],
    ["'", "1'234.5"],
    [',', '1,234.5'],
    ['_', '1_234.5'],
  ])('takes %j as what is between the groups of %j', (groupChar, text) => {
    expect(numberOf({ groupChar }, text)).toBe('1234.5');
    expect(numberOf({ groupChar, bareNumber: false }, text)).toBe('1234.5');
    expect(numberOf({}, text)).toBe(null);
  });

  it.each([
    ["'", '1\u2019234'],
    ['\u2019', '1\u2018234'],
    ['\u2019', "1'234"],
    [' ', '1  234'],
    [' ', '1\t234'],
    ['\u202f', '1\u2019234'],
    ['\u202f', '1234\u202f567'],
    ['\u00a0', '1\u00a023'],
  ])('does not take %j as what is between the groups of %j', (groupChar, text) => {
    expect(numberOf({ groupChar }, text)).toBe(null);
    expect(numberOf({ groupChar, bareNumber: false }, text)).toBe(null);
  });

  it.each([
    ['5', '5'],
    ['€5', '5'],
    ['5 €', '5'],
    ['€ 1.234,50', '1234.50'],
    ['1.234,50\u00a0€', '1234.50'],
    ['1.234,50\u202fEUR', '1234.50'],
    ['EUR 1.234,50', '1234.50'],
    ['CHF5', '5'],
    ['5EUR', '5'],
    ['$5 USD', '5'],
    ['USD $5', '5'],
    ['US$ 5', '5'],
    ['R$ 1.234,50', '1234.50'],
    ['19 %', '19'],
    ['%19', '19'],
    ['-€5', '-5'],
    ['€-5', '-5'],
    ['-5 €', '-5'],
    ['- 5', '-5'],
    ['\u2212 5 €', '-5'],
    ['+€5', '5'],
    ['5-', '-5'],
    ['1.234,50- EUR', '-1234.50'],
    ['5 €-', '-5'],
    ['5\u2212', '-5'],
    ['(5,00)', '-5.00'],
    ['( 5 )', '-5'],
    ['€ (5)', '-5'],
    ['(€5)', '-5'],
    ['(5 €)', '-5'],
    ['(5) €', '-5'],
    ['\u00a05', '5'],
    ['€,5', '.5'],
    ['5, €', '5.'],
  ])('takes off what is around %s', (text, expected) => {
    expect(numberOf(DRESSED, text)).toBe(expected);
  });

  it.each([
    ...['', '€', 'EUR', '-', '()', '%', '( )', '€ €5', '€5 €', 'EUR 5 EUR', '5%%', '%5%'],
    ...['--5', '-5-', '+5-', '5+', '-(5)', '(-5)', '(5', '5)', ')5(', '((5))', '(5))', '(5)-'],
    ...['EURO 5', '5 EURO', '5 EU', 'eur 5', '5 kr', 'Rs 5', 'ABCD$5', '5 6', '1 234', '1.23 €'],
    ...['5,-', '5,- €', '5, -', '1e3', '5E3', '5x', '#5', '5,5,5', '5 €6', '5\u2013', '1.2345 €'],
  ])('reads %j as no number, whatever may be around one', (text) => {
    expect(numberOf(DRESSED, text)).toBe(null);
  });

  it('takes off every currency sign of Unicode, and no other character', () => {
    const OTHERS = /[\s\d\u00a0\u202f%+,.\u2212-]/;
    for (let code = 0x20; code < 0x20_000; code++) {
      const character = String.fromCodePoint(code);
      if ((code >= 0xd800 && code < 0xe000) || OTHERS.test(character)) continue;
      const { bytes, start, end } = placed(`${character}5`);
      const isTaken = dressed(bytes, start, end, scratch, 0) !== NO_NUMBER;
      if (isTaken !== /^\p{Sc}$/u.test(character)) expect.fail(`U+${code.toString(16)}`);
    }
  });

  it('takes no more of a cut character than there is', () => {
    for (const sign of ['€', '\u{1ecb0}', '\u00a0', '\u202f', '\u2212']) {
      const whole = Buffer.from(`5${sign}`);
      for (let end = 2; end < whole.length; end++) {
        expect(dressed(whole, 0, end, scratch, 0)).toBe(NO_NUMBER);
      }
    }
  });

  it('reads any amount back that is written in any form', () => {
    const groups = fc.constantFrom(null, ' ', '.', ',', "'", '\u00a0', '\u202f', '\u2019');
    const amounts = fc.bigInt({ min: 0n, max: 10n ** 24n });
    const around = fc.constantFrom(
      ...['#', '€#', '# €', '\u00a5 #', '# CHF', 'USD\u202f#', '$# USD', '# %', '€\u00a0#'],
    );
    const minus = fc.constantFrom('', '-', '()');
    fc.assert(
      fc.property(
        ...[amounts, groups, fc.constantFrom('.', ',', ';'), around, minus, fc.boolean()],
        (cents, groupChar, decimalChar, frame, sign, isGrouped) => {
          fc.pre(groupChar !== decimalChar);
          const units = String(cents / 100n);
          const places = String(cents % 100n).padStart(2, '0');
          const between = isGrouped && groupChar !== null ? groupChar : '';
          const grouped = units.replace(/\B(?=(\d{3})+$)/g, between);
          const written = frame.replace('#', () => `${grouped}${decimalChar}${places}`);
          const text = sign === '()' ? `(${written})` : `${sign}${written}`;
          const form = { decimalChar, groupChar, bareNumber: false };

          const expected = `${sign === '' ? '' : '-'}${units}.${places}`;
          expect(numberOf(form, text)).toBe(expected);
          const isBare = frame === '#' && sign !== '()';
          expect(numberOf({ ...form, bareNumber: true }, text)).toBe(isBare ? expected : null);
        },
      ),
      { seed, ...runs(1_000) },
    );
  });

  it('never takes digits from where no group of three begins', () => {
    const pieces = fc.array(fc.stringMatching(/^\d{0,5}$/), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(pieces, fc.boolean(), (parts, bareNumber) => {
        const isGrouped =
          /^\d{1,3}$/.test(parts[0]) && parts.slice(1).every((part) => part.length === 3);
        const text = parts.join('.');
        const expected = isGrouped ? parts.join('') : null;
        expect(numberOf({ ...GERMAN, bareNumber }, text)).toBe(expected);
      }),
      { seed, ...runs(1_000) },
    );
  });
});

const dressed = numberReader({ ...GERMAN, bareNumber: false });
const scratch = new Uint8Array(16);

describe('a form of numbers', () => {
  it('refuses one character for two things', () => {
    const form = { decimalChar: ',', groupChar: ',', bareNumber: true };
    expect(() => numberReader(form)).toThrow('a character of a number has one meaning');
    expect(() => numberReader({ ...form, groupChar: '.' })).not.toThrow();
    expect(() => numberReader({ ...form, groupChar: null })).not.toThrow();
  });
});
