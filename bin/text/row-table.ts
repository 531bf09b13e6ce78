import type { Column } from '../../lambdas/shared/model/column.ts';
import type { Row } from '../lake/row.ts';
import { GAP, type TextColumn, tableLine } from './text-table.ts';
import { cutTo, widthOf } from './text-width.ts';
import { visible } from './visible-text.ts';

/** Rows by which the columns are made as wide as they are. */
export const SAMPLE_ROWS = 200;
/** No column is made wider than this by its values. */
const MAX_COLUMN_WIDTH = 60;
/** On a terminal titles and text are cut to this width before a column is left out. */
const MIN_WIDTH = 12;
const NULL_TEXT = '∅';

/** A value for people: `∅` for null; control characters are escaped. */
export function cellText(value: Row[string] | undefined): string {
  return value === null || value === undefined ? NULL_TEXT : visible(String(value));
}

export interface RowTable {
  /** Columns that are shown, of those that were asked for. */
  readonly shownColumns: number;
  /** The two lines at the top. */
  readonly head: string;
  line(row: Row): string;
}

/**
 * Lays out a table by its first rows, so that any number of rows can follow, each in constant time
 * and memory. `terminalWidth` null: nothing is cut, and a value wider than its column shifts the
 * rest of its line. On a terminal no line is wider than that: text is cut with `…`, numbers and
 * times are not; columns that do not fit are left out from the right, and a later number that is
 * too wide cuts the end of its line.
 */
export function layOut(
  columns: readonly Column[],
  sample: readonly Row[],
  terminalWidth: number | null,
): RowTable {
  const ranges = columns.map((column) => rangeOf(column, sample));
  const widths =
    terminalWidth === null
      ? ranges.map(({ natural }) => natural)
      : widthsWithin(ranges, terminalWidth);
  const shown = columns.slice(0, widths.length);
  const textColumns: TextColumn[] = shown.map(({ name, type }) => ({
    title: name,
    isNumber: isNumber(type.kind),
  }));
  const lineOf = (cells: readonly string[]): string => {
    const line = tableLine(textColumns, cells, widths);
    // A number that is wider than those of the first rows moves the rest to the right.
    return `${terminalWidth === null ? line : cutTo(line, terminalWidth)}\n`;
  };
  const cellOf = ({ name, type }: Column, row: Row, width: number): string => {
    const text = cellText(row[name]);
    return terminalWidth === null || type.kind !== 'string' ? text : cutTo(text, width);
  };
  const titles = shown.map(({ name }, at) => cutTo(name, widths[at]));
  const rules = shown.map(({ name }, at) => '─'.repeat(Math.min(widths[at], ruleWidth(name))));
  return {
    shownColumns: shown.length,
    head: lineOf(titles) + lineOf(rules),
    line: (row) => lineOf(shown.map((column, at) => cellOf(column, row, widths[at]))),
  };
}

/** How narrow a column may become, and how wide it likes to be. */
interface WidthRange {
  readonly least: number;
  readonly natural: number;
}

function rangeOf({ name, type }: Column, sample: readonly Row[]): WidthRange {
  const widest = sample.reduce((width, row) => Math.max(width, widthOf(cellText(row[name]))), 0);
  const natural = Math.max(ruleWidth(name), Math.min(widest, MAX_COLUMN_WIDTH));
  const uncut = type.kind === 'string' ? MIN_WIDTH : Math.max(widest, MIN_WIDTH);
  return { least: Math.min(natural, uncut), natural };
}

function ruleWidth(title: string): number {
  return Math.max(3, title.length);
}

function isNumber(kind: Column['type']['kind']): boolean {
  return kind === 'int32' || kind === 'int64' || kind === 'decimal';
}

/** Widths of the columns that are shown, from the left. */
function widthsWithin(ranges: readonly WidthRange[], terminalWidth: number): number[] {
  const least = ranges.map((range) => range.least);
  let count = ranges.length;
  while (count > 1 && lineWidth(least.slice(0, count)) > terminalWidth) count -= 1;
  const widths = ranges.slice(0, count).map(({ natural }) => natural);
  // The widest gives first, one column of the terminal at a time.
  for (let excess = lineWidth(widths) - terminalWidth; excess > 0; excess--) {
    const widest = widths.reduce((best, width, at) => {
      const isWider = width > least[at] && (best < 0 || width > widths[best]);
      return isWider ? at : best;
    }, -1);
    if (widest < 0) break;
    widths[widest] -= 1;
  }
  return widths;
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
}
