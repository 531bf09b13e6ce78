import { crc32, inflateRawSync } from 'node:zlib';
import { type CsvRecord, csvIssue, csvRecords, fieldText } from './csv.ts';
import { ndjsonLines } from './event.ts';
import { byteText, trimmed } from './text.ts';

/** A file that can be read, or the reason why all of it is rejected (contract §1.1). */
export type OracleFile =
  | {
      readonly reason: null;
      readonly kind: 'csv';
      readonly delimiter: string;
      /** The place of each column that the file has among the fields. */
      readonly columns: ReadonlyMap<string, number>;
      readonly fieldCount: number;
      /** Without the header. */
      readonly records: readonly CsvRecord[];
      /** Of all of it, uncompressed. */
      readonly byteLength: number;
    }
  | {
      readonly reason: null;
      readonly kind: 'ndjson';
      readonly lines: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
      readonly byteLength: number;
    }
  | { readonly reason: string };

export function readFile(
  stored: Uint8Array,
  columns: readonly string[],
  requiredColumns = columns,
): OracleFile {
  const content = contentOf(stored);
  if (typeof content === 'string') return { reason: content };
  const mark = startsWith(content, 'efbbbf') ? 3 : 0;
  const text = byteText(content);
  if (/^[ \t\r\n\v\f]*\{/.test(text.slice(mark))) {
    const lines = ndjsonLines(content.subarray(mark));
    return {
      reason: null,
      kind: 'ndjson',
      lines: lines.map(({ offset, bytes }) => ({ offset: offset + mark, bytes })),
      byteLength: content.length,
    };
  }
  return readCsv(content, columns, requiredColumns);
}

function readCsv(
  content: Uint8Array,
  columns: readonly string[],
  requiredColumns: readonly string[],
): OracleFile {
  const { bytes, delimiter } = withoutSeparatorLine(content);
  const [header, ...records] = csvRecords(bytes, delimiter);
  if (header === undefined) return { reason: 'empty' };
  if (csvIssue(header, header.fields.length) !== null) return { reason: 'header_unreadable' };

  const names = header.fields.map((_, index) => trimmed(fieldText(header, index)));
  const lenient = names.map((name) =>
    name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/[ -]/g, '_'),
  );
  const places = columns.map((column) => {
    const exact = placesOf(names, column);
    return [column, exact.length > 0 ? exact : placesOf(lenient, column)] as const;
  });
  const missing = places.find(([column, at]) => requiredColumns.includes(column) && !at.length);
  if (missing !== undefined) return { reason: `column_missing: ${missing[0]}` };
  const repeated = places.find(([, at]) => at.length > 1);
  if (repeated !== undefined) return { reason: `column_repeated: ${repeated[0]}` };
  return {
    reason: null,
    kind: 'csv',
    delimiter,
    columns: new Map(places.flatMap(([column, at]) => at.map((place) => [column, place] as const))),
    fieldCount: names.length,
    records,
    byteLength: content.length,
  };
}

function placesOf(names: readonly string[], wanted: string): number[] {
  return names.flatMap((name, place) => (name === wanted ? [place] : []));
}

/** What is between fields; a first line `sep=X` becomes lines without any byte. */
function withoutSeparatorLine(content: Uint8Array): { bytes: Uint8Array; delimiter: string } {
  const text = byteText(content);
  const start = /^(?:\xef\xbb\xbf)?(?:\r?\n)*/.exec(text)?.[0].length ?? 0;
  const line = /^("?)sep=([^"\r\n\x80-\xff])\1(?:\r?\n|$)/i.exec(text.slice(start));
  if (line === null) return { bytes: content, delimiter: delimiterOf(text.slice(start)) };
  const bytes = Uint8Array.from(content).fill(0x0a, start, start + line[0].length);
  return { bytes, delimiter: line[2] };
}

/** The first of the four that the header has outside quotes. */
function delimiterOf(text: string): string {
  const quoted = /(^|[,;\t|])"(?:[^"]|"")*" *(?=[,;\t|]|\r?\n|$)/g;
  // Not past the header: a quoted field that holds its end goes with the quotes.
  const header = text.replaceAll(quoted, '$1').split('\n')[0];
  return [...',;\t|'].find((character) => header.includes(character)) ?? ',';
}

