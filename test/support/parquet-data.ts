import type {
  BytesValues,
  ColumnData,
  NumberValues,
  Values,
} from '../../lambdas/shared/bytes/column-data.ts';
import type { Column, ColumnType } from '../../lambdas/shared/model/column.ts';
import { type ParquetOptions, ParquetWriter } from '../../lambdas/shared/parquet/writer.ts';

/**
 * One value as a test writes it: numbers as the integers that are stored (cents, days,
 * milliseconds).
 */
export type Stored = string | number | bigint | null;

/** A column with its values, as a test writes it. */
export interface TestColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly isNullable: boolean;
  readonly values: readonly Stored[];
  /** Held as keys into the values that occur. */
  readonly isKeyed?: boolean;
}

export const COMPACT: ParquetOptions = { codec: 'zstd', encoding: 'compact', zstdLevel: 1 };

export function columnsOf(columns: readonly Omit<TestColumn, 'values'>[]): Column[] {
  return columns.map(({ name, type, isNullable }, index) => ({
    name,
    type,
    isNullable,
    fieldId: index + 1,
    description: name,
  }));
}

export function bytesValues(texts: readonly string[]): BytesValues {
  const parts = texts.map((text) => new TextEncoder().encode(text));
  const offsets = new Uint32Array(texts.length + 1);
  parts.forEach((part, index) => {
    offsets[index + 1] = offsets[index] + part.length;
  });
  return { heap: Buffer.concat(parts), offsets };
}

function numberValues(type: ColumnType, values: readonly Stored[]): NumberValues {
  const numbers = values.map((value) => value ?? 0) as (number | bigint)[];
  if (type.kind === 'int32' || type.kind === 'date') return Int32Array.from(numbers, Number);
  const needsBigInt = numbers.some((value) => !Number.isSafeInteger(Number(value)));
  return needsBigInt
    ? BigInt64Array.from(numbers, (value) => BigInt(value))
    : Float64Array.from(numbers, Number);
}

function valuesOf(type: ColumnType, values: readonly Stored[]): Values {
  return type.kind === 'string'
    ? bytesValues(values.map((value) => (value ?? 'not read') as string))
    : numberValues(type, values);
}

export function plainColumn(type: ColumnType, values: readonly Stored[]): ColumnData {
  const hasNulls = values.includes(null);
  return {
    kind: 'plain',
    values: valuesOf(type, values),
    validity: hasNulls ? Uint8Array.from(values, (value) => (value === null ? 0 : 1)) : null,
  };
}

/** Keys are numbered from behind, so that they are not in the order of first use. */
export function keyedColumn(type: ColumnType, values: readonly Stored[]): ColumnData {
  const distinct = [...new Set(values)].reverse();
  const present = distinct.filter((value) => value !== null);
  return {
    kind: 'keyed',
    keys: Uint32Array.from(values, (value) => distinct.indexOf(value)),
    keyCount: distinct.length,
    valueOf: Int32Array.from(distinct, (value) => present.indexOf(value as string)),
    values: valuesOf(type, present),
  };
}

/** A whole file; `groupRows` rows to a row group. */
export function parquetFile(
  columns: readonly TestColumn[],
  options: ParquetOptions = COMPACT,
  groupRows = 1_048_576,
): Uint8Array {
  const writer = new ParquetWriter(columnsOf(columns), options);
  const rowCount = columns[0].values.length;
  const parts: Uint8Array[] = [];
  for (let from = 0; from < rowCount; from += groupRows) {
    const to = Math.min(from + groupRows, rowCount);
    const group = columns.map(({ name, type, values, isKeyed }) => [
      name,
      (isKeyed ? keyedColumn : plainColumn)(type, values.slice(from, to)),
    ]);
    const rows = { rowCount: to - from, columns: Object.fromEntries(group) };
    parts.push(Buffer.from(writer.writeRowGroup(rows)));
  }
  parts.push(writer.finish());
  return Buffer.concat(parts);
}

/** A stored value as every reader's answer is compared: as text. */
export function textOf(type: ColumnType, value: Stored): string | null {
  if (value === null) return null;
  switch (type.kind) {
    case 'date':
      return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
    case 'timestamp':
      return new Date(Number(value)).toISOString();
    case 'decimal': {
      const sign = BigInt(value) < 0n ? '-' : '';
      const digits = String(value)
        .replace('-', '')
        .padStart(type.scale + 1, '0');
      return `${sign}${digits.slice(0, -type.scale)}.${digits.slice(-type.scale)}`;
    }
    default:
      return String(value);
  }
}

export function expectedRows(columns: readonly TestColumn[]): (string | null)[][] {
  return columns[0].values.map((_, row) =>
    columns.map(({ type, values }) => textOf(type, values[row])),
  );
}
