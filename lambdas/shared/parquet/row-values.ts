import { type ColumnData, type RowGroupData, textValues } from '../bytes/column-data.ts';
import type { Column } from '../model/column.ts';
import { assert } from '../model/errors.ts';

/**
 * A value of a row: text; an integer (cents, milliseconds, days since 1970-01-01) as a number or a
 * bigint; or null.
 */
export type StoredValue = string | number | bigint | null;

export type StoredRow = Readonly<Record<string, StoredValue>>;

/** Converts row objects to a row group. For small tables, where an object per row is affordable. */
export function rowGroupOf(columns: readonly Column[], rows: readonly StoredRow[]): RowGroupData {
  return {
    rowCount: rows.length,
    columns: Object.fromEntries(columns.map((column) => [column.name, columnOf(column, rows)])),
  };
}

function columnOf(column: Column, rows: readonly StoredRow[]): ColumnData {
  const values = rows.map((row) => row[column.name] ?? null);
  assert(column.isNullable || !values.includes(null), `column ${column.name} has no null`);
  const { kind } = column.type;
  if (kind === 'string') return textColumn(values as (string | null)[]);
  const validity = column.isNullable
    ? Uint8Array.from(values, (value) => (value === null ? 0 : 1))
    : null;
  if (kind === 'int32' || kind === 'date') {
    return { kind: 'plain', values: Int32Array.from(values, Number), validity };
  }
  return { kind: 'plain', values: BigInt64Array.from(values, toBigint), validity };
}

/** Repeated texts are stored once; the writer decides whether that pays. */
function textColumn(values: readonly (string | null)[]): ColumnData {
  const codes = new Map<string | null, number>();
  const keys = Uint32Array.from(values, (value) => {
    const known = codes.get(value);
    if (known !== undefined) return known;
    codes.set(value, codes.size);
    return codes.size - 1;
  });
  const distinct = [...codes.keys()];
  const nullCode = distinct.indexOf(null);
  const codeOfKey = distinct.map((_, code) => (code === nullCode ? -1 : code));
  return {
    kind: 'keyed',
    keys,
    keyCount: distinct.length,
    valueOf: nullCode < 0 ? null : Int32Array.from(codeOfKey),
    values: textValues(distinct.map((text) => text ?? '')),
  };
}

function toBigint(value: StoredValue): bigint {
  return value === null ? 0n : BigInt(value);
}
