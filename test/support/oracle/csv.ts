import { byteText, LONGEST_RECORD, utf8OrNull } from './text.ts';

/** CSV as contract §1.1 describes it, read from left to right, field by field. */

export interface CsvRecord {
  /** Of its first byte, in the uncompressed file. */
  readonly offset: number;
  /** Without the line end. */
  readonly bytes: Uint8Array;
  /** One character per byte. */
  readonly fields: readonly string[];
  readonly isUnterminated: boolean;
}

export type CsvIssue =
  | 'unterminated_quote'
  | 'record_too_long'
  | 'invalid_utf8'
  | 'wrong_field_count';

export function csvRecords(file: Uint8Array): CsvRecord[] {
  const text = byteText(file);
  const records: CsvRecord[] = [];
  let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  while (at < text.length) {
    const emptyLine = lineEndAt(text, at);
    if (emptyLine > 0) {
      at += emptyLine;
      continue;
    }
    const { fields, end, isUnterminated } = recordAt(text, at);
    records.push({ offset: at, bytes: file.subarray(at, end), fields, isUnterminated });
    at = end + lineEndAt(text, end);
  }
  return records;
}

/** How many bytes of line end stand here: LF 1, CRLF 2, anything else 0. */
function lineEndAt(text: string, at: number): number {
  if (text[at] === '\n') return 1;
  return text[at] === '\r' && text[at + 1] === '\n' ? 2 : 0;
}

/** Up to the next comma or line end; a CR that no LF follows is neither. */
const PLAIN_TEXT = /(?:[^,\r\n]+|\r(?!\n))*/y;

function recordAt(text: string, offset: number) {
  const fields: string[] = [];
  let at = offset;
  for (;;) {
    let field = '';
    if (text[at] === '"') {
      let quote = text.indexOf('"', at + 1);
      while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
      if (quote < 0) return { fields, end: text.length, isUnterminated: true };
      field = text.slice(at + 1, quote).replaceAll('""', '"');
      at = quote + 1;
    }
    PLAIN_TEXT.lastIndex = at;
    const plain = PLAIN_TEXT.exec(text)?.[0] ?? '';
    fields.push(field + plain);
    at += plain.length;
    if (text[at] !== ',') return { fields, end: at, isUnterminated: false };
    at += 1;
  }
}

/** The issue that keeps a record from being read, or null. */
export function csvIssue(record: CsvRecord, fieldCount: number): CsvIssue | null {
  if (record.isUnterminated) return 'unterminated_quote';
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
