import type { BytesValues, NumberValues, PlainColumn, Values } from '../bytes/column-data.ts';
import type { Column } from '../model/column.ts';
import { assert } from '../model/errors.ts';
import { type EncodeArena, PAGE_BYTES, PAGE_ROWS } from './arena.ts';
import type { ColumnChunk, RowGroupContext } from './column-chunk.ts';
import { asPhysical, gather, isBytes } from './dense-values.ts';
import { denseEncodingOf } from './encoding-choice.ts';
import { ENCODING, type Encoding, PAGE, PHYSICAL, type Physical } from './format.ts';
import { asInstants, microsOf, toMicros } from './instants.ts';
import { writeLevels } from './levels.ts';
import { writeDeltaMillis, writeDeltaNumbers } from './number-page.ts';
import { writePlainBytes, writePlainNumbers } from './plain.ts';
import { physicalOf } from './schema.ts';
import {
  type Bounds,
  type BytesRange,
  bytesBounds,
  bytesRange,
  type NumberRange,
  numberBounds,
  numberRange,
  unitedRange,
} from './statistics.ts';

/** The values of a column without its nulls: as many as `validity` has ones. */
export interface DenseColumn {
  readonly values: Values;
  readonly count: number;
  /** Null: no row is null. */
  readonly validity: Uint8Array | null;
}

/** Writes the values of one page into the arena's body, and remembers their bounds. */
interface ValueEncoder {
  readonly encoding: Encoding;
  write(from: number, to: number): void;
  bounds(): Bounds | null;
}

/** Encodes a column that has one value per row; rows marked null are left out of the values. */
export function encodePlainColumn(
  context: RowGroupContext,
  column: Column,
  data: PlainColumn,
): ColumnChunk {
  return encodeDenseColumn(context, column, withoutNulls(context.arena, data, context.rowCount));
}

/**
 * Encodes a column whose values come without gaps for nulls; `validity` says which rows they belong
 * to. Asserts that a column with nulls is nullable.
 */
export function encodeDenseColumn(
  context: RowGroupContext,
  column: Column,
  dense: DenseColumn,
): ColumnChunk {
  assert(dense.validity === null || column.isNullable, `column ${column.name} has no nulls`);
  return writePages(context, column, dense, createEncoder(context, column, dense));
}

function withoutNulls(arena: EncodeArena, data: PlainColumn, rowCount: number): DenseColumn {
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

function createEncoder(
  context: RowGroupContext,
  column: Column,
  { values, count }: DenseColumn,
): ValueEncoder {
  // A column of nulls has no values at all: PLAIN says so in no bytes.
  if (count === 0) return { encoding: ENCODING.PLAIN, write: () => {}, bounds: () => null };
  const encoding = denseEncodingOf(context.isCompact, values, count);
  if (isBytes(values)) return createTextEncoder(context, values, encoding);
  const physical = physicalOf(column.type);
  const numbers = asPhysical(context.arena, values, count, physical);
  return column.type.kind === 'timestamp'
    ? createInstantEncoder(context, asInstants(numbers), encoding)
    : createNumberEncoder(context, numbers, { physical, encoding });
}

function createTextEncoder(
  { arena }: RowGroupContext,
  values: BytesValues,
  encoding: Encoding,
): ValueEncoder {
  let range: BytesRange | null = null;
  return {
    encoding,
    write(from, to) {
      if (to > from) range = bytesRange(arena.kernel, values, from, to, range);
      if (encoding === ENCODING.PLAIN) writePlainBytes(arena.body, values, from, to);
      else if (encoding === ENCODING.DELTA_BYTE_ARRAY) {
        arena.kernel.packPrefixedTexts(arena.body, values, from, to);
      } else arena.kernel.packTexts(arena.body, values, from, to);
    },
    bounds: () => (range === null ? null : bytesBounds(values, range)),
  };
}

function createNumberEncoder(
  { arena }: RowGroupContext,
  values: NumberValues,
  { physical, encoding }: { readonly physical: Physical; readonly encoding: Encoding },
): ValueEncoder {
  let range: NumberRange | null = null;
  return {
    encoding,
    write(from, to) {
      // Page by page: the values are read from memory once, for their range, and are encoded from
      // the cache.
      const { kernel } = arena;
      const pageRange = to > from ? numberRange(kernel, values, from, to) : { min: 0, max: 0 };
      if (to > from) range = unitedRange(range, pageRange);
      if (encoding === ENCODING.PLAIN) {
        writePlainNumbers(arena.body, values, { from, to }, physical);
      } else writeDeltaNumbers(kernel, arena.body, values, { from, to }, pageRange);
    },
    bounds: () => (range === null ? null : numberBounds(range, physical)),
  };
}

function createInstantEncoder(
  { arena }: RowGroupContext,
  values: Float64Array,
  encoding: Encoding,
): ValueEncoder {
  let range: NumberRange | null = null;
  return {
    encoding,
    write(from, to) {
      const pageRange =
        to > from ? numberRange(arena.kernel, values, from, to) : { min: 0, max: 0 };
      if (to > from) range = unitedRange(range, pageRange);
      if (encoding === ENCODING.PLAIN) {
        const micros = toMicros(arena, values, { from, to });
        writePlainNumbers(arena.body, micros, { from, to }, PHYSICAL.INT64);
      } else writeDeltaMillis(arena, values, { from, to }, pageRange);
    },
    bounds: () => (range === null ? null : numberBounds(microsOf(range), PHYSICAL.INT64)),
  };
}

function writePages(
  context: RowGroupContext,
  column: Column,
  dense: DenseColumn,
  encoder: ValueEncoder,
): ColumnChunk {
  const { arena, pages, rowCount } = context;
  const { body } = arena;
  const dataPageAt = pages.at;
  let uncompressedBytes = 0;
  let dataPageCount = 0;
  let row = 0;
  let from = 0;
  while (row < rowCount) {
    const end = endOfPage(dense, { row, from, rowCount });
    const pageRows = end.row - row;
    body.at = 0;
    if (column.isNullable) {
      writeLevels(arena.kernel, body, levelsOf(arena, dense, row, end.row), pageRows);
    }
    encoder.write(from, end.from);
    uncompressedBytes += pages.writePage(PAGE.DATA, pageRows, encoder.encoding, body.written());
    dataPageCount++;
    row = end.row;
    from = end.from;
  }
  return {
    valueCount: rowCount,
    nullCount: rowCount - dense.count,
    bounds: encoder.bounds(),
    dictionaryPageAt: null,
    dataPageAt,
    endAt: pages.at,
    uncompressedBytes,
    dataEncoding: encoder.encoding,
    dataPageCount,
  };
}

/** The row and the value at which the page that starts at `row` ends. */
function endOfPage(
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

function levelsOf(
  arena: EncodeArena,
  { validity }: DenseColumn,
  from: number,
  to: number,
): Int32Array | null {
  if (validity === null) return null;
  const levels = arena.indexes;
  for (let i = from; i < to; i++) levels[i - from] = validity[i];
  return levels;
}
