import { distance } from 'fastest-levenshtein';
import { masked } from '../runtime/masked-text.ts';
import { DELIMITERS } from './csv-delimiter.ts';
import { matchColumns, type WantedColumns } from './header-columns.ts';

/** Most names of a header shown in a message. */
const MAX_NAMES = 20;
const MAX_NAME_LENGTH = 40;

/** Shorter names resemble too many. */
const MIN_NEAR_LENGTH = 4;
const MAX_NEAR_DISTANCE = 2;

/** ASCII white space around a name; a byte order mark is none. */
const OUTER_SPACE = /^[ \t-\r]+|[ \t-\r]+$/g;

/** Lines searched for a header further down in the file. */
const MAX_LINES = 64;

const DELIMITER_NAMES = ['commas', '";"', 'tabs', '"|"'];

/** A header without all required columns, as far as it is known. */
interface PoorHeader {
  readonly names: readonly string[];
  readonly missing: readonly string[];
  readonly wanted: WantedColumns;
  /** The first lines of the file, the header the first of them. */
  readonly text: string;
}

/**
 * The message for a header without required columns: what is missing, what is there instead, and
 * what the file looks like.
 */
export function missingText(header: PoorHeader): string {
  return `${header.missing.join(', ')}; the file has ${foundText(header)}; ${hintOf(header)}`;
}

function foundText(header: PoorHeader): string {
  const { names } = header;
  if (isBlank(header)) return 'no column names in its first line';
  // Values of a record may be anybody's name or address, and this text lands in logs.
  return looksLikeRecord(header) ? `${names.length} values` : `the columns ${namesText(names)}`;
}

function isBlank({ names }: PoorHeader): boolean {
  return names.every((name) => name === '');
}

function looksLikeRecord({ names, missing, wanted }: PoorHeader): boolean {
  return missing.length === wanted.required.length && names.some(isValue);
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map(shownName).join(', ');
  const rest = names.length - MAX_NAMES;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/** A name on one line, safe to print. */
function shownName(name: string): string {
  const shown = masked(name);
  const cut = shown.length > MAX_NAME_LENGTH ? `${shown.slice(0, MAX_NAME_LENGTH)}…` : shown;
  const escaped = cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
  return escaped === '' || /[,;"]/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}

function hintOf(header: PoorHeader): string {
  const { text } = header;
  if (text.includes('\0')) return 'it looks like UTF-16 without a byte order mark';
  if (text.startsWith('[')) {
    return 'it looks like a JSON array; write one object per line (NDJSON)';
  }
  if (text.startsWith('<')) return 'it looks like XML or HTML';
  return (
    lowerHeaderHint(header) ??
    delimiterHint(header) ??
    (looksLikeRecord(header)
      ? 'the first line looks like a record; add a header line with the column names before it'
      : null) ??
    (isBlank(header) ? 'write them there' : null) ??
    nearHint(header) ??
    'rename the columns'
  );
}

/** A line further down that has more of the columns than the first one. */
function lowerHeaderHint({ missing, wanted, text }: PoorHeader): string | null {
  const lines = text.split('\n', MAX_LINES).slice(1);
  const enough = Math.min(missing.length - 1, wanted.required.length / 2);
  const index = lines.findIndex((line) => fewestMissing(line, wanted) <= enough);
  if (index < 0) return null;
  return `line ${index + 2} looks like the header; remove the lines above it`;
}

/** A delimiter that finds more columns than the one that the header was read with. */
function delimiterHint({ missing, wanted, text }: PoorHeader): string | null {
  const counts = missingBy(text.split('\n', 1)[0], wanted);
  const fewest = Math.min(...counts);
  if (fewest >= missing.length) return null;
  const index = counts.indexOf(fewest);
  const character = index === 2 ? 'a tab' : String.fromCharCode(DELIMITERS[index]);
  return (
    `the columns of the header seem to be separated by ${DELIMITER_NAMES[index]}; ` +
    `to say so, add a first line of sep= and ${character}`
  );
}

function fewestMissing(line: string, wanted: WantedColumns): number {
  return Math.min(...missingBy(line, wanted));
}

/** For each delimiter, how many required columns a line would lack as the header. */
function missingBy(line: string, wanted: WantedColumns): number[] {
  return DELIMITERS.map((delimiter) => {
    const fields = line.split(String.fromCharCode(delimiter));
    const names = fields.map((name) => name.replace(OUTER_SPACE, '').replace(/^"(.*)"$/, '$1'));
    const matched = matchColumns(names, wanted);
    return matched.kind === 'missing' ? matched.missing.length : 0;
  });
}

/** A number, an e-mail address, or something that begins like a day: no name of a column. */
function isValue(name: string): boolean {
  return /^[+-]?\d+([.,]\d+)?$|^\d{4}-\d\d-\d\d|[^@]@[^@]/.test(name);
}

/** Columns whose names resemble those that are missing. */
function nearHint({ names, missing }: PoorHeader): string | null {
  const pairs = missing.flatMap((field) => {
    const near = nearestOf(field, names);
    return near === null ? [] : [`${shownName(near)} to ${field}`];
  });
  return pairs.length === 0 ? null : `rename the columns, perhaps ${pairs.join(', ')}`;
}

function nearestOf(field: string, names: readonly string[]): string | null {
  const wanted = lettersOf(field);
  const shown = names.slice(0, MAX_NAMES);
  const candidates = shown.filter((name) => lettersOf(name).length >= MIN_NEAR_LENGTH);
  const equal = candidates.find((name) => lettersOf(name) === wanted);
  const alike = candidates.find((name) => distance(lettersOf(name), wanted) <= MAX_NEAR_DISTANCE);
  const longer = candidates.find((name) => lettersOf(name).includes(wanted));
  return equal ?? alike ?? longer ?? null;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
