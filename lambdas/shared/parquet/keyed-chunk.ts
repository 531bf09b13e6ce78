import type { KeyedColumn } from '../bytes/column-data.ts';
import type { Column } from '../model/column.ts';
import { assert } from '../model/errors.ts';
import { type EncodeArena, PAGE_ROWS, UNSEEN } from './arena.ts';
import type { ColumnChunk, IndexPages, RowGroupContext } from './column-chunk.ts';
import { asPhysical, gather, isBytes, valueCountOf } from './dense-values.ts';
import { isWorthDictionary } from './encoding-choice.ts';
import { ENCODING, PAGE } from './format.ts';
import { asInstants, microsOf, toMicros } from './instants.ts';
import { writeLevels } from './levels.ts';
import { writePlainBytes, writePlainNumbers } from './plain.ts';
import { encodeDenseColumn } from './plain-chunk.ts';
import { writeRleRun } from './rle-hybrid.ts';
import { physicalOf } from './schema.ts';
import { type Bounds, bytesBounds, bytesRange, numberBounds, numberRange } from './statistics.ts';

const NULL_LOCAL = -1;

/**
 * The dictionary of a chunk: its entries are called locals, numbered in the order of their first
 * row.
 */
interface Locals {
  /** Local of each used key, `NULL_LOCAL` for keys without a value. */
  readonly localOfUsed: Int32Array;
  /** Index into the column's values, by local. */
  readonly valueOfLocal: Int32Array;
  readonly hasNulls: boolean;
}

/**
 * Encodes a column whose rows repeat few values as a dictionary with indexes if that is smaller,
 * otherwise row by row like a column without keys.
 */
export function encodeKeyedColumn(
  context: RowGroupContext,
  column: Column,
  data: KeyedColumn,
): ColumnChunk {
  const used = usedKeysOf(context, data);
  assert(
    used.every((key) => key < data.keyCount),
    `keys are below ${data.keyCount}`,
  );
  const locals = localsOf(context, data, used);
  assert(column.isNullable || !locals.hasNulls, `column ${column.name} has no nulls`);
  const isWorth = isWorthDictionary(locals.valueOfLocal, data.values, context.rowCount);
  if (!context.isCompact || !isWorth) return encodeRowByRow(context, column, data);
  const dictionaryPageAt = context.pages.at;
  const dictionary = writeDictionary(context, column, data, locals);
  const dataPageAt = context.pages.at;
  const indexes = writeIndexes(context, column, data, used, locals);
  return {
    valueCount: context.rowCount,
    nullCount: indexes.nullCount,
    bounds: dictionary.bounds,
    dictionaryPageAt,
    dataPageAt,
    endAt: context.pages.at,
    uncompressedBytes: dictionary.uncompressedBytes + indexes.uncompressedBytes,
    dataEncoding: ENCODING.RLE_DICTIONARY,
    dataPageCount: indexes.pageCount,
  };
}

/** The keys that occur, in the order of their first row. */
function usedKeysOf(context: RowGroupContext, data: KeyedColumn): Uint32Array {
  const known = context.usedKeys.get(data.keys);
  if (known !== undefined) return known;
  const { keys, keyCount } = data;
  const used = data.isInOrderOfUse
    ? new Uint32Array(keyCount).map((_, key) => key)
    : context.arena.kernel.listKeys(keys, context.rowCount, keyCount);
  context.usedKeys.set(keys, used);
  return used;
}

function localsOf(context: RowGroupContext, data: KeyedColumn, used: Uint32Array): Locals {
  const { valueOf: valueOfKey } = data;
  const localOfUsed = new Int32Array(used.length);
  const valueOfLocal = new Int32Array(used.length);
  if (valueOfKey === null) {
    for (let i = 0; i < used.length; i++) {
      localOfUsed[i] = i;
      valueOfLocal[i] = used[i];
    }
    return { localOfUsed, valueOfLocal, hasNulls: false };
  }
  const localOfValue = context.arena.localOfValue(valueCountOf(data.values));
  let localCount = 0;
  let hasNulls = false;
  for (let i = 0; i < used.length; i++) {
    const value = valueOfKey[used[i]];
    if (value < 0) {
      localOfUsed[i] = NULL_LOCAL;
      hasNulls = true;
      continue;
    }
    if (localOfValue[value] === UNSEEN) {
      localOfValue[value] = localCount;
      valueOfLocal[localCount++] = value;
    }
    localOfUsed[i] = localOfValue[value];
  }
  for (let i = 0; i < localCount; i++) localOfValue[valueOfLocal[i]] = UNSEEN;
  return { localOfUsed, valueOfLocal: valueOfLocal.subarray(0, localCount), hasNulls };
}

