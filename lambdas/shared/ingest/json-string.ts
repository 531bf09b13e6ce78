import { DIGIT_0, QUOTE, SPACE } from '../bytes/bytes.ts';

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** Findings of a scan of JSON so far, in addition to its position. */
export interface JsonTraits {
  /** The bytes of all strings, or-ed: 0x80 is set where one of them was not ASCII. */
  stringBits: number;
  /** Set when a string had an escape; reset it before scanning a string that matters. */
  hasEscape: boolean;
  /** Levels of the deepest object or array; the outermost is 1. */
  deepestLevel: number;
}

/**
 * 1 for bytes that end a run of plain characters: a quote, a backslash, what RFC 8259 §7 forbids in
 * strings.
 */
const ENDS_RUN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < SPACE || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);

/**
 * The character an escape means after its backslash (RFC 8259 §7), except `u`; 0: no such escape.
 */
const ESCAPED = new Uint8Array(256);
for (const [letter, character] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  ESCAPED[letter.charCodeAt(0)] = character.charCodeAt(0);
}

/** The value of a hexadecimal digit, or -1. */
const HEX_VALUE = Int8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= DIGIT_0 && byte <= DIGIT_0 + 9) return byte - DIGIT_0;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
});

/**
 * The position of the quote that ends the string whose first character is at `from`; -1 if it is no
 * valid JSON string (RFC 8259 §7). Encoding is judged by the bits kept in `traits`.
 */
export function endOfString(
  bytes: Uint8Array,
  from: number,
  end: number,
  traits: JsonTraits,
): number {
  let bits = 0;
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (ENDS_RUN[byte] === 0) {
      bits |= byte;
      at++;
      continue;
    }
    if (byte === QUOTE) {
      traits.stringBits |= bits;
      return at;
    }
    if (byte !== BACKSLASH) return -1;
    traits.hasEscape = true;
    at = endOfEscape(bytes, at, end);
    if (at < 0) return -1;
  }
  return -1;
}

function endOfEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  if (bytes[at + 1] !== LOWER_U) return ESCAPED[bytes[at + 1]] === 0 ? -1 : at + 2;
  if (at + 6 > end) return -1;
  for (let digit = at + 2; digit < at + 6; digit++) if (HEX_VALUE[bytes[digit]] < 0) return -1;
  return at + 6;
}

/**
 * Decodes a string that `endOfString` has found valid, `[from, end)` between its quotes, as UTF-8
 * at `room`. Returns the end of the output, never longer than the input; -1 if an escape names half
 * a surrogate pair, which UTF-8 cannot express.
 */
export function decodeString(bytes: Uint8Array, from: number, end: number, room: number): number {
  let at = from;
  let to = room;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== BACKSLASH) {
      bytes[to++] = byte;
      at++;
      continue;
    }
    if (bytes[at + 1] !== LOWER_U) {
      bytes[to++] = ESCAPED[bytes[at + 1]];
      at += 2;
      continue;
    }
    const character = characterAt(bytes, at, end);
    if (character < 0) return -1;
    to = writeCharacter(bytes, to, character);
    at += character > 0xffff ? 12 : 6;
  }
  return to;
}

/** The character of `\uXXXX`, or of two that form a surrogate pair; -1 for half a pair. */
function characterAt(bytes: Uint8Array, at: number, end: number): number {
  const unit = codeUnitAt(bytes, at);
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  if (unit > 0xdbff || at + 12 > end) return -1;
  if (bytes[at + 6] !== BACKSLASH || bytes[at + 7] !== LOWER_U) return -1;
  const low = codeUnitAt(bytes, at + 6);
  if (low < 0xdc00 || low > 0xdfff) return -1;
  return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

function codeUnitAt(bytes: Uint8Array, at: number): number {
  return (
    (HEX_VALUE[bytes[at + 2]] << 12) |
    (HEX_VALUE[bytes[at + 3]] << 8) |
    (HEX_VALUE[bytes[at + 4]] << 4) |
    HEX_VALUE[bytes[at + 5]]
  );
}

function writeCharacter(bytes: Uint8Array, to: number, character: number): number {
  let at = to;
  if (character < 0x80) {
    bytes[at++] = character;
    return at;
  }
  if (character < 0x800) {
    bytes[at++] = 0xc0 | (character >> 6);
  } else {
    if (character < 0x10000) {
      bytes[at++] = 0xe0 | (character >> 12);
    } else {
      bytes[at++] = 0xf0 | (character >> 18);
      bytes[at++] = 0x80 | ((character >> 12) & 0x3f);
    }
    bytes[at++] = 0x80 | ((character >> 6) & 0x3f);
  }
  bytes[at++] = 0x80 | (character & 0x3f);
  return at;
}
