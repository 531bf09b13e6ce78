import { crc32, inflateRawSync } from 'node:zlib';
import { type CsvRecord, csvIssue, csvRecords, fieldText } from './csv.ts';
import { trimmed } from './text.ts';

/** A CSV file with its header read, or the reason why all of it is rejected (contract §1.1). */
export type OracleFile =
  | {
      readonly reason: null;
      /** The place of each required column among the fields. */
      readonly columns: ReadonlyMap<string, number>;
      readonly fieldCount: number;
      /** Without the header. */
      readonly records: readonly CsvRecord[];
      /** Of all of it, uncompressed. */
      readonly byteLength: number;
    }
  | { readonly reason: string };

export function readFile(
  key: string,
  stored: Uint8Array,
  requiredColumns: readonly string[],
): OracleFile {
  if (stored.length === 0) return { reason: 'empty' };
  const bytes = key.endsWith('.gz') ? gunzipped(stored) : stored;
  if (bytes === null) return { reason: 'gzip_invalid' };
  const [header, ...records] = csvRecords(bytes);
  if (header === undefined) return { reason: 'empty' };
  if (csvIssue(header, header.fields.length) !== null) return { reason: 'header_unreadable' };

  const names = header.fields.map((_, index) => trimmed(fieldText(header, index)));
  const columns = new Map<string, number>();
  for (const column of requiredColumns) {
    if (!names.includes(column)) return { reason: `column_missing: ${column}` };
    if (names.indexOf(column) !== names.lastIndexOf(column)) {
      return { reason: `column_repeated: ${column}` };
    }
    columns.set(column, names.indexOf(column));
  }
  const { length: byteLength } = bytes;
  return { reason: null, columns, fieldCount: names.length, records, byteLength };
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
