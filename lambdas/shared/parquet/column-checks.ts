import type { ColumnData, NamedColumns, Values } from '../bytes/column-data.ts';
import type { Column, ColumnType } from '../model/column.ts';
import { assert } from '../model/errors.ts';
import { isBytes, valueCountOf } from './dense-values.ts';

/**
 * The data of each column, in the order of the table. Asserts that the data has exactly the table's
 * columns, with values of their types, for `rowCount` rows.
 */
export function columnsInOrder(
  table: readonly Column[],
  data: NamedColumns,
  rowCount: number,
): ColumnData[] {
  const inOrder = table.map((column) => {
    const own = data[column.name];
    assert(own !== undefined, `column ${column.name} has data`);
    assertFits(column, own, rowCount);
    return own;
  });
  const known = new Set(table.map(({ name }) => name));
  const unknown = Object.keys(data).filter((name) => !known.has(name));
  assert(unknown.length === 0, `the table has a column ${unknown.join(', ')}`);
  return inOrder;
}

/** Arrays that are too short would be read as zeros: such a bug must not become a table. */
function assertFits(column: Column, data: ColumnData, rowCount: number): void {
  const { name } = column;
  assertType(column, data.values);
  if (data.kind === 'plain') {
    assert(valueCountOf(data.values) >= rowCount, `column ${name} has ${rowCount} values`);
    const flags = data.validity?.length ?? rowCount;
    assert(flags >= rowCount, `column ${name} says of ${rowCount} rows whether they are null`);
    return;
  }
  assert(data.keys.length >= rowCount, `column ${name} has ${rowCount} keys`);
  const known = data.valueOf?.length ?? valueCountOf(data.values);
  assert(known >= data.keyCount, `column ${name} says what its ${data.keyCount} keys stand for`);
}

/** How the values of each type are held: `bytes/column-data.ts` says why. */
const HOLDS: Readonly<Record<ColumnType['kind'], (values: Values) => boolean>> = {
  string: isBytes,
  int32: isInts,
  date: isInts,
  int64: isLongs,
  timestamp: isLongs,
  decimal: isLongs,
};

function isInts(values: Values): boolean {
  return values instanceof Int32Array;
}

function isLongs(values: Values): boolean {
  return values instanceof Float64Array || values instanceof BigInt64Array;
}

function assertType({ name, type }: Column, values: Values): void {
  assert(HOLDS[type.kind](values), `column ${name} holds values of its type`);
}
