import fc from 'fast-check';
import { DEFAULT_DIALECT } from '../../lambdas/shared/model/config-dialect.ts';
import type { Dialect } from '../../lambdas/shared/model/config-input.ts';

/** CSV of known values, written in any dialect. */

const NAMES = ['a', 'b', 'c'] as const;

/** How one field is written, where its value leaves a choice. */
interface Choice {
  readonly value: string;
  readonly isQuoted: boolean;
}

interface Row {
  readonly fields: readonly Choice[];
  /** Fields that are left out at the end, where the dialect allows that. */
  readonly leftOut: number;
  /** What stands in front: an empty line, or a comment where the dialect has such. */
  readonly before: 'nothing' | 'empty line' | 'comment';
}

/** A file, its dialect, and the values that were put into it; null: left out. */
export interface WrittenFile {
  readonly bytes: Uint8Array;
  readonly dialect: Dialect;
  readonly values: readonly (readonly (string | null)[])[];
}

const JUNK = ['"', "'", ',', ';', '\t', '|', '\\', '/', '#', '!', '\r', '', ' a "b', '€'];
const value = fc
  .array(fc.constantFrom('N', 'x', ' ', '\n', '\r\n', ...JUNK), { maxLength: 5 })
  .map((parts) => parts.join(''));
const line = fc
  .array(fc.constantFrom('sep=;', ...JUNK), { maxLength: 4 })
  .map((parts) => parts.join(''));

const row: fc.Arbitrary<Row> = fc.record({
  fields: fc.array(fc.record({ value, isQuoted: fc.boolean() }), { minLength: 3, maxLength: 3 }),
  leftOut: fc.nat(2),
  before: fc.constantFrom('nothing', 'nothing', 'empty line', 'comment'),
});

const dialects: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|', '^'),
  quoteChar: fc.constantFrom('"', "'", null),
  doubleQuote: fc.boolean(),
  escapeChar: fc.constantFrom(null, '\\', '/', '"'),
  header: fc.boolean(),
  columns: fc.constant([...NAMES]),
  skipRows: fc.nat(3),
  commentChar: fc.constantFrom(null, '#', '!'),
  skipInitialSpace: fc.boolean(),
  padRows: fc.boolean(),
});

/** Any values in any dialect that can hold them. */
export const writtenFiles: fc.Arbitrary<WrittenFile> = fc
  .record({
    dialect: dialects,
    rows: fc.array(row, { maxLength: 6 }),
    above: fc.array(line, { minLength: 3, maxLength: 3 }),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    isEnded: fc.boolean(),
    comment: line,
    findsDelimiter: fc.boolean(),
    front: fc.constantFrom('', '\ufeff'),
  })
  .map(({ dialect, rows, above, lineEnd, isEnded, comment, findsDelimiter, front }) => {
    const delimiter = dialect.delimiter ?? ',';
    const values = rows.map((row) => valuesOf(row, dialect));
    const lines = rows.flatMap(({ fields, before }, index) => {
      const texts = values[index].flatMap((text, column) =>
        text === null ? [] : [written({ ...fields[column], value: text }, dialect, column === 0)],
      );
      const text = texts.join(delimiter);
      if (before === 'nothing') return [text];
      return [
        before === 'comment' && dialect.commentChar ? dialect.commentChar + comment : '',
        text,
      ];
    });
    // A record always follows, so that a file without header is not empty.
    const last = ['end', '', ''];
    const names = dialect.header ? [NAMES.join(delimiter)] : [];
    const all = [...above.slice(0, dialect.skipRows), ...names, ...lines, last.join(delimiter)];
    const isFound = findsDelimiter && dialect.header && delimiter !== '^';
    return {
      bytes: Buffer.from(front + all.join(lineEnd) + (isEnded ? lineEnd : '')),
      dialect: isFound ? { ...dialect, delimiter: null } : dialect,
      values: [...values, last],
    };
  });

function valuesOf({ fields, leftOut }: Row, dialect: Dialect): (string | null)[] {
  const texts = fields.map(({ value }, index) => possible(value, dialect, index === 0));
  // A line without a byte is no record.
  const kept = dialect.padRows && texts[0] !== '' ? texts.length - leftOut : texts.length;
  return texts.map((text, index) => (index < kept ? text : null));
}

/** The same values in the form that has no mapping. */
export function ownForm(values: WrittenFile['values']): Uint8Array {
  const quoted = (text: string | null) => `"${(text ?? '').replaceAll('"', '""')}"`;
  const lines = values.map((texts) => texts.map(quoted).join(','));
  return Buffer.from([NAMES.join(','), ...lines].map((text) => `${text}\n`).join(''));
}

/** What of a value a dialect can hold. */
function possible(text: string, dialect: Dialect, isFirst: boolean): string {
  const { quoteChar, doubleQuote, escapeChar, commentChar } = dialect;
  // An escaped CR before a line end would make that part of the value.
  if (escapeChar !== null && escapeChar !== quoteChar) return text.replace(/\r+$/, '');
  if (quoteChar !== null) {
    const holdsQuotes = doubleQuote || escapeChar === quoteChar;
    return holdsQuotes ? text : text.replaceAll(quoteChar, '');
  }
  const bare = text.replaceAll(dialect.delimiter ?? ',', '').replaceAll(/[\r\n]/g, '');
  const start = dialect.skipInitialSpace ? bare.replace(/^[ \t]+/, '') : bare;
  const isComment = isFirst && commentChar !== null && start.startsWith(commentChar);
  return isComment ? `x${start}` : start;
}

function written({ value, isQuoted }: Choice, dialect: Dialect, isFirst: boolean): string {
  const { quoteChar, doubleQuote, commentChar, skipInitialSpace } = dialect;
  const isDoubled = doubleQuote || dialect.escapeChar === quoteChar;
  const escapeChar = dialect.escapeChar === quoteChar ? null : dialect.escapeChar;
  const mustBeSafe = [dialect.delimiter ?? ',', '\n', '\r', quoteChar, escapeChar];
  const space = skipInitialSpace && isQuoted ? ' ' : '';
  const isOdd =
    mustBeSafe.some((character) => character !== null && value.includes(character)) ||
    (skipInitialSpace && /^[ \t]/.test(value)) ||
    (isFirst && commentChar !== null && value.startsWith(commentChar));
  if (quoteChar !== null && (isQuoted || (isOdd && escapeChar === null))) {
    const inside = escaped(value, escapeChar);
    const quote = isDoubled ? quoteChar + quoteChar : `${escapeChar}${quoteChar}`;
    return `${space}${quoteChar}${inside.replaceAll(quoteChar, quote)}${quoteChar}`;
  }
  if (escapeChar === null || !isOdd) return value;
  const special = mustBeSafe.filter((character) => character !== null);
  const text = [...value]
    .map((character) => (special.includes(character) ? escapeChar + character : character))
    .join('');
  return /^[ \t#!]/.test(text) && !special.includes(value[0]) ? escapeChar + text : text;
}

function escaped(value: string, escapeChar: string | null): string {
  return escapeChar === null ? value : value.replaceAll(escapeChar, escapeChar + escapeChar);
}

/** Dialects that leave the kernel, each by one key; text of `csvText` reads the same in them. */
export const SLOW_DIALECTS: readonly Dialect[] = [
  { ...DEFAULT_DIALECT, escapeChar: '~' },
  { ...DEFAULT_DIALECT, commentChar: '~' },
];
