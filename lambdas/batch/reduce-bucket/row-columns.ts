import {
  type ColumnData,
  type KeyedColumn,
  plain,
  type Values,
} from '../../shared/bytes/column-data.ts';
import type { Dimension } from '../../shared/dimensions/joined-dimension.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import { MAX_ID_BYTES, STATUSES } from '../../shared/model/order.ts';
import { HOURS_PER_DAY, joinedColumns, orderColumns } from '../../shared/rows/order-row-columns.ts';
import type { NumberColumn } from '../exchange/slice-layout.ts';
import type { BucketKernel } from './bucket-kernel.ts';
import type { BucketRows, BucketSlice } from './bucket-rows.ts';
import { KernelKeys } from './kernel-keys.ts';

/** Ids are copied 16 bytes at a time. */
const ID_SLACK_BYTES = 16;

/** What is summed up of rows. */
export type SummedRows = Pick<
  RowColumns,
  'rowCount' | 'timeMs' | 'totalCents' | 'product' | 'hour'
>;

/**
 * Picks rows of a bucket and holds them as the columns of a table, in the memory of the kernels.
 * It is reused from one group of rows to the next; what `orderColumns` and the others return is
 * valid until then.
 */
export class RowColumns {
  readonly capacity: number;
  rowCount = 0;
  readonly timeMs: Float64Array;
  readonly totalCents: Float64Array;
  readonly customer: KernelKeys;
  readonly product: KernelKeys;
  readonly hour: KernelKeys;
  readonly #memory: KernelMemory;
  readonly #kernel: BucketKernel;
  readonly #status: KernelKeys;
  readonly #source: KernelKeys;
  readonly #day: KernelKeys;
  readonly #quantity: Int32Array;
  readonly #priceCents: Float64Array;
  readonly #offset: Float64Array;
  readonly #idOffsets: Uint32Array;
  readonly #ids: Uint8Array;
  readonly #rowsAt: number;

  constructor(capacity: number, memory: KernelMemory, kernel: BucketKernel) {
    const doubles = () => memory.doubles(memory.allocate(capacity * 8), capacity);
    const keys = () => new KernelKeys(capacity, memory, kernel);
    this.capacity = capacity;
    this.#memory = memory;
    this.#kernel = kernel;
    this.timeMs = doubles();
    this.totalCents = doubles();
    this.customer = keys();
    this.product = keys();
    this.hour = keys();
    this.#status = keys();
    this.#source = keys();
    this.#day = keys();
    this.#quantity = memory.int32s(memory.allocate(capacity * 4), capacity);
    this.#priceCents = doubles();
    this.#offset = doubles();
    this.#idOffsets = memory.uint32s(memory.allocate((capacity + 1) * 4), capacity + 1);
    // Room for the longest ids; pages that nobody touches cost nothing.
    const idBytes = capacity * MAX_ID_BYTES + ID_SLACK_BYTES;
    this.#ids = memory.bytes(memory.allocate(idBytes), idBytes);
    this.#rowsAt = memory.allocate(capacity * 4);
  }

  /** Takes `rows`, which are in order and at most `capacity`. */
  pick(bucket: BucketRows, rows: Uint32Array): void {
    const count = rows.length;
    this.rowCount = count;
    const rowsAt = this.#placeRows(rows);
    this.#idOffsets[0] = 0;
    bucket.forEachSlice(rows, (slice, from, to) => {
      this.#pickSlice(slice, rowsAt + from * 4, from, to - from);
    });
    const { timeMs, hour } = this;
    const days = this.#day;
    const lastDay = this.#kernel.deriveHours(timeMs.byteOffset, count, days.at, hour.at);
    this.customer.densify(count, bucket.customers.size);
    this.product.densify(count, bucket.products.size);
    this.#status.densify(count, STATUSES.length);
    this.#source.densify(count, (bucket.slices.at(-1)?.sourceIndex ?? 0) + 1);
    hour.densify(count, HOURS_PER_DAY);
    days.densify(count, lastDay + 1);
  }

  /** The columns of contract §3 from order_id to total_amount. */
  orderColumns({ customers, products }: BucketRows): ColumnData[] {
    return orderColumns({
      ids: { heap: this.#ids, offsets: this.#idOffsets },
      customer: this.customer,
      customers: customers.values,
      product: this.product,
      products: products.values,
      timeMs: this.timeMs,
      quantity: this.#quantity,
      priceCents: this.#priceCents,
      status: this.#status,
      day: this.#day,
      hour: this.hour,
      totalCents: this.totalCents,
    });
  }

  /**
   * The joined columns, from customer_name to list_price. `…Row` says the dimension's row of each
   * code, or -1.
   */
  joinedColumns(
    customers: Dimension,
    customerRow: Int32Array,
    products: Dimension,
    productRow: Int32Array,
  ): KeyedColumn[] {
    return [
      ...joinedColumns(this.customer, customers, customerRow),
      ...joinedColumns(this.product, products, productRow),
    ];
  }

  /** source and source_offset. */
  positionColumns(sources: Values): ColumnData[] {
    return [this.#source.column(sources, this.#source.used), plain(this.#offset)];
  }

  #placeRows(rows: Uint32Array): number {
    if (this.#memory.holds(rows)) return rows.byteOffset;
    this.#memory.uint32s(this.#rowsAt, rows.length).set(rows);
    return this.#rowsAt;
  }

  /** The rows at `rowsAt`, all of one slice, become those from `from` on. */
  #pickSlice(slice: BucketSlice, rowsAt: number, from: number, count: number): void {
    const kernel = this.#kernel;
    const { baseRow, customerOfAt, productOfAt } = slice;
    const { header, columns } = slice.views;
    const numbers = (column: NumberColumn, base: number, into: Float64Array) =>
      kernel.pickNumbers(
        ...placeOf(column, baseRow),
        base,
        rowsAt,
        count,
        into.byteOffset + from * 8,
      );
    numbers(columns.time, header.baseTimeMs, this.timeMs);
    numbers(columns.price, 0, this.#priceCents);
    numbers(columns.offset, header.baseOffset, this.#offset);
    const codes = (column: NumberColumn, codeOfAt: number, into: KernelKeys) =>
      kernel.pickCodes(...placeOf(column, baseRow), codeOfAt, rowsAt, count, into.at + from * 4);
    codes(columns.customerCode, customerOfAt, this.customer);
    codes(columns.productCode, productOfAt, this.product);
    kernel.pickAmounts(
      ...placeOf(columns.quantityStatus, baseRow),
      rowsAt,
      count,
      this.#priceCents.byteOffset + from * 8,
      this.#quantity.byteOffset + from * 4,
      this.#status.at + from * 4,
      this.totalCents.byteOffset + from * 8,
    );
    this.#source.keys.fill(slice.sourceIndex, from, from + count);
    const [, idEnds] = placeOf(columns.idEnd, baseRow);
    const offsetsAt = this.#idOffsets.byteOffset + from * 4;
    const { byteOffset } = columns.ids;
    kernel.pickIds(byteOffset, idEnds, baseRow, rowsAt, count, offsetsAt, this.#ids.byteOffset);
  }
}

/** How many bytes a number takes, and where row 0 of the bucket would stand. */
function placeOf(column: NumberColumn, baseRow: number): [width: number, at: number] {
  const width = column.BYTES_PER_ELEMENT;
  return [width, column.byteOffset - baseRow * width];
}
