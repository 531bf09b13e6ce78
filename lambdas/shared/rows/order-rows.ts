import {
  type BytesValues,
  type ColumnData,
  type NamedColumns,
  plain,
  textValues,
} from '../bytes/column-data.ts';
import type { Dimension } from '../dimensions/joined-dimension.ts';
import type { KernelMemory } from '../kernels/kernel-memory.ts';
import {
  CODED_FIELDS,
  CUSTOMER,
  MAX_ID_BYTES,
  ORDER_FIELDS,
  PRODUCT,
  STATUSES,
} from '../model/order.ts';
import { HOURS_PER_DAY } from '../model/time.ts';
import { COLUMNS_OF_DAY } from '../rules/derived.ts';
import { RowKeys } from './row-keys.ts';
import type { NumberColumn, RowBlock, RowSource } from './row-source.ts';
import type { RowsKernel } from './rows-kernel.ts';

const HOURS = Int32Array.from({ length: HOURS_PER_DAY }, (_, hour) => hour);
const STATUS_VALUES = textValues(STATUSES);

/** Kernels copy ids 16 bytes at a time. */
const ID_SLACK_BYTES = 16;

/** The dimensions, and by code of a source's customers and products their row in it, or -1. */
export interface JoinedRows {
  readonly customers: Dimension;
  readonly customerRow: Int32Array;
  readonly products: Dimension;
  readonly productRow: Int32Array;
}

/**
 * Rows of a table, picked from either door's source, with what is derived from them (contract
 * §2.2). Lives in the kernels' memory, which serves one group of rows after the other: columns are
 * valid until the next `pick`.
 */
export class OrderRows {
  readonly capacity: number;
  rowCount = 0;
  readonly timeMs: Float64Array;
  /** Quantity times price, and the remainder of an amount that was given for the whole line. */
  readonly totalCents: Float64Array;
  /** 0 to 23, UTC. */
  readonly hour: RowKeys;
  readonly #memory: KernelMemory;
  readonly #kernel: RowsKernel;
  /** By field in `CODED_FIELDS`. */
  readonly #coded: readonly RowKeys[];
  readonly #status: RowKeys;
  /** Days since 1970. */
  readonly #day: RowKeys;
  readonly #quantity: Int32Array;
  readonly #priceCents: Float64Array;
  readonly #idOffsets: Uint32Array;
  readonly #ids: Uint8Array;
  readonly #rowsAt: number;

  constructor(capacity: number, memory: KernelMemory, kernel: RowsKernel) {
    const doubles = () => memory.doubles(memory.allocate(capacity * 8), capacity);
    const keys = () => new RowKeys(capacity, memory, kernel);
    this.capacity = capacity;
    this.#memory = memory;
    this.#kernel = kernel;
    this.timeMs = doubles();
    this.totalCents = doubles();
    this.#coded = CODED_FIELDS.map(keys);
    this.hour = keys();
    this.#status = keys();
    this.#day = keys();
    this.#quantity = memory.int32s(memory.allocate(capacity * 4), capacity);
    this.#priceCents = doubles();
    this.#idOffsets = memory.uint32s(memory.allocate((capacity + 1) * 4), capacity + 1);
    // Room for the longest ids; pages that are never touched cost nothing.
    const idBytes = capacity * MAX_ID_BYTES + ID_SLACK_BYTES;
    this.#ids = memory.bytes(memory.allocate(idBytes), idBytes);
    this.#rowsAt = memory.allocate(capacity * 4);
  }

  get customer(): RowKeys {
    return this.#coded[CUSTOMER];
  }

  get product(): RowKeys {
    return this.#coded[PRODUCT];
  }

