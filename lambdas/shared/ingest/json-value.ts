import {
  COLON,
  COMMA,
  CR,
  DIGIT_0,
  DIGIT_9,
  DOT,
  LF,
  MINUS,
  PLUS,
  QUOTE,
  SPACE,
  TAB,
} from '../bytes/bytes.ts';
import { endOfString, type JsonTraits } from './json-string.ts';

/**
 * Finds where JSON values end, by the grammar of RFC 8259 and nothing more lenient. Positions are
 * bytes; -1 says that the text is not JSON. No function reads at or past `end`.
 */

export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
export const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const LOWER_F = 0x66;
const LOWER_E = 0x65;

const NULL = Uint8Array.from(Buffer.from('null'));
const TRUE = Uint8Array.from(Buffer.from('true'));
const FALSE = Uint8Array.from(Buffer.from('false'));

/**
 * The opening bytes of the containers around the current value. Grows up to the 1 MiB of a record:
 * deeper than 512 levels is an issue, yet the scanner must still know whether the text is JSON.
 */
let openedBy = new Uint8Array(1024);

/**
 * The position after JSON white space (space, tab, LF, CR; RFC 8259 §2). Unlike contract §2's white
 * space it excludes VT and FF.
 */
export function skipJsonSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte > SPACE) return at;
    if (byte !== SPACE && byte !== LF && byte !== CR && byte !== TAB) return at;
    at++;
  }
  return at;
}

function skipDigits(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] >= DIGIT_0 && bytes[at] <= DIGIT_9) at++;
  return at;
}

/**
 * The position after the JSON number at `from` (RFC 8259 §6), or -1. Scans the grammar only; range
 * and precision are the field parsers' concern.
 */
export function endOfNumber(bytes: Uint8Array, from: number, end: number): number {
  const whole = bytes[from] === MINUS ? from + 1 : from;
  let at = skipDigits(bytes, whole, end);
  if (at === whole || (bytes[whole] === DIGIT_0 && at > whole + 1)) return -1;
  if (at < end && bytes[at] === DOT) {
    const fraction = at + 1;
    at = skipDigits(bytes, fraction, end);
    if (at === fraction) return -1;
  }
  if (at < end && (bytes[at] | 0x20) === LOWER_E) {
    const hasSign = at + 1 < end && (bytes[at + 1] === PLUS || bytes[at + 1] === MINUS);
    const exponent = hasSign ? at + 2 : at + 1;
    at = skipDigits(bytes, exponent, end);
    if (at === exponent) return -1;
  }
  return at;
}

function endOfWord(bytes: Uint8Array, from: number, end: number, word: Uint8Array): number {
  if (from + word.length > end) return -1;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return -1;
  return from + word.length;
}

/** The position after `null` at `from`, or -1. */
export function endOfNull(bytes: Uint8Array, from: number, end: number): number {
  return endOfWord(bytes, from, end, NULL);
}

function endOfScalar(bytes: Uint8Array, from: number, end: number, traits: JsonTraits): number {
  switch (bytes[from]) {
    case QUOTE: {
      const quote = endOfString(bytes, from + 1, end, traits);
      return quote < 0 ? -1 : quote + 1;
    }
    case LOWER_N:
      return endOfNull(bytes, from, end);
    case LOWER_T:
      return endOfWord(bytes, from, end, TRUE);
    case LOWER_F:
      return endOfWord(bytes, from, end, FALSE);
    default:
      return endOfNumber(bytes, from, end);
  }
}

/**
 * The position after the colon of a key whose opening quote is at `from` or after white space
 * there.
 */
function endOfKey(bytes: Uint8Array, from: number, end: number, traits: JsonTraits): number {
  const quote = skipJsonSpace(bytes, from, end);
  if (quote === end || bytes[quote] !== QUOTE) return -1;
  const closing = endOfString(bytes, quote + 1, end, traits);
  if (closing < 0) return -1;
  const colon = skipJsonSpace(bytes, closing + 1, end);
  return colon < end && bytes[colon] === COLON ? colon + 1 : -1;
}

/**
 * The position after the value at `from` (leading white space allowed), inside `level` objects and
 * arrays; -1 if it is not JSON. Not recursive: a record may be one long row of brackets.
 */
export function endOfValue(
  bytes: Uint8Array,
  from: number,
  end: number,
  level: number,
  traits: JsonTraits,
): number {
  let open = 0;
  let at = from;
  for (;;) {
    at = skipJsonSpace(bytes, at, end);
    if (at === end) return -1;
    const opening = bytes[at];
    if (opening === OPEN_BRACE || opening === OPEN_BRACKET) {
      if (open === openedBy.length) openedBy = grown(openedBy);
      openedBy[open++] = opening;
      if (level + open > traits.deepestLevel) traits.deepestLevel = level + open;
      at = skipJsonSpace(bytes, at + 1, end);
      if (at === end) return -1;
      if (bytes[at] !== closingOf(opening)) {
        if (opening === OPEN_BRACE) at = endOfKey(bytes, at, end, traits);
        if (at < 0) return -1;
        continue;
      }
    } else {
      at = endOfScalar(bytes, at, end, traits);
      if (at < 0) return -1;
    }
    while (open > 0) {
      at = skipJsonSpace(bytes, at, end);
      if (at === end || bytes[at] !== closingOf(openedBy[open - 1])) break;
      open--;
      at++;
    }
    if (open === 0) return at;
    if (at === end || bytes[at] !== COMMA) return -1;
    at++;
    if (openedBy[open - 1] === OPEN_BRACE) at = endOfKey(bytes, at, end, traits);
    if (at < 0) return -1;
  }
}

/** In ASCII `}` comes two places after `{`, and `]` two after `[`. */
function closingOf(opening: number): number {
  return opening + 2;
}

function grown(stack: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(stack.length * 2);
  larger.set(stack);
  return larger;
}
