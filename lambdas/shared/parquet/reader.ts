import { parquetReadObjects, type SchemaElement } from 'hyparquet';
import { RENAMED_COLUMNS } from '../model/tables.ts';
import { formatDay } from '../model/time.ts';
import { unitsPerMilli } from './instants.ts';
import {
  bufferOf,
  compressors,
  type ParquetSource,
  parsers,
  readMetadata,
  withoutLogicalTypes,
} from './stored-values.ts';

/**
 * Exact values: decimals and 64-bit integers as text, days as `2026-01-31`, instants as ISO 8601 in
 * UTC.
 */
export type RowValue = string | number | null;

export interface ReadOptions {
  /** Rows at most; all of them without it. */
  readonly limit?: number;
  /** All columns without it. */
  readonly columns?: readonly string[];
  /** Skips columns that the file lacks; an older version may have written it. */
  readonly maySkipColumns?: boolean;
}

/** Rows that are held as objects at once, and fewer where they are long. */
const STEP_ROWS_MAX = 65_536;
const STEP_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Reads a Parquet file's rows in order, with part of a row group in memory at a time. Columns get
 * their current names, in a file of an earlier version too. Throws if it is no Parquet file or
 * lacks a column.
 */
export async function* readRows(
  file: ParquetSource,
  options: ReadOptions = {},
): AsyncGenerator<Record<string, RowValue>> {
  const { limit = Number.POSITIVE_INFINITY, columns, maySkipColumns = false } = options;
  const buffer = bufferOf(file);
  const metadata = await readMetadata(buffer);
  const physical = withoutLogicalTypes(metadata);
  const converters = convertersOf(metadata.schema.slice(1));
  const storedNames = new Map([...converters.keys()].map((name) => [nameNow(name), name]));
  const wanted = maySkipColumns ? columns?.filter((name) => storedNames.has(name)) : columns;
  const found = wanted?.map((name) => storedNames.get(name) ?? name);
  const own = [...converters.keys()];
  // Reads one column at least: without any there would be no rows.
  const names = found === undefined ? own : found.length === 0 ? own.slice(0, 1) : found;
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupRows = Number(group.num_rows);
    const groupEnd = Math.min(groupStart + groupRows, limit);
    const stepRows = stepRowsOf(groupRows, Number(group.total_byte_size));
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += stepRows) {
      const rowEnd = Math.min(rowStart + stepRows, groupEnd);
      const rows = await parquetReadObjects({
        file: buffer,
        metadata: physical,
        columns: [...names],
        rowStart,
        rowEnd,
        compressors,
        parsers,
      });
      for (const row of rows) yield convertRow(row, names, converters);
    }
    groupStart += groupRows;
    if (groupStart >= limit) return;
  }
}

function stepRowsOf(groupRows: number, groupBytes: number): number {
  const rowBytes = Math.max(1, groupBytes / Math.max(1, groupRows));
  return Math.max(1, Math.min(STEP_ROWS_MAX, Math.floor(STEP_BYTES_MAX / rowBytes)));
}

function nameNow(name: string): string {
  return RENAMED_COLUMNS.get(name) ?? name;
}

type Converter = (value: unknown) => RowValue;

function convertersOf(elements: readonly SchemaElement[]): ReadonlyMap<string, Converter> {
  return new Map(elements.map((element) => [element.name, converterOf(element)]));
}

function converterOf(element: SchemaElement): Converter {
  const units = unitsPerMilli(element);
  if (units !== null) {
    return (value) => new Date(Math.floor(Number(value) / units)).toISOString();
  }
  const kind = element.logical_type?.type ?? element.converted_type;
  switch (kind) {
    case 'DECIMAL': {
      const scale = element.scale ?? 0;
      return (value) => formatDecimal(String(value), scale);
    }
    case 'DATE':
      return (value) => formatDay(Number(value));
    default:
      return element.type === 'INT64' ? String : (value) => value as RowValue;
  }
}

/** `"-5"` with scale 2 → `"-0.05"`. */
function formatDecimal(unscaled: string, scale: number): string {
  if (scale === 0) return unscaled;
  const isNegative = unscaled.startsWith('-');
  const digits = (isNegative ? unscaled.slice(1) : unscaled).padStart(scale + 1, '0');
  return `${isNegative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function convertRow(
  row: Record<string, unknown>,
  names: readonly string[],
  converters: ReadonlyMap<string, Converter>,
): Record<string, RowValue> {
  const converted: Record<string, RowValue> = {};
  for (const name of names) {
    const value = row[name];
    const isNull = value === null || value === undefined;
    converted[nameNow(name)] = isNull ? null : toValue(name, value);
  }
  return converted;

  function toValue(name: string, value: unknown): RowValue {
    return (converters.get(name) as Converter)(value);
  }
}