  /**
   * Takes valid rows, at most `capacity`. Returns where their numbers are in the kernels' memory.
   */
  pick(source: RowSource, rows: Uint32Array): number {
    const count = rows.length;
    this.rowCount = count;
    const rowsAt = this.#placeRows(rows);
    this.#idOffsets[0] = 0;
    source.forEachBlock(rows, (block, from, to) => {
      this.#pickBlock(block, rowsAt + from * 4, from, to - from);
    });
    this.#derive(count);
    this.#coded.forEach((keys, place) => {
      keys.densify(count, source.dictionaries[place].size);
    });
    this.#status.densify(count, STATUSES.length);
    return rowsAt;
  }

  /** The columns of contract §3 from order_id to total_amount. */
  columns({ dictionaries }: RowSource): NamedColumns {
    const ids: BytesValues = { heap: this.#ids, offsets: this.#idOffsets };
    const days = Int32Array.from(this.#day.used);
    return {
      order_id: plain(ids),
      ...columnsBy(CODED_FIELDS, (field, k) => [
        ORDER_FIELDS[field],
        this.#coded[k].column(dictionaries[k].values, this.#coded[k].used),
      ]),
      order_timestamp: plain(this.timeMs),
      quantity: plain(this.#quantity),
      price: plain(this.#priceCents),
      status: this.#status.column(STATUS_VALUES, this.#status.used),
      ...columnsBy(Object.entries(COLUMNS_OF_DAY), ([name, of]) => [
        name,
        this.#day.column(days.map(of), null),
      ]),
      hour_of_day: this.hour.column(HOURS, this.hour.used),
      total_amount: plain(this.totalCents),
    };
  }

  /** The joined columns, from customer_name to list_price; null where a key was not found. */
  joinedColumns({ customers, customerRow, products, productRow }: JoinedRows): NamedColumns {
    return {
      ...columnsOf(customers, this.customer, customerRow),
      ...columnsOf(products, this.product, productRow),
    };
  }

  #placeRows(rows: Uint32Array): number {
    if (this.#memory.holds(rows)) return rows.byteOffset;
    this.#memory.uint32s(this.#rowsAt, rows.length).set(rows);
    return this.#rowsAt;
  }

  /** The rows at `rowsAt`, all of one block, become those from `from` on. */
  #pickBlock(block: RowBlock, rowsAt: number, from: number, count: number): void {
    const kernel = this.#kernel;
    const { columns, baseRow, baseTimeMs, codeOfAt } = block;
    const doubles = (column: NumberColumn, base: number, into: Float64Array) =>
      kernel.pickNumbers(...placeOf(column, baseRow), base, rowsAt, count, at(into, from));
    doubles(columns.time, baseTimeMs, this.timeMs);
    doubles(columns.price, 0, this.#priceCents);
    const ints = (column: NumberColumn, into: Int32Array | Uint32Array) =>
      kernel.pickInts(...placeOf(column, baseRow), rowsAt, count, at(into, from));
    ints(columns.quantity, this.#quantity);
    const totals = at(this.totalCents, from);
    kernel.multiply(at(this.#quantity, from), at(this.#priceCents, from), count, totals);
    if (columns.remainder !== null) {
      const [, remainders] = placeOf(columns.remainder, baseRow);
      kernel.addPicked(remainders, rowsAt, count, totals);
    }
    ints(columns.status, this.#status.keys);
    columns.codes.forEach((codes, k) => {
      const into = at(this.#coded[k].keys, from);
      kernel.pickCodes(...placeOf(codes, baseRow), codeOfAt[k], rowsAt, count, into);
    });
    const [, idEnds] = placeOf(columns.idEnd, baseRow);
    const { byteOffset: ids } = columns.ids;
    const offsets = at(this.#idOffsets, from);
    kernel.pickIds(ids, idEnds, baseRow, rowsAt, count, offsets, this.#ids.byteOffset);
  }

  /** Day and hour of the picked rows. */
  #derive(count: number): void {
    const { timeMs, hour } = this;
    const lastDay = this.#kernel.deriveHours(timeMs.byteOffset, count, this.#day.at, hour.at);
    hour.densify(count, HOURS_PER_DAY);
    this.#day.densify(count, lastDay + 1);
  }
}

/** How many bytes a number takes, and where row 0 of the source would be. */
export function placeOf(column: NumberColumn, baseRow: number): [width: number, at: number] {
  const width = column.BYTES_PER_ELEMENT;
  return [width, column.byteOffset - baseRow * width];
}

/** Where an element of an array in the kernels' memory is. */
function at(array: Float64Array | Int32Array | Uint32Array, index: number): number {
  return array.byteOffset + index * array.BYTES_PER_ELEMENT;
}

/** The columns of a dimension; `rowOf` says the dimension's row of a code, or -1. */
function columnsOf(dimension: Dimension, keys: RowKeys, rowOf: Int32Array): NamedColumns {
  const rows = keys.used.map((code) => rowOf[code]);
  return columnsBy(dimension.columns, ({ name, values, codeOfRow }) => [
    name,
    keys.column(
      values,
      rows.map((row) => (row < 0 ? -1 : codeOfRow[row])),
    ),
  ]);
}

function columnsBy<T>(
  items: readonly T[],
  columnOf: (item: T, index: number) => [name: string, ColumnData],
): NamedColumns {
  return Object.fromEntries(items.map(columnOf));
}
