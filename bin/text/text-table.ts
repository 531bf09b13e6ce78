import { padTo, widthOf } from './text-width.ts';
import { visible } from './visible-text.ts';

/** A table for people: numbers to the right, no colours, columns apart by blanks. */
export interface TextColumn {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** Blanks between two columns. */
export const GAP = '  ';

/**
 * A table as text that ends with a line end. Control characters are escaped, so that no value can
 * move the cursor.
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
): string {
  const titles = columns.map(({ title }) => title);
  const rules = titles.map((title) => '─'.repeat(Math.max(3, title.length)));
  const lines = [titles, rules, ...rows.map((row) => row.map(visible))];
  const widths = columns.map((_, at) =>
    lines.reduce((width, cells) => Math.max(width, widthOf(cells[at])), 0),
  );
  return lines.map((cells) => `${tableLine(columns, cells, widths)}\n`).join('');
}

/** One line of a table, without line end or trailing blanks. */
export function tableLine(
  columns: readonly TextColumn[],
  cells: readonly string[],
  widths: readonly number[],
): string {
  const padded = cells.map((cell, at) =>
    padTo(cell, widths[at], columns[at].isNumber === true ? 'left' : 'right'),
  );
  return padded.join(GAP).trimEnd();
}

/**
 * A number with grouped digits, in any locale: `1234567` gives `"1,234,567"`. Works on decimals as
 * text, too.
 */
export function withCommas(value: number | string): string {
  const [whole, fraction] = String(value).split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A count and its noun: `counted(1, 'row')` gives `"1 row"`, of 1,200 it gives `"1,200 rows"`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${withCommas(count)} ${count === 1 ? one : many}`;
}

/** Bytes for people, in units of 1,000: `33554432` gives `"33.6 MB"`. */
export function byteText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Milliseconds as seconds for people: two decimals below 10 s, otherwise one. */
export function secondsText(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 2 : 1)} s`;
}
