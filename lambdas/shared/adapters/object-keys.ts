import type { ByteRange } from '../ports/object-store.ts';

/**
 * Refuses what no store takes as a key: `RangeError`. Empty segments, `.` and `..` are text like
 * any other: S3 has no folders, and whoever can write to a landing bucket can make such an object.
 */
export function assertKey(key: string): void {
  if (key === '') refuse(key, 'key', 'is empty');
  assertWellFormed(key, 'key');
}

/** A prefix is the front of a key, cut anywhere, also to nothing. */
export function assertPrefix(prefix: string): void {
  assertWellFormed(prefix, 'prefix');
}

/**
 * As `assertKey`, and the key is a path below a folder: no segment is empty, `.` or `..`, so that
 * no path ever leaves the store's root and no two keys are one file.
 */
export function assertPathKey(key: string): void {
  assertSegments(key, key.split('/'), 'key');
}

/** The front of a path: its last segment may be cut anywhere, also to nothing. */
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

export function assertRange(range: ByteRange): void {
  const { startByte, endByte } = range;
  const isRange = Number.isSafeInteger(startByte) && Number.isSafeInteger(endByte);
  if (!isRange || startByte < 0 || endByte < startByte) {
    throw new RangeError(`byte range [${startByte}, ${endByte}): expected 0 <= start <= end`);
  }
}

/** As `assertRange`, and the range must fit into a target of `targetBytes`. */
export function assertRangeFits(range: ByteRange, targetBytes: number): void {
  assertRange(range);
  const rangeBytes = range.endByte - range.startByte;
  if (rangeBytes > targetBytes) {
    throw new RangeError(`a range of ${rangeBytes} bytes does not fit into ${targetBytes} bytes`);
  }
}

/**
 * Order of the UTF-8 bytes. UTF-16 units have it too, except that surrogates sort below U+E000
 * there.
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