const UNREADABLE = [
  ['zip', '504b0304'],
  ['zip', '504b0506'],
  ['zip', '504b0708'],
  ['xz', 'fd377a585a00'],
  ['zstd', '28b52ffd'],
  ['bzip2', '425a6839314159265359'],
  ['xls', 'd0cf11e0a1b11ae1'],
  ['utf-32', 'fffe0000'],
  ['utf-32', '0000feff'],
] as const;

function startsWith(bytes: Uint8Array, hex: string): boolean {
  return Buffer.from(bytes.subarray(0, hex.length / 2)).toString('hex') === hex;
}

/** Unpacked, and in UTF-8; or the reason why it is not. */
function contentOf(stored: Uint8Array): Uint8Array | string {
  if (!startsWith(stored, '1f8b')) return decoded(stored);
  const content = gunzipped(stored);
  if (content === null) return 'gzip_invalid';
  return startsWith(content, '1f8b') ? 'format_unsupported: gzip' : decoded(content);
}

function decoded(bytes: Uint8Array): Uint8Array | string {
  const known = UNREADABLE.find(([, hex]) => startsWith(bytes, hex));
  if (known !== undefined) return `format_unsupported: ${known[0]}`;
  const isLittle = startsWith(bytes, 'fffe');
  if (!isLittle && !startsWith(bytes, 'feff')) return bytes;
  if (bytes.length % 2 === 1) return 'encoding_invalid';
  const units = isLittle ? Buffer.from(bytes) : Buffer.from(bytes).swap16();
  const text = units.toString('utf16le');
  return text.isWellFormed() ? Buffer.from(text) : 'encoding_invalid';
}

/**
 * The content of gzip members (RFC 1952) that fill the file to its last byte; null: they do not.
 * Member by member, because zlib's own reader passes over what follows the last one.
 */
export function gunzipped(stored: Uint8Array): Buffer | null {
  const contents: Buffer[] = [];
  let at = 0;
  while (at < stored.length || contents.length === 0) {
    const headerEnd = gzipHeaderEnd(stored, at);
    if (headerEnd === null) return null;
    const inflated = inflatedOrNull(stored.subarray(headerEnd));
    if (inflated === null) return null;
    const trailer = Buffer.from(stored.subarray(headerEnd + inflated.consumed)).subarray(0, 8);
    if (trailer.length < 8) return null;
    if (trailer.readUInt32LE(0) !== crc32(inflated.content)) return null;
    if (trailer.readUInt32LE(4) !== inflated.content.length) return null;
    contents.push(inflated.content);
    at = headerEnd + inflated.consumed + 8;
  }
  return Buffer.concat(contents);
}

function inflatedOrNull(bytes: Uint8Array): { content: Buffer; consumed: number } | null {
  try {
    // With `info` the answer has the engine as well, which the type does not say.
    const result = inflateRawSync(bytes, { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return { content: result.buffer, consumed: result.engine.bytesWritten };
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))) return null;
    throw error;
  }
}

function gzipHeaderEnd(stored: Uint8Array, start: number): number | null {
  if (stored.length < start + 10) return null;
  const [id1, id2, method, flags] = stored.subarray(start);
  if (id1 !== 0x1f || id2 !== 0x8b || method !== 8 || (flags & 0xe0) !== 0) return null;
  let at = start + 10;
  if ((flags & 4) !== 0) {
    if (stored.length < at + 2) return null;
    at += 2 + stored[at] + 256 * stored[at + 1];
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const zero = stored.indexOf(0, at);
    if (zero < 0) return null;
    at = zero + 1;
  }
  if ((flags & 2) !== 0) {
    if (stored.length < at + 2) return null;
    const sum = crc32(stored.subarray(start, at)) & 0xffff;
    if (stored[at] + 256 * stored[at + 1] !== sum) return null;
    at += 2;
  }
  return at > stored.length ? null : at;
}
