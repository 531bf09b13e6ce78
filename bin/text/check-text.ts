import type { CheckedFile, CheckResult } from '../../lib/embedded/check/check-orders.ts';
import type { CheckedExample, CheckedIssue } from '../../lib/embedded/check/checked-issues.ts';
import type { FileForm } from '../../lib/embedded/check/file-form.ts';
import type { Suggestion } from '../../lib/embedded/check/suggestion.ts';
import { counted, textTable, withCommas } from './text-table.ts';
import { cutTo } from './text-width.ts';
import { visible, visibleLines } from './visible-text.ts';
import { warningLines } from './warning-lines.ts';

/** The report is one screen; `--json` has all of it. */
const MAX_FILES = 5;
const MAX_REJECTED = 5;
const MAX_ISSUES = 8;

/** Of a line that is no terminal's. */
const USUAL_COLUMNS = 120;
/** Columns for a record, however narrow the terminal is. */
const MIN_RECORD_COLUMNS = 32;

const UNDERLINED = '\x1b[4m';
const NOT_UNDERLINED = '\x1b[24m';

/** Text, or a value that is marked in it. */
type Piece = string | { readonly marked: string };

/**
 * The report of a check for people. On a terminal of so many columns values are underlined,
 * elsewhere (null) they stand in `>>` and `<<`. Nothing else in it acts on a terminal.
 */
export function checkText(result: CheckResult, outColumns: number | null): string {
  const { counts, revenue, warnings, issues } = result;
  const columns = outColumns ?? USUAL_COLUMNS;
  const parts: Piece[][] = [
    [fileTable(result)],
    [`${countText(counts)}\nrevenue of active orders: ${withCommas(revenue)}\n`],
    warnings.map((warning) => warningPiece(warning)),
    [rejectedText(result)],
    ...issues.slice(0, MAX_ISSUES).map((issue) => issuePieces(issue, columns)),
    [moreText(issues.length - MAX_ISSUES, 'issue')],
    [verdictText(result)],
  ];
  return parts
    .map((pieces) => pieces.map((piece) => rendered(piece, outColumns !== null)).join(''))
    .filter((part) => part !== '')
    .join('\n');
}

function rendered(piece: Piece, isTerminal: boolean): string {
  if (typeof piece === 'string') return visibleLines(piece);
  const text = visible(piece.marked);
  return isTerminal ? `${UNDERLINED}${text}${NOT_UNDERLINED}` : `>>${text}<<`;
}

function fileTable({ files, fileCount }: CheckResult): string {
  const columns = [
    { title: 'file' },
    { title: 'read as' },
    { title: 'mapping' },
    { title: 'records', isNumber: true },
    { title: 'quarantined', isNumber: true },
  ];
  const rows = files.slice(0, MAX_FILES).map(fileRow);
  return textTable(columns, rows) + moreText(fileCount - rows.length, 'file');
}

function fileRow({ key, form, records, quarantinedRecords }: CheckedFile): string[] {
  const numbers = records === null ? ['rejected', ''] : [records, quarantinedRecords];
  const mapping = form.mapping?.match ?? '–';
  return [key, formText(form), mapping, ...numbers.map((value) => withCommas(value))];
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = { '\t': 'tab', ' ': 'blank' };

function formText({ kind, compression, encoding, rules }: FileForm): string {
  if (kind === null) return '–';
  const delimiter = rules === null ? [] : [DELIMITER_NAMES[rules.delimiter] ?? rules.delimiter];
  const parts = [kind === 'csv' ? 'CSV' : 'NDJSON', ...delimiter, encoding, compression ?? ''];
  return parts.filter((part) => part !== '').join(' ');
}

function countText({ read, active, cancelled, quarantined, duplicate }: CheckResult['counts']) {
  const share = read === 0 ? '' : ` (${((quarantined / read) * 100).toFixed(2)} %)`;
  return (
    `${counted(read, 'record')}: ${withCommas(active)} active, ${withCommas(cancelled)} ` +
    `cancelled, ${withCommas(quarantined)} quarantined${share}, ${withCommas(duplicate)} duplicate`
  );
}

/** Rejected files have lines of their own. */
function warningPiece(warning: CheckResult['warnings'][number]): string {
  if (warning.code === 'files_rejected') return '';
  return warningLines([warning]) + suggestionText(warning.suggestion);
}

function rejectedText({ rejectedFiles }: CheckResult): string {
  const shown = rejectedFiles.slice(0, MAX_REJECTED).map(({ key, reason, suggestion }) => {
    return `rejected: ${visible(key)}: ${visible(reason)}\n${suggestionText(suggestion)}`;
  });
  return shown.join('') + moreText(rejectedFiles.length - MAX_REJECTED, 'rejected file');
}

function issuePieces(
  { code, count, examples, suggestion }: CheckedIssue,
  columns: number,
): Piece[] {
  const places = examples.map(({ source, line }) => `${visible(source)}:${line}`);
  const width = places.reduce((most, place) => Math.max(most, place.length), 0);
  const left = Math.max(MIN_RECORD_COLUMNS, columns - width - '  '.length * 2);
  const lines = examples.flatMap((example, index): Piece[] => [
    `  ${places[index].padEnd(width)}  `,
    ...recordPieces(example, left),
    '\n',
  ]);
  return [`${code}: ${counted(count, 'record')}\n`, ...lines, suggestionText(suggestion)];
}

/** The record, or as much of it around the value as there is room for. */
function recordPieces({ raw, span }: CheckedExample, columns: number): Piece[] {
  if (span === null) return [cutTo(visible(raw), columns)];
  const value = cutTo(visible(raw.slice(span.start, span.end)), columns);
  const room = Math.max(0, columns - value.length - '>><<'.length - '……'.length);
  const wholeBehind = raw.length - span.end;
  const before = Math.min(span.start, Math.max(room >> 1, room - wholeBehind));
  const from = span.start - before;
  const to = Math.min(raw.length, span.end + room - before);
  return [
    `${from > 0 ? '…' : ''}${visible(raw.slice(from, span.start).toWellFormed())}`,
    { marked: value },
    `${visible(raw.slice(span.end, to).toWellFormed())}${to < raw.length ? '…' : ''}`,
  ];
}

function suggestionText(suggestion: Suggestion | null): string {
  if (suggestion === null) return '';
  const keys = suggestion.config === null ? '' : `    ${visible(suggestion.config)}\n`;
  return `  → ${visible(suggestion.text)}\n${keys}`;
}

function moreText(count: number, noun: string): string {
  return count <= 0 ? '' : `and ${counted(count, `more ${noun}`)}; --json lists them\n`;
}

function verdictText({ refusal, issues, warnings, counts }: CheckResult): string {
  const hasKeys = [...issues, ...warnings].some(({ suggestion }) => suggestion?.config != null);
  const keys = hasKeys
    ? 'keys are those of an entry of input in the config (docs/contract.md, 1.3)\n'
    : '';
  if (refusal === null) {
    const { read, quarantined } = counts;
    const all = counted(read, 'record');
    const rest = quarantined > 0 ? `, ${withCommas(quarantined)} of ${all} in quarantine` : '';
    return `${keys}a run would publish this${rest}\n`;
  }
  const { code } = refusal;
  // The files and their reasons are shown above.
  const isShown = code === 'all_files_rejected';
  const message = isShown ? 'no readable orders file' : visible(refusal.message);
  return `${keys}a run would fail: ${message} (${code})\n`;
}
