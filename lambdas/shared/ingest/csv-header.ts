import { isUtf8 } from 'node:buffer';
import { trimmedEnd, trimmedStart } from '../bytes/bytes.ts';
import { DEFAULT_DIALECT } from '../model/config-dialect.ts';
import type { Dialect } from '../model/config-input.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';
import { headerDelimiter, separatorLine } from './csv-delimiter.ts';
import { type CsvLayout, csvLayout } from './csv-layout.ts';
import { withoutCarriageReturn } from './csv-record.ts';
import { DialectRecordEnd, splitByRules } from './dialect/dialect-record.ts';
import { type DialectRules, dialectRules } from './dialect/dialect-rules.ts';
import { passBlankLines, passRows } from './dialect/passed-lines.ts';
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
  | {
      /** The header starts at `start`, or after lines from there on that are passed over. */
      readonly kind: 'incomplete';
      readonly start: number;
      /** Of the dialect's `skipRows`, those that lie behind `start`. */
      readonly skipRows: number;
    };

const UNREADABLE = rejected('header_unreadable');

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** `"sep=;"` with CRLF and the empty lines after it. */
const MAX_SEPARATOR_BYTES = 1024;

/** Bytes searched for hints at what a file without the required columns is. */
const HINT_BYTES = 4 * 1024;

/**
 * Parses a file's header from its first bytes `[0, end)`. `incomplete` asks for more bytes; it
 * occurs only while `isLast` is false and the header, and each line above it, is below 1 MiB. The
 * delimiter is that of the dialect, or comes from a first line `sep=X` or from the header; names
 * match as in `matchColumns`; other columns are ignored and may repeat. Of a file without header
 * `end` is where its records may begin; they have the columns that the dialect names, or else all
 * that are wanted.
 */
export function parseHeader(
  bytes: Uint8Array,
  end: number,
  isLast: boolean,
  wanted: WantedColumns,
  dialect: Dialect = DEFAULT_DIALECT,
): HeaderResult {
  // Without a header a few bytes may be enough, but not before it is clear what the first are.
  if (end < BYTE_ORDER_MARK.length && !isLast) {
    return { kind: 'incomplete', start: 0, skipRows: dialect.skipRows };
  }
  const rules = dialectRules(dialect);
  const origin = hasByteOrderMark(bytes, end) ? BYTE_ORDER_MARK.length : 0;
  const rows = passRows(bytes, origin, end, dialect.skipRows);
  const start = rows.left > 0 ? rows.at : passBlankLines(bytes, rows.at, end, rules);
  const incomplete: HeaderResult = { kind: 'incomplete', start, skipRows: rows.left };
  const isCut = rows.left > 0 || start === end || bytes[start] === rules.commentByte;
  if (isCut && isLast) return rejected('empty');
  if (isCut) return end - start > MAX_RECORD_BYTES + 1 ? UNREADABLE : incomplete;
  const separator = separatorLine(bytes, start, end, isLast);
  if (separator === 'incomplete') return incomplete;
  const headerStart = separator === null ? start : passBlankLines(bytes, separator.end, end, rules);
  const isMissing = headerStart === end || bytes[headerStart] === rules.commentByte;
  if (isMissing && isLast) return rejected('empty');
  const window = { start: headerStart, end, isLast };
  const delimiter =
    dialect.delimiter?.charCodeAt(0) ??
    separator?.delimiter ??
    headerDelimiter(bytes, window, rules);
  const found =
    delimiter === null || isMissing
      ? null
      : dialect.header
        ? readHeader(bytes, window, wanted, { ...rules, delimiter })
        : matched(columnsWithout(dialect, wanted), wanted, {
            delimiter,
            end: headerStart,
            text: '',
          });
  if (found !== null) return found;
  // The line that names the delimiter stays in the window, so it and empty lines count, too.
  const isTooLong =
    // One more may be the CR of its line end.
    end - headerStart > MAX_RECORD_BYTES + 1 ||
    end - start > MAX_RECORD_BYTES + MAX_SEPARATOR_BYTES;
  return isTooLong ? UNREADABLE : incomplete;
}

/** Null: more bytes are needed. */
function readHeader(
  bytes: Uint8Array,
  { start, end, isLast }: { start: number; end: number; isLast: boolean },
  wanted: WantedColumns,
  rules: DialectRules,
): HeaderResult | null {
  const found = new DialectRecordEnd(rules).find(bytes, start, end, isLast);
  if (found < 0 && !isLast) return null;
  const headerEnd = found < 0 ? end : withoutCarriageReturn(bytes, start, found);
  const record = bytes.slice(start, headerEnd);
  if (record.length > MAX_RECORD_BYTES || !isUtf8(record)) return UNREADABLE;
  const { delimiter } = rules;
  return matched(headerNames(record, rules), wanted, {
    delimiter,
    end: found < 0 ? end : found + 1,
    text: firstText(bytes, start, end),
  });
}

/** The columns of a file without header. */
function columnsWithout({ columns }: Dialect, { fields }: WantedColumns): readonly string[] {
  return columns ?? fields.filter((field) => field !== null);
}

/** `text`: the first lines, for a message. */
function matched(
  names: readonly string[],
  wanted: WantedColumns,
  { delimiter, end, text }: { delimiter: number; end: number; text: string },
): HeaderResult {
  const found = matchColumns(names, wanted);
  switch (found.kind) {
    case 'missing':
      return rejected(
        'column_missing',
        missingText({ names, missing: found.missing, wanted, text }),
      );
    case 'repeated':
      return rejected('column_repeated', found.repeated.join(', '));
    case 'matched':
      return { kind: 'header', layout: csvLayout(found.fields, delimiter), end };
  }
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

function headerNames(record: Uint8Array, rules: DialectRules): string[] {
  const names: string[] = [];
  const buffer = new Uint8Array(record.length * 2);
  buffer.set(record);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const span = { start: 0, end: record.length, roomAt: record.length };
  splitByRules(buffer, span, rules, (_column, start, end) => {
    const from = trimmedStart(buffer, start, end);
    names.push(decoder.decode(buffer.subarray(from, trimmedEnd(buffer, from, end))));
  });
  return names;
}
