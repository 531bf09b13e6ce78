import type { Column } from '../../lambdas/shared/model/column.ts';
import type { Row } from '../lake/row.ts';
import type { RowsAsText } from './row-formats.ts';
import { layOut, type RowTable, SAMPLE_ROWS } from './row-table.ts';

/**
 * A table for people, printed row by row; the first rows decide the columns' widths, with
 * `terminalWidth` as in `layOut`. `endOf` makes the line below it that tells how many rows were
 * shown.
 */
export function tableText(
  columns: readonly Column[],
  terminalWidth: number | null,
  endOf: (shownRows: number) => string,
): RowsAsText {
  return async function* (rows) {
    const sample: Row[] = [];
    let table: RowTable | null = null;
    let shownRows = 0;
    for await (const row of rows) {
      shownRows += 1;
      if (table !== null) {
        yield table.line(row);
        continue;
      }
      sample.push(row);
      if (sample.length < SAMPLE_ROWS) continue;
      table = layOut(columns, sample, terminalWidth);
      yield beginning(table, sample);
    }
    if (table === null) {
      table = layOut(columns, sample, terminalWidth);
      yield beginning(table, sample);
    }
    yield `\n${endOf(shownRows)}\n${leftOut(columns, table)}`;
  };
}

function beginning({ head, line }: RowTable, sample: readonly Row[]): string {
  return head + sample.map(line).join('');
}

function leftOut(columns: readonly Column[], { shownColumns }: RowTable): string {
  if (shownColumns === columns.length) return '';
  const next = columns[shownColumns].name;
  return (
    `${shownColumns} of ${columns.length} columns fit on this terminal; ` +
    `to see the others: --columns ${next},…, or --format csv\n`
  );
}
