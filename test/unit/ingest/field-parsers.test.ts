import { describe, expect, it } from 'vitest';
import {
  parseAmountCents,
  parsePriceCents,
  parseQuantity,
} from '../../../lambdas/shared/ingest/field-parsers.ts';
import { issueCodes } from '../../../lambdas/shared/model/issue.ts';
import { placed } from '../../support/bytes-of.ts';

/** The value, or the codes. */
function parsed(parse: typeof parseQuantity, text: string): number | string {
  // Digits, signs and points around the value do not belong to it.
  const results = ['-9', '.0', '+', '00', '"'].map((around) => {
    const { bytes, start, end } = placed(text, around);
    const value = parse(bytes, start, end);
    return value < 0 ? issueCodes(-value).join(',') : value;
  });
  expect(new Set(results).size).toBe(1);
  return results[0];
}

describe('parseQuantity', () => {
  it.each([
    ['1', 1],
    ['+7', 7],
    ['100000', 100_000],
    ['100000.', 100_000],
    ['3.000', 3],
    ['0000000000000000000000000042', 42],
    ['100001', 'quantity_too_large'],
    ['99999999999999999999999999', 'quantity_too_large'],
    ['0', 'quantity_not_positive'],
    ['-0', 'quantity_not_positive'],
    ['+0.0', 'quantity_not_positive'],
    ['-5', 'quantity_not_positive'],
    ['-100001', 'quantity_not_positive'],
    ['1.5', 'quantity_not_integer'],
    ['.0', 'quantity_not_integer'],
    ['.', 'quantity_not_integer'],
    ['+', 'quantity_not_integer'],
    ['--1', 'quantity_not_integer'],
    ['1e3', 'quantity_not_integer'],
    ['1 000', 'quantity_not_integer'],
    ['0x10', 'quantity_not_integer'],
    ['1.0.0', 'quantity_not_integer'],
    ['-1.5', 'quantity_not_integer'],
    ['٣', 'quantity_not_integer'],
  ])('reads %s as %s', (text, expected) => {
    expect(parsed(parseQuantity, text)).toBe(expected);
  });
});

describe('parsePriceCents', () => {
  it.each([
    ['1', 100],
    ['1.', 100],
    ['.5', 50],
    ['+1.05', 105],
    ['0', 0],
    ['-0', 0],
    ['-0.000', 0],
    ['-.0', 0],
    ['2.5000000000', 250],
    ['1.15', 115],
    ['99999999.99', 9_999_999_999],
    ['99999999.9900', 9_999_999_999],
    ['00000000000000000000001.10', 110],
    ['100000000', 'price_too_large'],
    ['99999999.991', 'price_too_precise,price_too_large'],
    ['99999999.98001', 'price_too_precise'],
    ['9999999999999999999999.999', 'price_too_precise,price_too_large'],
    ['1.001', 'price_too_precise'],
    ['0.000000000000000000001', 'price_too_precise'],
    ['-1', 'price_negative'],
    ['-0.01', 'price_negative'],
    ['-0.001', 'price_negative,price_too_precise'],
    ['-99999999999999999999', 'price_negative'],
    ['.', 'price_not_decimal'],
    ['', 'price_not_decimal'],
    ['-', 'price_not_decimal'],
    ['1,5', 'price_not_decimal'],
    ['1.2.3', 'price_not_decimal'],
    ['1e2', 'price_not_decimal'],
    ['$5', 'price_not_decimal'],
    ['Infinity', 'price_not_decimal'],
    ['- 5', 'price_not_decimal'],
  ])('reads %s as %s', (text, expected) => {
    expect(parsed(parsePriceCents, text)).toBe(expected);
  });
});

describe('parseAmountCents', () => {
  it.each([
    ['1.5', 150],
    ['-0', 0],
    ['100000000', 10_000_000_000],
    ['1000000000.01', 100_000_000_001],
    ['9999999999999.99', 999_999_999_999_999],
    ['1.001', 'price_too_precise'],
    ['100000000.001', 'price_too_precise'],
    ['-0.01', 'price_negative'],
    ['-1000000000.001', 'price_negative,price_too_precise'],
    ['1,5', 'price_not_decimal'],
  ])('reads %s as %s', (text, expected) => {
    expect(parsed(parseAmountCents, text)).toBe(expected);
  });

  it.each(['0'.repeat(15), `${'0'.repeat(15)}.99`, '9'.repeat(400)].map((digits) => `1${digits}`))(
    'gives %s as a number above the largest that is exact',
    (text) => {
      expect(parsed(parseAmountCents, text)).toBeGreaterThanOrEqual(1e15);
    },
  );
});
