import type { Column } from '../model/tables.ts';
import { assert } from '../runtime/errors.ts';
import { type EncodeArena, PAGE_BYTES, PAGE_ROWS } from './arena.ts';
import type { ColumnChunk, RowGroupContext } from './column-chunk.ts';
import type { PlainColumn, Values } from './column-data.ts';
import { writeDeltaBigInt, writeDeltaDouble, writeDeltaInt32 } from './delta-binary-packed.ts';
import { sharesPrefixes, writeDeltaBytes, writeDeltaLengthBytes } from './delta-byte-array.ts';
import { asPhysical, gather, isBytes } from './dense-values.ts';
import { ENCODING, type Encoding, PAGE } from './format.ts';
import { writeLevels } from './levels.ts';
import { writePlainBytes, writePlainNumbers } from './plain.ts';
import { physicalOf } from './schema.ts';
import { type Bounds, bytesBounds, numberBound, numberRange } from './statistics.ts';

/** The values of a column without its nulls, and how they are to be encoded. */
interface DenseColumn {
  readonly values: Values;
  readonly count: number;
  readonly validity: Uint8Array | null;
  readonly bounds: Bounds | null;
  readonly encoding: Encoding;
  /** Largest less smallest, for numbers held as doubles. */
  readonly range: number;
}

/** Encodes a column that has one value per row. */
export function encodePlainColumn(
  context: RowGroupContext,
  column: Column,
  data: PlainColumn,
): ColumnChunk {
  const { arena, rowCount } = context;
  const { values, count, validity } = withoutNulls(arena, data, rowCount);
  return encodeDenseColumn(context, column, { values, count, validity });
}

/** Encodes a column whose values come without its nulls: as many as `validity` has ones. */
export function encodeDenseColumn(
  context: RowGroupContext,
  column: Column,
  data: { values: Values; count: number; validity: Uint8Array | null },
): ColumnChunk {
  assert(data.validity === null || column.isNullable, `column ${column.name} has no nulls`);
  return writePages(context, column, describe(context, column, data));
}

function withoutNulls(
  arena: EncodeArena,
  data: PlainColumn,
  rowCount: number,
): { values: Values; count: number; validity: Uint8Array | null } {
  const { values, validity } = data;
  if (validity === null) return { values, count: rowCount, validity };
  const rows = arena.rows(rowCount);
  let hasNulls = false;
  for (let i = 0; i < rowCount; i++) {
    const isNull = validity[i] === 0;
    rows[i] = isNull ? -1 : i;
    if (isNull) hasNulls = true;
  }
  if (!hasNulls) return { values, count: rowCount, validity: null };
  return { ...gather(arena, values, rows, rowCount), validity };
}

function describe(
  context: RowGroupContext,
  column: Column,
  data: { values: Values; count: number; validity: Uint8Array | null },
): DenseColumn {
  const { values, count, validity } = data;
  const rest = { count, validity, range: 0 };
  if (count === 0) return { ...rest, values, bounds: null, encoding: ENCODING.PLAIN };
  if (isBytes(values)) {
    const encoding = !context.isCompact
      ? ENCODING.PLAIN
      : sharesPrefixes(values, count)
        ? ENCODING.DELTA_BYTE_ARRAY
        : ENCODING.DELTA_LENGTH_BYTE_ARRAY;
    return { ...rest, values, bounds: bytesBounds(values, count), encoding };
  }
  const physical = physicalOf(column.type);
  const numbers = asPhysical(context.arena, values, count, physical);
  const { min, max } = numberRange(numbers, count);
  return {
    ...rest,
    values: numbers,
    bounds: { min: numberBound(min, physical), max: numberBound(max, physical) },
    encoding: context.isCompact ? ENCODING.DELTA_BINARY_PACKED : ENCODING.PLAIN,
    range: Number(max) - Number(min),
  };
}

function writePages(context: RowGroupContext, column: Column, dense: DenseColumn): ColumnChunk {
  const { arena, pages, rowCount } = context;
  const { body } = arena;
  const dataPageAt = pages.at;
  let uncompressedBytes = 0;
  let dataPageCount = 0;
  let row = 0;
  let from = 0;
  while (row < rowCount) {
    const page = nextPage(dense, { row, from, rowCount });
    body.at = 0;
    if (column.isNullable) {
      const levels =
        dense.validity === null ? null : levelsOf(arena, dense.validity, row, page.row);
      writeLevels(body, levels, page.row - row);
    }
    writeValues(arena, column, dense, { from, to: page.from });
    const written = body.written();
    uncompressedBytes += pages.writePage(PAGE.DATA, page.row - row, dense.encoding, written);
    dataPageCount++;
    row = page.row;
    from = page.from;
  }
  return {
    valueCount: rowCount,
    nullCount: rowCount - dense.count,
    bounds: dense.bounds,
    dictionaryPageAt: null,
    dataPageAt,
    endAt: pages.at,
    uncompressedBytes,
    dataEncoding: dense.encoding,
    dataPageCount,
  };
}

/** The row and the value at which the page that starts at `row` ends. */
function nextPage(
  dense: DenseColumn,
  start: { row: number; from: number; rowCount: number },
): { row: number; from: number } {
  let rows = Math.min(PAGE_ROWS, start.rowCount - start.row);
  for (;;) {
    const end = start.row + rows;
    const values = dense.validity === null ? rows : countOnes(dense.validity, start.row, end);
    const from = start.from + values;
    if (rows === 1 || !isBytes(dense.values)) return { row: end, from };
    const { offsets } = dense.values;
    if (offsets[from] - offsets[start.from] <= PAGE_BYTES) return { row: end, from };
    rows >>>= 1;
  }
}

function countOnes(flags: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) count += flags[i];
  return count;
}

function levelsOf(arena: EncodeArena, validity: Uint8Array, from: number, to: number): Int32Array {
  const levels = arena.indexes;
  for (let i = from; i < to; i++) levels[i - from] = validity[i];
  return levels;
}

function writeValues(
  arena: EncodeArena,
  column: Column,
  dense: DenseColumn,
  range: { from: number; to: number },
): void {
  const { body } = arena;
  const { values, encoding } = dense;
  const { from, to } = range;
  // A page of nulls among others still has the header that its encoding asks for; a column of nulls has no values at all.
  if (dense.count === 0) return;
  if (isBytes(values)) {
    if (encoding === ENCODING.PLAIN) writePlainBytes(body, values, from, to);
    else if (encoding === ENCODING.DELTA_BYTE_ARRAY) {
      writeDeltaBytes(body, arena.suffixes, values, from, to);
    } else writeDeltaLengthBytes(body, values, from, to);
  } else if (encoding === ENCODING.PLAIN) {
    writePlainNumbers(body, values, range, physicalOf(column.type));
  } else if (values instanceof Int32Array) writeDeltaInt32(body, values, from, to);
  else if (values instanceof Float64Array && dense.range <= 2 ** 52) {
    writeDeltaDouble(body, values, from, to, dense.range);
  } else writeDeltaBigInt(body, asBigInts(values, from, to), 0, to - from);
}

/** A page of doubles that are too far apart for exact differences, as bigints. */
function asBigInts(values: Float64Array | BigInt64Array, from: number, to: number): BigInt64Array {
  if (values instanceof BigInt64Array) return values.subarray(from, to);
  return BigInt64Array.from(values.subarray(from, to), (value) => BigInt(value));
}
