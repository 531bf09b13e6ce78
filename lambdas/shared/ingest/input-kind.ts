import { isSpace } from '../bytes/bytes.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';

/**
 * How an input is read: by what it is, not by what it is called (contract §1.1). `whole` is one
 * that its mapping ties to one reader, from its first byte to its last: text in another encoding,
 * or values that are filled down (contract §1.3).
 */
export type InputKind = 'csv' | 'ndjson' | 'gzip' | 'utf16' | 'whole' | 'segment';

const DECODED: readonly InputKind[] = ['gzip', 'utf16', 'whole', 'segment'];

/** True for an input that must be read from its first byte, so it is one chunk: gzip, UTF-16. */
export function isDecoded(kind: InputKind): boolean {
  return DECODED.includes(kind);
}

/** What the first bytes of an input say. */
export type FirstBytes =
  /** Records, or a header, start at `startByte`, after any byte order mark. */
  | { readonly kind: 'csv' | 'ndjson'; readonly startByte: number }
  | { readonly kind: 'gzip' }
  | { readonly kind: 'utf16'; readonly encoding: 'utf-16le' | 'utf-16be' }
  /** Known, and not read: `zip`. */
  | { readonly kind: 'unsupported'; readonly name: string }
  /** More bytes are needed. */
  | { readonly kind: 'undecided' };

/** Bytes that decide the kind, unless all of them are white space. */
export const FIRST_BYTES = 16 * 1024;

/** After this much white space an input is no longer taken for NDJSON. */
export const MAX_FIRST_BYTES = MAX_RECORD_BYTES + FIRST_BYTES;

const OPEN_BRACE = 0x7b;
const COMMON_DELIMITERS = ',;\t|';

interface Signature {
  readonly name: string;
  readonly at: number;
  readonly bytes: Buffer;
}

const signature = (name: string, hex: string, at = 0): Signature => ({
  name,
  at,
  bytes: Buffer.from(hex, 'hex'),
});

const TAR = signature('tar', '7573746172', 257);

/** Signatures of formats that are not read, from their specifications. */
const UNSUPPORTED: readonly Signature[] = [
  signature('zip', '504b0304'),
  signature('zip', '504b0506'), // Without an entry.
  signature('zip', '504b0708'), // In several parts.
  signature('bzip2', '425a68'),
  signature('xz', 'fd377a585a00'),
  signature('zstd', '28b52ffd'),
  signature('xls', 'd0cf11e0a1b11ae1'),
  TAR,
  signature('utf-32', 'fffe0000'),
  signature('utf-32', '0000feff'),
];

/** Follows `BZh` and the block size: the mark of the first block, or that of the end. */
const BZIP2_BLOCKS = [signature('', '314159265359', 4), signature('', '177245385090', 4)];

const GZIP = signature('gzip', '1f8b');
const UTF8_MARK = signature('', 'efbbbf');
const UTF16LE_MARK = signature('', 'fffe');
const UTF16BE_MARK = signature('', 'feff');
const PARQUET = signature('', '50415231');

const SIGNATURE_STARTS = new Set(
  [GZIP, PARQUET, UTF16LE_MARK, UTF16BE_MARK, ...UNSUPPORTED]
    .filter(({ at }) => at === 0)
    .map(({ bytes }) => bytes[0]),
);

/** Recognises gzip by its first two bytes (RFC 1952 §2.3.1), fewer than `kindOf` needs. */
export function isGzip(head: Uint8Array): boolean {
  return startsWith(head, GZIP);
}

/** True for text whose byte order mark says that it is UTF-8. */
export function hasUtf8Mark(head: Uint8Array): boolean {
  return startsWith(head, UTF8_MARK);
}

/**
 * Decides an input's kind from its first bytes `[0, end)` (contract §1.1); `isLast`: the input has
 * no more. Asks for more bytes while they do not decide.
 */
export function kindOf(bytes: Uint8Array, end: number, isLast: boolean): FirstBytes {
  const head = bytes.subarray(0, Math.min(end, FIRST_BYTES));
  if (!isLast && head.length < FIRST_BYTES) return { kind: 'undecided' };
  const known = hasSignature(head) ? knownKind(head) : null;
  if (known !== null) return known;
  const startByte = hasUtf8Mark(head) ? UTF8_MARK.bytes.length : 0;
  const searchEnd = Math.min(end, MAX_FIRST_BYTES);
  let at = startByte;
  while (at < searchEnd && isSpace(bytes[at])) at++;
  if (at === searchEnd && !isLast && end < MAX_FIRST_BYTES) return { kind: 'undecided' };
  const isNdjson = at < searchEnd && bytes[at] === OPEN_BRACE;
  return isNdjson ? { kind: 'ndjson', startByte } : { kind: 'csv', startByte: 0 };
}

/** False for nearly every CSV file, by two looks; a run may have 100,000 of them. */
function hasSignature(head: Uint8Array): boolean {
  return SIGNATURE_STARTS.has(head[0]) || head[TAR.at] === TAR.bytes[0];
}

/** What is neither CSV nor NDJSON. */
function knownKind(head: Uint8Array): FirstBytes | null {
  if (isGzip(head)) return { kind: 'gzip' };
  const name = unsupportedName(head);
  if (name !== null) return { kind: 'unsupported', name };
  if (startsWith(head, UTF16LE_MARK)) return { kind: 'utf16', encoding: 'utf-16le' };
  return startsWith(head, UTF16BE_MARK) ? { kind: 'utf16', encoding: 'utf-16be' } : null;
}

function unsupportedName(head: Uint8Array): string | null {
  if (isParquet(head)) return 'parquet';
  const found = UNSUPPORTED.find((candidate) => startsWith(head, candidate));
  if (found === undefined) return null;
  if (found.name === 'zip') return isSpreadsheet(head) ? 'xlsx' : 'zip';
  const isText = found.name === 'bzip2' && !BZIP2_BLOCKS.some((mark) => startsWith(head, mark));
  return isText ? null : found.name;
}

/** Four letters, which the header of a CSV file may begin with, too. */
function isParquet(head: Uint8Array): boolean {
  if (!startsWith(head, PARQUET)) return false;
  return head.length === 4 || !COMMON_DELIMITERS.includes(String.fromCharCode(head[4]));
}

/** The names of a zip file's entries are not compressed. */
function isSpreadsheet(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (text.includes('xl/')) return true;
  return text.includes('[Content_Types].xml') && !text.includes('word/') && !text.includes('ppt/');
}

function startsWith(head: Uint8Array, { bytes, at }: Signature): boolean {
  if (head.length < at + bytes.length) return false;
  return bytes.every((byte, index) => head[at + index] === byte);
}
