import { isUtf8 } from 'node:buffer';
import { MAX_RECORD_BYTES } from '../model/order.ts';
import { COMMA, CR, LF, trimmedEnd, trimmedStart } from './bytes.ts';
import { type CsvLayout, csvLayout } from './csv-layout.ts';
import { CsvRecordEnd, splitRecord, withoutCarriageReturn } from './csv-record.ts';

/**
 * Why a file is rejected as a whole (contract §1.1); the column's name may follow after a colon.
 */
export type RejectionCode =
  | 'empty'
  | 'header_unreadable'
  | 'column_missing'
  | 'column_repeated'
  | 'gzip_invalid';

export type HeaderResult =
  | { readonly kind: 'header'; readonly layout: CsvLayout; readonly end: number }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** The header starts at `start`, or behind more empty lines from there on. */
  | { readonly kind: 'incomplete'; readonly start: number };

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Reads the header of a file from the first bytes of it, `[0, end)`. `incomplete`: more bytes are
 * needed, which can only be while `isLast` is false and the header is below 1 MiB. Names are
 * trimmed and case-sensitive, in any order; other columns are ignored, and may repeat.
 */
export function parseHeader(
  bytes: Uint8Array,
  end: number,
  isLast: boolean,
  required: readonly string[],
): HeaderResult {
  const start = skipBlankLines(bytes, hasByteOrderMark(bytes, end) ? 3 : 0, end);
  if (start === end && isLast) return rejected('empty');
  const scan = new CsvRecordEnd(COMMA);
  const found = scan.find(bytes, start, end, isLast);
  if (found < 0 && !isLast) {
    return end - start > MAX_RECORD_BYTES + 1 // One more may be the CR of its line end.
      ? rejected('header_unreadable')
      : { kind: 'incomplete', start };
  }
  const headerEnd = found < 0 ? end : withoutCarriageReturn(bytes, start, found);
  const record = bytes.slice(start, headerEnd);
  if (record.length > MAX_RECORD_BYTES || !isUtf8(record)) {
    return rejected('header_unreadable');
  }
  const names = headerNames(record);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) return rejected('column_missing', missing);
  const repeated = required.filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (repeated.length > 0) return rejected('column_repeated', repeated);
  const layout = csvLayout(names.map((name) => required.indexOf(name)));
  return { kind: 'header', layout, end: found < 0 ? end : found + 1 };
}

function rejected(code: RejectionCode, columns: readonly string[] = []): HeaderResult {
  return { kind: 'rejected', reason: [code, columns.join(', ')].filter(Boolean).join(': ') };
}

function hasByteOrderMark(bytes: Uint8Array, end: number): boolean {
  return end >= 3 && BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte);
}

function skipBlankLines(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (;;) {
    if (at < end && bytes[at] === LF) at += 1;
    else if (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF) at += 2;
    else return at;
  }
}

function headerNames(record: Uint8Array): string[] {
  const names: string[] = [];
  const buffer = new Uint8Array(record.length * 2);
  buffer.set(record);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  splitRecord(buffer, 0, record.length, record.length, COMMA, (_column, start, end) => {
    const from = trimmedStart(buffer, start, end);
    names.push(decoder.decode(buffer.subarray(from, trimmedEnd(buffer, from, end))));
  });
  return names;
}
