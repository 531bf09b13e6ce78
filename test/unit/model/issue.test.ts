import { expect, it } from 'vitest';
import { issueBit, issueCodes, RECORD_ISSUES } from '../../../lambdas/shared/model/issue.ts';

it('keeps one bit for each code, in the order of the contract', () => {
  expect(issueBit('record_too_long')).toBe(1);
  expect(issueBit('wrong_field_count')).toBe(16);
  expect(issueBit('status_unknown')).toBe(16_777_216);
  expect(issueBit('currency_unexpected')).toBe(33_554_432);
});

it('lists the codes of a set in the order of the contract', () => {
  const bits = issueBit('status_unknown') | issueBit('price_missing') | issueBit('invalid_utf8');

  expect(issueCodes(bits)).toEqual(['invalid_utf8', 'price_missing', 'status_unknown']);
  expect(issueCodes(0)).toEqual([]);
});

it('gives no values to records with one of the first five codes', () => {
  expect(issueCodes(RECORD_ISSUES)).toEqual([
    'record_too_long',
    'kpl_aggregated',
    'invalid_utf8',
    'invalid_json',
    'wrong_field_count',
  ]);
});
