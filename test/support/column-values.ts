import type { ColumnData, NamedColumns, Values } from '../../lambdas/shared/bytes/column-data.ts';

export type ColumnValue = string | number | bigint | null;

/** The values of the first rows of a column, text as text. */
export function columnValues(column: ColumnData, rowCount: number): ColumnValue[] {
  return Array.from({ length: rowCount }, (_, row) => {
    if (column.kind === 'plain') {
      return column.validity?.[row] === 0 ? null : valueAt(column.values, row);
    }
    const key = column.keys[row];
    const index = column.valueOf === null ? key : column.valueOf[key];
    return index < 0 ? null : valueAt(column.values, index);
  });
}

/** The same by column. */
export function valuesByName(
  columns: NamedColumns,
  rowCount: number,
): Record<string, ColumnValue[]> {
  const entries = Object.entries(columns);
  return Object.fromEntries(entries.map(([name, data]) => [name, columnValues(data, rowCount)]));
}

function valueAt(values: Values, index: number): string | number | bigint {
  if (!('heap' in values)) return values[index];
  const { heap, offsets } = values;
  return Buffer.from(heap.subarray(offsets[index], offsets[index + 1])).toString();
}
