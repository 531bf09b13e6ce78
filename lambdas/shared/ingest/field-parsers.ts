import { DIGIT_0, DIGIT_9, DOT, MINUS, PLUS } from '../bytes/bytes.ts';
import { issueBit } from '../model/issue.ts';
import { MAX_PRICE_CENTS, MAX_QUANTITY } from '../model/order.ts';

/**
 * Parsers of trimmed, present values (contract §2). Each returns the value, or minus the issue
 * bits: values are never negative, so that a number says both without an object per value.
 */

const QUANTITY_NOT_INTEGER = issueBit('quantity_not_integer');
const QUANTITY_NOT_POSITIVE = issueBit('quantity_not_positive');
const QUANTITY_TOO_LARGE = issueBit('quantity_too_large');
const PRICE_NOT_DECIMAL = issueBit('price_not_decimal');
const PRICE_NEGATIVE = issueBit('price_negative');
const PRICE_TOO_PRECISE = issueBit('price_too_precise');
const PRICE_TOO_LARGE = issueBit('price_too_large');

/** Sums of digits stop growing here: above every limit, and still exact. */
const SATURATED = 1e15;

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_9;
}

/**
 * Parses `[+-]?digits(.0*)?` into a quantity from 1 to 100,000 (contract §2). Otherwise returns
 * minus the issue's bit, never throws.
 */
export function parseQuantity(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const sign = bytes[at];
  if (sign === MINUS || sign === PLUS) at++;
  const digitsFrom = at;
  let value = 0;
  while (at < end && isDigit(bytes[at])) {
    if (value < SATURATED) value = value * 10 + (bytes[at] - DIGIT_0);
    at++;
  }
  if (at === digitsFrom) return -QUANTITY_NOT_INTEGER;
  if (at < end && bytes[at] === DOT) {
    at++;
    while (at < end && bytes[at] === DIGIT_0) at++;
  }
  if (at < end) return -QUANTITY_NOT_INTEGER;
  if (sign === MINUS || value === 0) return -QUANTITY_NOT_POSITIVE;
  return value > MAX_QUANTITY ? -QUANTITY_TOO_LARGE : value;
}

/**
 * Parses `[+-]?(digits(.digits?)?|.digits)` into cents, for 0.00 to 99,999,999.99 (contract §2).
 * Otherwise returns minus the issue's bit, never throws.
 */
export function parsePriceCents(bytes: Uint8Array, start: number, end: number): number {
  return parseCents(bytes, start, end, MAX_PRICE_CENTS);
}

/**
 * Parses the amount of a whole line into cents, by the rules of a price but without its limit
 * (contract §1.3). Exact up to 10^15 cents; a larger amount is given as some number above that.
 * Returns minus the issue's bit for what is no amount, never throws.
 */
export function parseAmountCents(bytes: Uint8Array, start: number, end: number): number {
  return parseCents(bytes, start, end, Number.POSITIVE_INFINITY);
}

function parseCents(bytes: Uint8Array, start: number, end: number, maxCents: number): number {
  let at = start;
  const sign = bytes[at];
  if (sign === MINUS || sign === PLUS) at++;
  let digitCount = 0;
  let cents = 0;
  while (at < end && isDigit(bytes[at])) {
    if (cents < SATURATED) cents = cents * 10 + (bytes[at] - DIGIT_0);
    digitCount++;
    at++;
  }
  let places = 0;
  let isTooPrecise = false;
  if (at < end && bytes[at] === DOT) {
    at++;
    while (at < end && isDigit(bytes[at])) {
      const digit = bytes[at] - DIGIT_0;
      if (places >= 2) isTooPrecise = isTooPrecise || digit !== 0;
      else if (cents < SATURATED) cents = cents * 10 + digit;
      places++;
      at++;
    }
  }
  if (at < end || digitCount + places === 0) return -PRICE_NOT_DECIMAL;
  for (let place = places; place < 2; place++) cents *= 10;
  const isNegative = sign === MINUS && (cents > 0 || isTooPrecise);
  // A digit past the cents makes a price larger than its whole cents say.
  const isTooLarge = !isNegative && (cents > maxCents || (cents === maxCents && isTooPrecise));
  const issues =
    (isNegative ? PRICE_NEGATIVE : 0) |
    (isTooPrecise ? PRICE_TOO_PRECISE : 0) |
    (isTooLarge ? PRICE_TOO_LARGE : 0);
  return issues === 0 ? cents : -issues;
}
