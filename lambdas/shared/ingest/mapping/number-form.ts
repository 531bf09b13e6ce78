import { DIGIT_0, DOT, MINUS, PLUS, SPACE } from '../../bytes/bytes.ts';
import { assert } from '../../model/errors.ts';
import { spaceLength } from './blanks.ts';
import {
  type Affixes,
  BAD_AFFIX,
  hasTrailingMinus,
  isBalanced,
  isNegative,
  readAffixes,
} from './number-affixes.ts';

/** How a source writes numbers (contract §1.3). */
export interface NumberForm {
  /** One ASCII character, no digit or sign. */
  readonly decimalChar: string;
  /**
   * One character, no digit or sign, between groups of three digits, which need not be there; null:
   * there are none. A space also stands for the no-break spaces U+00A0 and U+202F, and they for it.
   */
  readonly groupChar: string | null;
  /** False: currency signs and the like may stand around a number (`number-affixes.ts`). */
  readonly bareNumber: boolean;
}

/**
 * Writes the number in `[start, end)`, a trimmed and present value, to `out` from `at` on, with a
 * point and without groups: `1.234,5` as `1234.5`. Returns the position after it, or `NO_NUMBER`;
 * then what is in `out` from `at` on means nothing. `out` needs `end - start` bytes from `at` on.
 *
 * Written is `-?digits(.digits?)?` or `-?.digits`, with as many digits as the value has: what that
 * form is worth, such as `5.` or a negative, is for the rules of the field (contract §2).
 */
export type NumberReader = (
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
) => number;

/** What a `NumberReader` returns for a value that is none. */
export const NO_NUMBER = -1;

/**
 * A reader of numbers in this form. Group characters count only where groups of three digits begin,
 * after a first one of one to three. The config refuses equal
 * characters (`mappingProblems`).
 */
export function numberReader(form: NumberForm): NumberReader {
  assert(form.decimalChar !== form.groupChar, 'a character of a number has one meaning');
  const copyDigits = digitsCopier(form);
  return form.bareNumber ? bareReader(copyDigits) : dressedReader(copyDigits);
}

/** Where digits end, in the value and as they are written. */
interface Ends {
  read: number;
  written: number;
}

type DigitsCopier = (
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  ends: Ends,
) => boolean;

/** Copies a number without sign from `start` to `ends.written`, and moves both ends behind it. */
function digitsCopier({ decimalChar, groupChar }: NumberForm): DigitsCopier {
  const decimal = decimalChar.charCodeAt(0);
  const group = groupLength(groupChar);
  return (bytes, start, end, out, ends) => {
    const from = ends.written;
    let at = start;
    let to = from;
    while (at < end && isDigit(bytes[at])) out[to++] = bytes[at++];
    const length = to - from;
    if (group !== null && length > 0 && length <= 3) {
      let next = at + group(bytes, at, end);
      while (next > at && hasThreeDigits(bytes, next, end)) {
        out[to++] = bytes[next];
        out[to++] = bytes[next + 1];
        out[to++] = bytes[next + 2];
        at = next + 3;
        next = at + group(bytes, at, end);
      }
    }
    let digitCount = to - from;
    if (at < end && bytes[at] === decimal) {
      out[to++] = DOT;
      at++;
      while (at < end && isDigit(bytes[at])) {
        out[to++] = bytes[at++];
        digitCount++;
      }
    }
    ends.read = at;
    ends.written = to;
    return digitCount > 0;
  };
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_0 + 9;
}

/** Three, and not a fourth. */
function hasThreeDigits(bytes: Uint8Array, at: number, end: number): boolean {
  const after = at + 3;
  return (
    after <= end &&
    isDigit(bytes[at]) &&
    isDigit(bytes[at + 1]) &&
    isDigit(bytes[at + 2]) &&
    !(after < end && isDigit(bytes[after]))
  );
}

type Length = (bytes: Uint8Array, at: number, end: number) => number;

/** Bytes of the group character at a position, 0 if it is not there. */
function groupLength(groupChar: string | null): Length | null {
  if (groupChar === null) return null;
  const group = new Uint8Array(Buffer.from(groupChar));
  const first = group[0];
  if (group.length === 1 && first !== SPACE) {
    return (bytes, at, end) => (at < end && bytes[at] === first ? 1 : 0);
  }
  if (spaceLength(group, 0, group.length) > 0) return spaceLength;
  return (bytes, at, end) => {
    if (at + group.length > end) return 0;
    for (let i = 0; i < group.length; i++) if (bytes[at + i] !== group[i]) return 0;
    return group.length;
  };
}

function bareReader(copyDigits: DigitsCopier): NumberReader {
  const ends: Ends = { read: 0, written: 0 };
  return (bytes, start, end, out, at) => {
    const first = start < end ? bytes[start] : 0;
    const isSigned = first === MINUS || first === PLUS;
    ends.written = at;
    if (first === MINUS) out[ends.written++] = MINUS;
    const isNumber = copyDigits(bytes, isSigned ? start + 1 : start, end, out, ends);
    return isNumber && ends.read === end ? ends.written : NO_NUMBER;
  };
}

function dressedReader(copyDigits: DigitsCopier): NumberReader {
  const ends: Ends = { read: 0, written: 0 };
  const affixes: Affixes = { seen: 0 };
  return (bytes, start, end, out, at) => {
    affixes.seen = 0;
    const from = readAffixes(bytes, start, end, affixes, false);
    if (from === BAD_AFFIX) return NO_NUMBER;
    ends.written = at;
    if (isNegative(affixes)) out[ends.written++] = MINUS;
    if (!copyDigits(bytes, from, end, out, ends)) return NO_NUMBER;
    if (ends.read < end) {
      const after = readAffixes(bytes, ends.read, end, affixes, true);
      if (after !== end) return NO_NUMBER;
    }
    if (!isBalanced(affixes)) return NO_NUMBER;
    if (!hasTrailingMinus(affixes)) return ends.written;
    // The dash of `5,-` stands for no cents: it makes nothing negative.
    if (out[ends.written - 1] === DOT) return NO_NUMBER;
    out.copyWithin(at + 1, at, ends.written);
    out[at] = MINUS;
    return ends.written + 1;
  };
}
