/** Bytes that the scanners and parsers look for. */
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const COLON = 0x3a;
export const DIGIT_0 = 0x30;
export const DIGIT_9 = 0x39;
export const UPPER_C = 0x43;
export const UPPER_N = 0x4e;
export const UPPER_T = 0x54;
export const UPPER_U = 0x55;
export const UPPER_Z = 0x5a;
export const BACKSLASH = 0x5c;
export const LOWER_N = 0x6e;

/** ASCII white space as contract §2 names it: space, tab, LF, VT, FF, CR. */
export function isSpace(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CR);
}

/**
 * The first position in `[start, end)` that is no ASCII white space (contract §2); `end` if there
 * is none.
 */
export function trimmedStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(bytes[at])) at++;
  return at;
}

/**
 * The position after the last byte in `[start, end)` that is no ASCII white space (contract §2);
 * `start` if there is none.
 */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(bytes[at - 1])) at--;
  return at;
}

const NULL_LOWER = 0x6e756c6c; // null
const NULL_UPPER = 0x4e554c4c; // NULL
const NONE = 0x4e6f6e65; // None

/**
 * A trimmed value that is empty or one of `null`, `NULL`, `NaN`, `None`, `\N` is missing (contract
 * §2).
 */
export function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  switch (end - start) {
    case 0:
      return true;
    case 2:
      return bytes[start] === 0x5c && bytes[start + 1] === 0x4e; // \N
    case 3:
      return bytes[start] === 0x4e && bytes[start + 1] === 0x61 && bytes[start + 2] === 0x4e; // NaN
    case 4: {
      const word =
        (bytes[start] << 24) |
        (bytes[start + 1] << 16) |
        (bytes[start + 2] << 8) |
        bytes[start + 3];
      return word === NULL_LOWER || word === NULL_UPPER || word === NONE;
    }
    default:
      return false;
  }
}

/**
 * Deals hashes evenly to `count` buckets or ranges: the index of the one of this hash, by its high
 * bits, as dedupe uses the low ones. `exchange-kernel` does the same with the ids of a block.
 */
export function dealHash(hash: number, count: number): number {
  return ((hash >>> 16) * count) >>> 16;
}

const HASH_MULTIPLIER = 0x9e3779b1 | 0;

/**
 * A hash of 32 bits in which every bit depends on every byte (the last steps are MurmurHash3's). It
 * reads four bytes at a time, little-endian on every machine: the first and the last four, and what
 * lies between. The value must lie in the view.
 */
export function hashBytes(view: DataView, start: number, end: number): number {
  const length = end - start;
  let hash = length;
  if (length >= 4) {
    hash = Math.imul(hash ^ view.getInt32(start, true), HASH_MULTIPLIER);
    for (let at = start + 4; at < end - 4; at += 4) {
      hash = Math.imul((hash ^ (hash >>> 15)) + view.getInt32(at, true), HASH_MULTIPLIER);
    }
    hash = (hash ^ (hash >>> 15)) + view.getInt32(end - 4, true);
  } else {
    for (let at = start; at < end; at++) hash = (hash << 8) | view.getUint8(at);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Compares `length` bytes at two positions; both ranges must lie in their views. */
export function equalBytes(
  a: DataView,
  aStart: number,
  b: DataView,
  bStart: number,
  length: number,
): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) {
      if (a.getUint8(aStart + i) !== b.getUint8(bStart + i)) return false;
    }
    return true;
  }
  const last = length - 4;
  for (let i = 0; i < last; i += 4) {
    if (a.getInt32(aStart + i, true) !== b.getInt32(bStart + i, true)) return false;
  }
  return a.getInt32(aStart + last, true) === b.getInt32(bStart + last, true);
}

/** Copies a short value `[start, end)` byte by byte: a call of `set` costs more than the copy. */
export function copyBytes(
  from: DataView,
  start: number,
  end: number,
  to: DataView,
  target: number,
): void {
  const length = end - start;
  if (length < 4) {
    for (let i = 0; i < length; i++) to.setUint8(target + i, from.getUint8(start + i));
    return;
  }
  const last = length - 4;
  for (let i = 0; i < last; i += 4) {
    to.setInt32(target + i, from.getInt32(start + i, true), true);
  }
  to.setInt32(target + last, from.getInt32(start + last, true), true);
}

/** A `DataView` over the bytes' own memory, as `hashBytes` takes it; nothing is copied. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Bytewise order, as UTF-8 text is compared everywhere (contract §2): negative, zero or positive.
 * Four bytes at a time, as big-endian numbers compare like bytes do.
 */
export function compareBytes(
  a: DataView,
  aStart: number,
  aEnd: number,
  b: DataView,
  bStart: number,
  bEnd: number,
): number {
  const shared = Math.min(aEnd - aStart, bEnd - bStart);
  let i = 0;
  for (; i + 4 <= shared; i += 4) {
    const difference = a.getUint32(aStart + i) - b.getUint32(bStart + i);
    if (difference !== 0) return difference;
  }
  for (; i < shared; i++) {
    const difference = a.getUint8(aStart + i) - b.getUint8(bStart + i);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}
