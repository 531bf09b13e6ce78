import { ByteDictionary } from '../../lambdas/shared/bytes/byte-dictionary.ts';
import type { KernelArena } from '../../lambdas/shared/kernels/kernel-arena.ts';
import { CODED_FIELDS, CUSTOMER } from '../../lambdas/shared/model/order.ts';
import type { NumberColumn, RowBlock, RowSource } from '../../lambdas/shared/rows/row-source.ts';
import { placed } from './bytes-of.ts';

/** Sources of rows made from plain values. */

export interface SourceRow {
  readonly id: string;
  readonly customer: string;
  readonly product: string;
  readonly timeMs: number;
  readonly quantity: number;
  readonly priceCents: number;
  /** What the total has beyond quantity × price; none if it is not there. */
  readonly remainderCents?: number;
  /** Index in `STATUSES`. */
  readonly status: number;
  /** False: the row has issues, or is late; its time decides nothing. */
  readonly mayCount?: boolean;
}

export const A_ROW: SourceRow = {
  id: 'o1',
  customer: 'c1',
  product: 'p1',
  timeMs: 0,
  quantity: 1,
  priceCents: 100,
  status: 0,
};

/** Kernels copy ids 16 bytes at a time. */
const ID_SLACK_BYTES = 16;

/** Rows in one block, numbers as wide as they get, codes those of the source: as the stream's. */
export function oneBlockSource(rows: readonly SourceRow[], arena: KernelArena): RowSource {
  const dictionaries = emptyDictionaries();
  const codes = codesOf(rows, dictionaries).map((column) => inKernel(column, Uint32Array, arena));
  const block = blockOf(rows, arena, {
    ...{ baseRow: 0, baseTimeMs: 0, codes, codeOfAt: CODED_FIELDS.map(() => 0) },
    numbers: (values) => inKernel(values, Float64Array, arena),
    integers: (values) => inKernel(values, Int32Array, arena),
  });
  return sourceOf([block], dictionaries);
}

/**
 * Rows in blocks, numbers as narrow as each block allows, times less the earliest of the block, and
 * codes of the block's own: as batch's. Blocks may be empty.
 */
export function blocksSource(
  blocks: readonly (readonly SourceRow[])[],
  arena: KernelArena,
): RowSource {
  const dictionaries = emptyDictionaries();
  let baseRow = 0;
  const placedBlocks = blocks.map((rows) => {
    const own = emptyDictionaries();
    const codes = codesOf(rows, own).map((column) => narrow(column, arena));
    const codeOfAt = own.map((values, k) => {
      const known = Array.from({ length: values.size }, (_, code) => {
        const [start, end] = [values.offsets[code], values.offsets[code + 1]];
        return dictionaries[k].codeOf(values.view, start, end);
      });
      return inKernel(known, Uint32Array, arena).byteOffset;
    });
    const times = rows.filter(mayCount).map(({ timeMs }) => timeMs);
    const block = blockOf(rows, arena, {
      ...{ baseRow, baseTimeMs: times.length === 0 ? 0 : Math.min(...times), codes, codeOfAt },
      numbers: (values) => narrow(values, arena),
      integers: (values) => narrow(values, arena),
    });
    baseRow += rows.length;
    return block;
  });
  return sourceOf(placedBlocks, dictionaries);
}

function mayCount(row: SourceRow): boolean {
  return row.mayCount !== false;
}

function emptyDictionaries(): ByteDictionary[] {
  return CODED_FIELDS.map(() => new ByteDictionary());
}

function codesOf(rows: readonly SourceRow[], dictionaries: readonly ByteDictionary[]): number[][] {
  return dictionaries.map((dictionary, k) =>
    rows.map(({ customer, product }) => {
      const { view, start, end } = placed(k === CUSTOMER ? customer : product);
      return dictionary.codeOf(view, start, end);
    }),
  );
}

type NumberArray<T extends NumberColumn> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
};

function inKernel<T extends NumberColumn>(
  values: readonly number[],
  type: NumberArray<T>,
  arena: KernelArena,
): T {
  const at = arena.take(values.length * type.BYTES_PER_ELEMENT);
  const { buffer } = arena.memory.bytes(at, 0);
  const column = new type(buffer, at, values.length);
  column.set(values);
  return column;
}

/** As wide as the largest value needs; doubles for what is no whole number from 0 to 2^32 - 1. */
function narrow(values: readonly number[], arena: KernelArena): NumberColumn {
  const isWhole = values.every((value) => Number.isInteger(value) && value >= 0);
  const max = isWhole ? Math.max(0, ...values) : Number.POSITIVE_INFINITY;
  const type = [Uint8Array, Uint16Array, Uint32Array].find(
    ({ BYTES_PER_ELEMENT: width }) => max < 256 ** width,
  );
  return inKernel<NumberColumn>(values, type ?? Float64Array, arena);
}

type Place = Pick<RowBlock, 'baseRow' | 'baseTimeMs' | 'codeOfAt'> & {
  readonly codes: readonly NumberColumn[];
  readonly numbers: (values: readonly number[]) => NumberColumn;
  readonly integers: (values: readonly number[]) => NumberColumn;
};

/** Behind the ids stand other bytes, as those of the next block do. */
function blockOf(rows: readonly SourceRow[], arena: KernelArena, place: Place): RowBlock {
  const { baseRow, baseTimeMs, codeOfAt, codes, numbers, integers } = place;
  const ids = Buffer.from(rows.map(({ id }) => id).join(''));
  const idsAt = arena.take(ids.length + ID_SLACK_BYTES);
  arena.memory
    .bytes(idsAt, ids.length + ID_SLACK_BYTES)
    .fill(0x7e)
    .set(ids);
  let end = 0;
  const idEnds = rows.map(({ id }) => {
    end += Buffer.byteLength(id);
    return end;
  });
  const times = rows.filter(mayCount).map(({ timeMs }) => timeMs);
  return {
    ...{ baseRow, rowCount: rows.length, baseTimeMs, codeOfAt },
    earliestMs: Math.min(Number.POSITIVE_INFINITY, ...times),
    latestMs: Math.max(Number.NEGATIVE_INFINITY, ...times),
    columns: {
      idEnd: inKernel(idEnds, Uint32Array, arena),
      ids: arena.memory.bytes(idsAt, ids.length),
      time: numbers(rows.map(({ timeMs }) => timeMs - baseTimeMs)),
      price: numbers(rows.map(({ priceCents }) => priceCents)),
      remainder: remaindersOf(rows, arena),
      quantity: integers(rows.map(({ quantity }) => quantity)),
      status: inKernel(
        rows.map(({ status }) => status),
        Uint8Array,
        arena,
      ),
      codes,
    },
  };
}

/** Null where none has any. */
function remaindersOf(rows: readonly SourceRow[], arena: KernelArena): Int32Array | null {
  const remainders = rows.map(({ remainderCents = 0 }) => remainderCents);
  return remainders.every((cents) => cents === 0) ? null : inKernel(remainders, Int32Array, arena);
}

function sourceOf(blocks: readonly RowBlock[], dictionaries: readonly ByteDictionary[]): RowSource {
  const rowCount = blocks.reduce((sum, block) => sum + block.rowCount, 0);
  return {
    rowCount,
    blocks,
    dictionaries,
    forEachBlock(rows, visit) {
      for (const block of blocks) {
        const from = rows.filter((row) => row < block.baseRow).length;
        const to = rows.filter((row) => row < block.baseRow + block.rowCount).length;
        if (to > from) visit(block, from, to);
      }
    },
  };
}
