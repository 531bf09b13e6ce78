import type { ColumnData, Values } from '../bytes/column-data.ts';
import { assert } from '../model/errors.ts';
import type { Column } from '../model/tables.ts';
import { isBytes, valueCountOf } from './dense-values.ts';

/** Arrays that are too short would be read as zeros: such a bug must not become a table. */
export function assertFits(column: Column, data: ColumnData, rowCount: number): void {
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

function assertType({ name, type }: Column, values: Values): void {
  assert(isBytes(values) === (type.kind === 'string'), `column ${name} holds values of its type`);
}
