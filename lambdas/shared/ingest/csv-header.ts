import { isUtf8 } from 'node:buffer';
import { CR, LF, trimmedEnd, trimmedStart } from '../bytes/bytes.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';
import { headerDelimiter, separatorLine } from './csv-delimiter.ts';
import { type CsvLayout, csvLayout } from './csv-layout.ts';
import { CsvRecordEnd, splitRecord, withoutCarriageReturn } from './csv-record.ts';
import { matchColumns, type WantedColumns } from './header-columns.ts';
import { missingText } from './header-hints.ts';

/**
 * Why a file is rejected as a whole (contract §1.1); what is wrong may follow after a colon.
 */
export type RejectionCode =
  | 'empty'
  | 'header_unreadable'
  | 'column_missing'
  | 'column_repeated'
  | 'gzip_invalid'
  | 'encoding_invalid'
  | 'format_unsupported';

export type HeaderResult =
  | { readonly kind: 'header'; readonly layout: CsvLayout; readonly end: number }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** The header starts at `start`, or after more empty lines from there on. */
  | { readonly kind: 'incomplete'; readonly start: number };

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** `"sep=;"` with CRLF and the empty lines after it. */
const MAX_SEPARATOR_BYTES = 1024;

/** Bytes searched for hints at what a file without the required columns is. */
const HINT_BYTES = 4 * 1024;

/**
 * Parses a file's header from its first bytes `[0, end)`. `incomplete` asks for more bytes; it
 * occurs only while `isLast` is false and the header is below 1 MiB. The delimiter comes from a
 * first line `sep=X` or from the header; names match as in `matchColumns`; other columns are
 * ignored and may repeat.
 */
export function parseHeader(
  bytes: Uint8Array,
  end: number,
  isLast: boolean,
  wanted: WantedColumns,
): HeaderResult {
  const start = skipBlankLines(bytes, hasByteOrderMark(bytes, end) ? 3 : 0, end);
  if (start === end) return isLast ? rejected('empty') : { kind: 'incomplete', start };
  const separator = separatorLine(bytes, start, end, isLast);
  if (separator === 'incomplete') return { kind: 'incomplete', start };
  const headerStart = separator === null ? start : skipBlankLines(bytes, separator.end, end);
  if (headerStart === end && isLast) return rejected('empty');
  const delimiter = separator?.delimiter ?? headerDelimiter(bytes, headerStart, end, isLast);
  if (delimiter === null) return { kind: 'incomplete', start };
  const scan = new CsvRecordEnd(delimiter);
  const found = scan.find(bytes, headerStart, end, isLast);
  if (found < 0 && !isLast) {
    // The line that names the delimiter stays in the window, so it and empty lines count, too.
    const isTooLong =
      // One more may be the CR of its line end.
      end - headerStart > MAX_RECORD_BYTES + 1 ||
      end - start > MAX_RECORD_BYTES + MAX_SEPARATOR_BYTES;
    return isTooLong ? rejected('header_unreadable') : { kind: 'incomplete', start };
  }
  const headerEnd = found < 0 ? end : withoutCarriageReturn(bytes, headerStart, found);
  const record = bytes.slice(headerStart, headerEnd);
  if (record.length > MAX_RECORD_BYTES || !isUtf8(record)) {
    return rejected('header_unreadable');
  }
  const names = headerNames(record, delimiter);
  const matched = matchColumns(names, wanted);
  if (matched.kind === 'missing') {
    const text = firstText(bytes, headerStart, end);
    return rejected(
      'column_missing',
      missingText({ names, missing: matched.missing, wanted, text }),
    );
  }
  if (matched.kind === 'repeated') return rejected('column_repeated', matched.repeated.join(', '));
  const layout = csvLayout(matched.fields, delimiter);
  return { kind: 'header', layout, end: found < 0 ? end : found + 1 };
}

function rejected(code: RejectionCode, details = ''): HeaderResult {
  return { kind: 'rejected', reason: details === '' ? code : `${code}: ${details}` };
}

/** The first lines, for a message: the same bytes whatever the size of the window. */
function firstText(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    bytes.subarray(start, Math.min(end, start + HINT_BYTES)),
  );
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

function headerNames(record: Uint8Array, delimiter: number): string[] {
  const names: string[] = [];
  const buffer = new Uint8Array(record.length * 2);
  buffer.set(record);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  splitRecord(buffer, 0, record.length, record.length, delimiter, (_column, start, end) => {
    const from = trimmedStart(buffer, start, end);
    names.push(decoder.decode(buffer.subarray(from, trimmedEnd(buffer, from, end))));
  });
  return names;
}
