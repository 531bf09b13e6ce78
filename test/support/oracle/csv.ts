import { byteText, LONGEST_RECORD, utf8OrNull } from './text.ts';

/** CSV as contract §1.1 describes it, read from left to right, field by field. */

export interface CsvRecord {
  /** Of its first byte, in the uncompressed file. */
  readonly offset: number;
  /** Without the line end. */
  readonly bytes: Uint8Array;
  /** One character per byte. */
  readonly fields: readonly string[];
  /** A field begins with a quote that opens nothing. */
  readonly hasStrayQuote: boolean;
}

export type CsvIssue = 'record_too_long' | 'invalid_utf8' | 'wrong_field_count';

export function csvRecords(file: Uint8Array, delimiter = ','): CsvRecord[] {
  const text = byteText(file);
  const records: CsvRecord[] = [];
  let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  while (at < text.length) {
    const emptyLine = lineEndAt(text, at);
    if (emptyLine > 0) {
      at += emptyLine;
      continue;
    }
    const { fields, end, hasStrayQuote } = recordAt(text, at, delimiter);
    records.push({ offset: at, bytes: file.subarray(at, end), fields, hasStrayQuote });
    at = end + lineEndAt(text, end);
  }
  return records;
}

/** How many bytes of line end stand here: LF 1, CRLF 2, anything else 0. */
function lineEndAt(text: string, at: number): number {
  if (text[at] === '\n') return 1;
  return text[at] === '\r' && text[at + 1] === '\n' ? 2 : 0;
}

function recordAt(text: string, offset: number, delimiter: string) {
  const fields: string[] = [];
  let hasStrayQuote = false;
  let at = offset;
  for (;;) {
    const quoted = text[at] === '"' ? quotedFieldAt(text, at, offset, delimiter) : null;
    if (quoted !== null) {
      fields.push(quoted.value);
      at = quoted.end;
    } else {
      if (text[at] === '"') hasStrayQuote = true;
      const from = at;
      while (at < text.length && text[at] !== delimiter && lineEndAt(text, at) === 0) at += 1;
      fields.push(text.slice(from, at));
    }
    if (text[at] !== delimiter) return { fields, end: at, hasStrayQuote };
    at += 1;
  }
}

/** The field that the quote at `opening` opens; null: it is an ordinary character. */
function quotedFieldAt(text: string, opening: number, offset: number, delimiter: string) {
  let closing = text.indexOf('"', opening + 1);
  while (closing >= 0 && text[closing + 1] === '"') closing = text.indexOf('"', closing + 2);
  if (closing < 0 || closing - offset >= LONGEST_RECORD) return null;
  let end = closing + 1;
  while (text[end] !== delimiter && (text[end] === ' ' || text[end] === '\t')) end += 1;
  if (end - offset > LONGEST_RECORD) return null;
  const isEnd = end === text.length || text[end] === delimiter || lineEndAt(text, end) > 0;
  if (!isEnd) return null;
  return { value: text.slice(opening + 1, closing).replaceAll('""', '"'), end };
}

/** The issue that keeps a record from being read, or null. */
export function csvIssue(record: CsvRecord, fieldCount: number): CsvIssue | null {
  if (record.bytes.length > LONGEST_RECORD) return 'record_too_long';
  if (utf8OrNull(record.bytes) === null) return 'invalid_utf8';
  if (record.fields.length !== fieldCount) return 'wrong_field_count';
  return null;
}

/** A field of a record whose bytes are UTF-8. */
export function fieldText(record: CsvRecord, index: number): string {
  const text = utf8OrNull(Buffer.from(record.fields[index], 'latin1'));
  if (text === null)
    throw new Error(`field ${index} of the record at ${record.offset} is not UTF-8`);
  return text;
}
