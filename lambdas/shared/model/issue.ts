import { assert } from './errors.ts';

/**
 * Why a record is quarantined (contract §2). The order of this list is the order in which the
 * issues of one record are reported; a column of issues stores one bit per code, at its index here.
 */
export const ISSUE_CODES = [
  'record_too_long',
  'kpl_aggregated',
  'invalid_utf8',
  'invalid_json',
  'wrong_field_count',
  'order_id_missing',
  'order_id_too_long',
  'customer_id_missing',
  'customer_id_too_long',
  'product_id_missing',
  'product_id_too_long',
  'order_timestamp_missing',
  'order_timestamp_invalid',
  'quantity_missing',
  'quantity_not_integer',
  'quantity_not_positive',
  'quantity_too_large',
  'price_missing',
  'price_not_decimal',
  'price_negative',
  'price_too_precise',
  'price_too_large',
  'total_too_large',
  'status_missing',
  'status_unknown',
  'currency_unexpected',
] as const;

assert(ISSUE_CODES.length < 31, 'a set of issues takes 32 bits and is never negative');

export type IssueCode = (typeof ISSUE_CODES)[number];

/** A set of issues: bit i means `ISSUE_CODES[i]`. */
export type IssueBits = number;

const bitOfCode = new Map<string, IssueBits>(ISSUE_CODES.map((code, index) => [code, 1 << index]));

/** The set that holds this one issue. */
export function issueBit(code: IssueCode): IssueBits {
  return bitOfCode.get(code) as IssueBits;
}

/**
 * The codes that end the examination: a record that has one of them has no fields (contract §2,
 * the first five), so its seven values are null in the quarantine table.
 */
export const RECORD_ISSUES: IssueBits =
  issueBit('record_too_long') |
  issueBit('kpl_aggregated') |
  issueBit('invalid_utf8') |
  issueBit('invalid_json') |
  issueBit('wrong_field_count');

/** The codes of a set, in the order of the contract (§2). */
export function issueCodes(bits: IssueBits): IssueCode[] {
  return ISSUE_CODES.filter((_, index) => (bits & (1 << index)) !== 0);
}
