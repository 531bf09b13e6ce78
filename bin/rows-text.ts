import { type Door, type TableName, tableOf } from '../lambdas/shared/model/tables.ts';
import type { Row } from './table-rows.ts';
import { textTable } from './text-table.ts';

const NULL_TEXT = '∅';
const MAX_VALUE_CHARACTERS = 60;

/**
 * Rows as a table for people: numbers to the right, null as ∅, long text cut. All columns, or those
 * that are named.
 */
export function rowsText(
  door: Door,
  table: TableName,
  rows: readonly Row[],
  names?: readonly string[],
): string {
  const all = tableOf(door, table).columns;
  const columns = names === undefined ? all : all.filter(({ name }) => names.includes(name));
  const isNumber = (kind: string) => kind === 'int32' || kind === 'int64' || kind === 'decimal';
  return textTable(
    columns.map(({ name, type }) => ({ title: name, isNumber: isNumber(type.kind) })),
    rows.map((row) => columns.map(({ name }) => cellText(row[name]))),
  );
}

function cellText(value: Row[string] | undefined): string {
  if (value === null || value === undefined) return NULL_TEXT;
  const characters = [...String(value)];
  if (characters.length <= MAX_VALUE_CHARACTERS) return characters.join('');
  return `${characters.slice(0, MAX_VALUE_CHARACTERS - 1).join('')}…`;
}