/** The column with one value per row. */
function encodeRowByRow(context: RowGroupContext, column: Column, data: KeyedColumn): ColumnChunk {
  const { arena, rowCount } = context;
  const { keys, valueOf: valueOfKey } = data;
  const indexes = arena.rows(rowCount);
  const validity = arena.validity(rowCount);
  let hasNulls = false;
  for (let i = 0; i < rowCount; i++) {
    const value = valueOfKey === null ? keys[i] : valueOfKey[keys[i]];
    indexes[i] = value;
    validity[i] = value < 0 ? 0 : 1;
    if (value < 0) hasNulls = true;
  }
  const { values, count } = gather(arena, data.values, indexes, rowCount);
  return encodeDenseColumn(context, column, {
    values,
    count,
    validity: hasNulls ? validity : null,
  });
}

function writeDictionary(
  context: RowGroupContext,
  column: Column,
  data: KeyedColumn,
  locals: Locals,
): { bounds: Bounds | null; uncompressedBytes: number } {
  const { arena, pages } = context;
  const { body } = arena;
  const { values, count } = gather(
    arena,
    data.values,
    locals.valueOfLocal,
    locals.valueOfLocal.length,
  );
  body.at = 0;
  let bounds: Bounds | null;
  if (isBytes(values)) {
    bounds = bytesBounds(values, bytesRange(arena.kernel, values, 0, count, null));
    writePlainBytes(body, values, 0, count);
  } else {
    const physical = physicalOf(column.type);
    const all = { from: 0, to: count };
    const numbers = asPhysical(arena, values, count, physical);
    const range = numberRange(arena.kernel, numbers, 0, count);
    const isInstant = column.type.kind === 'timestamp';
    bounds = numberBounds(isInstant ? microsOf(range) : range, physical);
    const stored = isInstant ? toMicros(arena, asInstants(numbers), all) : numbers;
    writePlainNumbers(body, stored, all, physical);
  }
  const uncompressedBytes = pages.writePage(PAGE.DICTIONARY, count, ENCODING.PLAIN, body.written());
  return { bounds, uncompressedBytes };
}

/** The data pages; those of an earlier column where they would be the same. */
function writeIndexes(
  context: RowGroupContext,
  column: Column,
  data: KeyedColumn,
  used: Uint32Array,
  locals: Locals,
): IndexPages {
  const { pages } = context;
  const same = context.indexPages.find(
    (other) =>
      other.keys === data.keys &&
      other.isNullable === column.isNullable &&
      areEqual(other.localOfUsed, locals.localOfUsed),
  );
  if (same !== undefined) {
    pages.repeat(same.startAt, same.endAt);
    return same;
  }
  const localOfKey = context.arena.localOfKey(data.keyCount);
  for (let i = 0; i < used.length; i++) localOfKey[used[i]] = locals.localOfUsed[i];
  const table = localOfKey.subarray(0, data.keyCount);
  const startAt = pages.at;
  const { rowCount } = context;
  let uncompressedBytes = 0;
  let nullCount = 0;
  let pageCount = 0;
  for (let row = 0; row < rowCount; row += PAGE_ROWS) {
    const to = Math.min(row + PAGE_ROWS, rowCount);
    const page = { from: row, to };
    nullCount += writeIndexBody(context, column, data.keys, page, table, locals);
    const body = context.arena.body.written();
    uncompressedBytes += pages.writePage(PAGE.DATA, to - row, ENCODING.RLE_DICTIONARY, body);
    pageCount++;
  }
  for (let i = 0; i < used.length; i++) localOfKey[used[i]] = UNSEEN;
  const written = {
    keys: data.keys,
    isNullable: column.isNullable,
    localOfUsed: locals.localOfUsed,
    startAt,
    endAt: pages.at,
    uncompressedBytes,
    pageCount,
    nullCount,
  };
  context.indexPages.push(written);
  return written;
}

/** Levels and indexes of the rows of one page, into the arena's body. Returns how many are null. */
function writeIndexBody(
  { arena }: RowGroupContext,
  column: Column,
  keys: Uint32Array,
  page: { from: number; to: number },
  localOfKey: Int32Array,
  locals: Locals,
): number {
  const { body, kernel } = arena;
  body.at = 0;
  // One value needs no bits; readers differ in whether they take a width of 0.
  const width = Math.max(1, 32 - Math.clz32(locals.valueOfLocal.length - 1));
  if (locals.hasNulls) return writeNullableBody(arena, keys, page, localOfKey, width);
  const count = page.to - page.from;
  if (column.isNullable) writeLevels(kernel, body, null, count);
  body.writeByte(width);
  if (locals.valueOfLocal.length === 1) writeRleRun(body, { value: 0, count, width });
  else kernel.packKeys(body, keys, page, localOfKey, width);
  return 0;
}

function writeNullableBody(
  { body, kernel, indexes }: EncodeArena,
  keys: Uint32Array,
  { from, to }: { from: number; to: number },
  localOfKey: Int32Array,
  width: number,
): number {
  for (let row = from; row < to; row++) indexes[row - from] = localOfKey[keys[row]] < 0 ? 0 : 1;
  writeLevels(kernel, body, indexes, to - from);
  body.writeByte(width);
  let count = 0;
  for (let row = from; row < to; row++) {
    const local = localOfKey[keys[row]];
    indexes[count] = local;
    if (local >= 0) count++;
  }
  kernel.packIndexes(body, indexes, count, width);
  return to - from - count;
}

function areEqual(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
