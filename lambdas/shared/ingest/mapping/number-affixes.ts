import { DIGIT_0, DIGIT_9, MINUS, PLUS, UPPER_Z } from '../../bytes/bytes.ts';
import { afterBlanks } from './blanks.ts';
import { currencySignLength } from './currency-signs.ts';

/**
 * What may stand around a number (`bareNumber: false`, contract §1.3), each at most once and in any
 * order, before it or behind it, with blanks between:
 * - a currency sign, also with capital letters before a dollar (`R$`, `US$`),
 * - three capital letters, as the code of a currency,
 * - a per cent sign,
 * - a sign, `-`, `+` or U+2212 before the number or a minus behind it,
 * - brackets instead of a sign: `(5.00)` is negative, as in accounts.
 */
export interface Affixes {
  /** Bits of the kinds that were read. */
  seen: number;
}

/** What `readAffixes` returns for what may not be there. */
export const BAD_AFFIX = -1;

const CURRENCY = 1;
const CODE = 2;
const PERCENT_SIGN = 4;
const SIGN = 8;
const NEGATIVE = 16;
const OPENED = 32;
const CLOSED = 64;
/** The sign or the bracket stands behind the number. */
const TRAILING = 128;

const OPEN = 0x28;
const CLOSE = 0x29;
const DOLLAR = 0x24;
const PERCENT = 0x25;
const UPPER_A = 0x41;
const LOWER_CASE = 0x20;
const CODE_LENGTH = 3;

/** Whether the number is negative. */
export function isNegative({ seen }: Affixes): boolean {
  return (seen & NEGATIVE) !== 0;
}

/** Whether a minus stood behind the number. */
export function hasTrailingMinus({ seen }: Affixes): boolean {
  return (seen & TRAILING) !== 0;
}

/** Whether each bracket has its other one. */
export function isBalanced({ seen }: Affixes): boolean {
  return (seen & OPENED) === 0 || (seen & CLOSED) !== 0;
}

/**
 * The position after the affixes at `at`, which may be none, and adds them to `affixes`;
 * `BAD_AFFIX` for a second one of a kind, or one that belongs on the other side. `isBehind`: these
 * stand behind the number.
 */
export function readAffixes(
  bytes: Uint8Array,
  at: number,
  end: number,
  affixes: Affixes,
  isBehind: boolean,
): number {
  let next = at;
  for (;;) {
    next = afterBlanks(bytes, next, end);
    if (next >= end || isDigit(bytes[next])) return next;
    const length = affixLength(bytes, next, end, affixes, isBehind);
    if (length === BAD_AFFIX || length === 0) return length === 0 ? next : BAD_AFFIX;
    next += length;
  }
}

/** 0 if there is none. */
function affixLength(
  bytes: Uint8Array,
  at: number,
  end: number,
  affixes: Affixes,
  isBehind: boolean,
): number {
  const byte = bytes[at];
  const sign = currencySignLength(bytes, at, end);
  if (sign > 0) return add(affixes, CURRENCY, CURRENCY, sign);
  if (byte === PERCENT) return add(affixes, PERCENT_SIGN, PERCENT_SIGN, 1);
  if (byte === PLUS) return isBehind ? BAD_AFFIX : add(affixes, SIGN, SIGN | OPENED, 1);
  const minus = minusLength(bytes, at, end);
  if (minus > 0) {
    const kinds = SIGN | NEGATIVE | (isBehind ? TRAILING : 0);
    return add(affixes, kinds, SIGN | OPENED, minus);
  }
  if (byte === OPEN) {
    return isBehind ? BAD_AFFIX : add(affixes, OPENED | NEGATIVE, SIGN | OPENED, 1);
  }
  if (byte === CLOSE) {
    const isOpened = isBehind && (affixes.seen & OPENED) !== 0;
    return isOpened ? add(affixes, CLOSED, CLOSED, 1) : BAD_AFFIX;
  }
  const letters = capitalCount(bytes, at, end);
  if (letters === 0) return 0;
  const next = at + letters < end ? bytes[at + letters] : 0;
  if (letters < CODE_LENGTH && next === DOLLAR) {
    return add(affixes, CURRENCY, CURRENCY, letters + 1);
  }
  const isCode = letters === CODE_LENGTH && !isLetter(next);
  return isCode ? add(affixes, CODE, CODE, CODE_LENGTH) : BAD_AFFIX;
}

/** `length`, or `BAD_AFFIX` if one of the `barred` kinds was there before. */
function add(affixes: Affixes, kinds: number, barred: number, length: number): number {
  if ((affixes.seen & barred) !== 0) return BAD_AFFIX;
  affixes.seen |= kinds;
  return length;
}

function minusLength(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === MINUS) return 1;
  const isMinusSign =
    bytes[at] === 0xe2 && at + 3 <= end && bytes[at + 1] === 0x88 && bytes[at + 2] === 0x92;
  return isMinusSign ? 3 : 0;
}

/** Capital letters at `at`, up to those of a code. */
function capitalCount(bytes: Uint8Array, at: number, end: number): number {
  const last = Math.min(at + CODE_LENGTH, end);
  let next = at;
  while (next < last && bytes[next] >= UPPER_A && bytes[next] <= UPPER_Z) next++;
  return next - at;
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_9;
}

function isLetter(byte: number): boolean {
  return (byte & ~LOWER_CASE) >= UPPER_A && (byte & ~LOWER_CASE) <= UPPER_Z;
}
