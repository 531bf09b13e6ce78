import type { ByteRange } from '../ports/object-store.ts';

/**
 * Throws `RangeError` for a key that no store accepts. Empty segments, `.` and `..` are allowed: S3
 * has no folders, and anyone who can write to a landing bucket can make such an object.
 */
export function assertKey(key: string): void {
  if (key === '') refuse(key, 'key', 'is empty');
  assertWellFormed(key, 'key');
}

/**
 * Throws `RangeError` for a prefix that no key can have. A prefix may end anywhere and may be
 * empty.
 */
export function assertPrefix(prefix: string): void {
  assertWellFormed(prefix, 'prefix');
}

/**
 * Throws `RangeError` unless the key is a path below a folder without empty segments, `.` or `..`:
 * a path then never leaves the store's root, and no two keys name one file.
 */
export function assertPathKey(key: string): void {
  assertSegments(key, key.split('/'), 'key');
}

/**
 * Throws `RangeError` unless the prefix is the beginning of a valid path; its last segment may be
 * cut anywhere.
 */
export function assertPathPrefix(prefix: string): void {
  const segments = prefix.split('/');
  const cut = segments.pop() ?? '';
  assertPathText(prefix, cut, 'prefix');
  if (cut === '..') refuse(prefix, 'prefix', 'has the segment ".."');
  if (segments.length > 0) assertSegments(prefix, segments, 'prefix');
}

function assertSegments(whole: string, segments: readonly string[], kind: string): void {
  for (const segment of segments) {
    if (segment === '') refuse(whole, kind, 'has an empty segment');
    if (segment === '.' || segment === '..') refuse(whole, kind, `has the segment "${segment}"`);
    assertPathText(whole, segment, kind);
  }
}

function assertPathText(whole: string, segment: string, kind: string): void {
  if (segment.includes('\0')) refuse(whole, kind, 'has a NUL');
  assertWellFormed(whole, kind);
}

function assertWellFormed(whole: string, kind: string): void {
  if (!whole.isWellFormed()) refuse(whole, kind, 'has an unpaired surrogate');
}

function refuse(whole: string, kind: string, why: string): never {
  throw new RangeError(`${kind} ${JSON.stringify(whole)} ${why}`);
}

/** Throws `RangeError` unless 0 <= start <= end, both safe integers. */
export function assertRange(range: ByteRange): void {
  const { startByte, endByte } = range;
  const isRange = Number.isSafeInteger(startByte) && Number.isSafeInteger(endByte);
  if (!isRange || startByte < 0 || endByte < startByte) {
    throw new RangeError(`byte range [${startByte}, ${endByte}): expected 0 <= start <= end`);
  }
}

/** Throws `RangeError` for an invalid range, or one longer than a target of `targetBytes`. */
export function assertRangeFits(range: ByteRange, targetBytes: number): void {
  assertRange(range);
  const rangeBytes = range.endByte - range.startByte;
  if (rangeBytes > targetBytes) {
    throw new RangeError(`a range of ${rangeBytes} bytes does not fit into ${targetBytes} bytes`);
  }
}

/**
 * Compares keys by their UTF-8 bytes, the order of S3 listings. UTF-16 units differ from it only
 * for surrogates, which sort below U+E000.
 */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
