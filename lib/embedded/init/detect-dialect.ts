import { knownNames } from './column-names.ts';
import { type CsvForm, recordsOf } from './csv-form.ts';

/** A CSV file as its first part shows it. */
export interface Dialect extends CsvForm {
  readonly hasHeader: boolean;
  /** The first line is `sep=` and the delimiter; `skipRows` counts from the line after it. */
  readonly hasSeparatorLine: boolean;
  /** Names of the columns; made up (`c1`, `c2`, …) where the file has none. */
  readonly columns: readonly string[];
  /** Share of the records that have as many fields as the columns are, from 0 to 1. */
  readonly consistency: number;
  /** Records of the first part, the header left out. */
  readonly records: readonly (readonly string[])[];
}

const DELIMITERS = [',', ';', '\t', '|', '^', '~'];
const SEPARATOR_LINE = /^"?sep=([^"\r\n])"?\r?\n/i;
/** Lines above the header are searched for in so many records. */
const MAX_LINES_ABOVE = 50;
/** Records that are compared with each other. */
const COMPARED_RECORDS = 2_000;

/**
 * Finds delimiter, quotes, escapes, comments, lines above the header and the header itself in the
 * first part of a file; `isWhole`: it is all of it. Never fails: what fits best is taken.
 */
export function detectDialect(sample: string, isWhole: boolean): Dialect {
  const separator = SEPARATOR_LINE.exec(sample);
  const text = separator === null ? sample : sample.slice(separator[0].length);
  const delimiters = separator === null ? DELIMITERS : [separator[1]];
  let best: { form: CsvForm; records: string[][]; score: number } | null = null;
  for (const delimiter of delimiters) {
    for (const form of formsWith(text, delimiter)) {
      const records = recordsOf(text, form, isWhole);
      const score = scoreOf(records);
      if (best === null || score > best.score + 1e-9) best = { form, records, score };
    }
  }
  const { form, records } = best as { form: CsvForm; records: string[][] };
  return { ...withHeader(text, form, records, isWhole), hasSeparatorLine: separator !== null };
}

/** The plainest form first; another one has to be better. */
function formsWith(text: string, delimiter: string): CsvForm[] {
  const plain = { delimiter, quoteChar: '"', escapeChar: null, skipRows: 0 };
  const commentChar = hasComments(text) ? '#' : null;
  const forms: CsvForm[] = [{ ...plain, commentChar }];
  if (/\\["\\]/.test(text)) forms.push({ ...plain, commentChar, escapeChar: '\\' });
  if (isQuotedWith(text, delimiter, "'")) forms.push({ ...plain, commentChar, quoteChar: "'" });
  if (text.includes(`\\${delimiter}`)) {
    forms.push({ ...plain, commentChar, quoteChar: null, escapeChar: '\\' });
  }
  return forms;
}

/** Several lines that begin with `#`, or one above all others; a header may begin with it, too. */
function hasComments(text: string): boolean {
  const lines = text.split('\n', COMPARED_RECORDS).filter((line) => line.trim() !== '');
  const marked = lines.filter((line) => line.startsWith('#'));
  if (marked.length === 0 || marked.length * 2 > lines.length) return false;
  const names = marked.map((line) => knownNames(line.slice(1).split(/[,;\t|]/)));
  return Math.max(...names) < 2;
}

/** Fields that begin and end with the character, and few that only begin so. */
function isQuotedWith(text: string, delimiter: string, quote: string): boolean {
  const fields = text.split('\n', 200).flatMap((line) => line.trim().split(delimiter));
  const begun = fields.filter((field) => field.startsWith(quote));
  const closed = begun.filter((field) => field.length > 1 && field.endsWith(quote));
  return closed.length > 3 && closed.length * 10 >= begun.length * 8;
}

/** Many columns, the same number everywhere, with known names. */
function scoreOf(records: readonly (readonly string[])[]): number {
  const compared = records.slice(0, COMPARED_RECORDS);
  const width = usualWidth(compared);
  if (width < 2) return 0;
  const same = compared.filter((fields) => fields.length === width).length / compared.length;
  const named = Math.max(0, ...compared.slice(0, MAX_LINES_ABOVE).map(knownNames));
  return same * same * (1 + Math.log2(width)) + named - strayQuotes(compared) * 2;
}

/** Share of the fields that hold what looks like a part of quotes or escapes. */
function strayQuotes(records: readonly (readonly string[])[]): number {
  const fields = records.flat();
  const stray = fields.filter((field) => /^["']|["'\\]$|\\["']/.test(field)).length;
  return fields.length === 0 ? 0 : stray / fields.length;
}

/** The number of fields that most records have; the larger one of two. */
function usualWidth(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const { length } of records) counts.set(length, (counts.get(length) ?? 0) + 1);
  let usual = 0;
  for (const [width, count] of counts) {
    const most = counts.get(usual) ?? 0;
    if (count > most || (count === most && width > usual)) usual = width;
  }
  return usual;
}

function withHeader(
  text: string,
  form: CsvForm,
  records: string[][],
  isWhole: boolean,
): Omit<Dialect, 'hasSeparatorLine'> {
  const width = usualWidth(records.slice(0, COMPARED_RECORDS));
  const above = records.slice(0, MAX_LINES_ABOVE).findIndex((fields) => fields.length >= width);
  const named = records
    .slice(0, MAX_LINES_ABOVE)
    .findIndex((fields) => knownNames(fields) >= 2 && fields.length * 2 >= width);
  const first = Math.max(0, named >= 0 ? named : above);
  const skipRows = linesBefore(text, form, first);
  const settled = { ...form, skipRows };
  const kept = first === 0 ? records : recordsOf(text, settled, isWhole);
  const hasHeader = isHeader(kept);
  const columns = hasHeader
    ? kept[0].map((name) => name.trim())
    : Array.from({ length: width }, (_, at) => `c${at + 1}`);
  const rows = hasHeader ? kept.slice(1) : kept;
  const same = rows.filter((fields) => fields.length === columns.length).length;
  const consistency = rows.length === 0 ? 1 : same / rows.length;
  return { ...settled, hasHeader, columns, consistency, records: rows };
}

/** Names are known, or nothing in the first record is a value. */
function isHeader(records: readonly (readonly string[])[]): boolean {
  if (records.length === 0) return false;
  const [first] = records;
  if (knownNames(first) >= 2) return true;
  const isUnique = new Set(first).size === first.length;
  return isUnique && !first.some(isValue) && records.slice(1, 20).some((r) => r.some(isValue));
}

/** A number, a day or an e-mail address: no name of a column. */
function isValue(field: string): boolean {
  return /^\s*[+-]?[\d.,]*\d[\d.,]*\s*$|^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[^@\s]@[^@\s]/.test(
    field,
  );
}

/** Physical lines before a record, blank ones and comments included, as `skipRows` counts them. */
function linesBefore(text: string, form: CsvForm, recordIndex: number): number {
  if (recordIndex === 0) return 0;
  let lines = 0;
  let found = 0;
  for (const line of text.split('\n')) {
    const isRecord = /[^\r]/.test(line) && !(form.commentChar && line.startsWith(form.commentChar));
    if (isRecord && found++ === recordIndex) return lines;
    lines++;
  }
  return lines;
}
