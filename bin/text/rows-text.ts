import { type Door, type TableName, tableOf } from '../../lambdas/shared/model/tables.ts';
import type { Row } from '../lake/row.ts';
import { layOut } from './row-table.ts';
import { cutTo } from './text-width.ts';

const MAX_VALUE_WIDTH = 60;

/**
 * A few rows as a table for people with the named columns: numbers to the right, null as ∅, long
 * text cut.
 */
export function rowsText(
  door: Door,
  table: TableName,
  rows: readonly Row[],
  names: readonly string[],
): string {
  const columns = tableOf(door, table).columns.filter(({ name }) => names.includes(name));
  const short = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'string' ? cutTo(value, MAX_VALUE_WIDTH) : value,
      ]),
    ),
  );
  const { head, line } = layOut(columns, short, null);
  return head + short.map(line).join('');
}
