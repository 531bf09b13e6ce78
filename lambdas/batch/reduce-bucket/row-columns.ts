import { copyBytes, viewOf } from '../../shared/ingest/bytes.ts';
import {
  type ColumnData,
  type KeyedColumn,
  plain,
  type Values,
} from '../../shared/parquet/column-data.ts';
import { DenseKeys } from '../../shared/transform/dense-keys.ts';
import type { Dimension } from '../../shared/transform/dimension.ts';
import {
  densifyDerived,
  deriveDayAndHour,
  joinedColumns,
  orderColumns,
} from '../../shared/transform/order-row-columns.ts';
import type { NumberColumn } from '../exchange/slice-layout.ts';
import type { BucketRows, BucketSlice } from './bucket-rows.ts';

/**
 * Picks rows of a bucket and holds them as the columns of a table. Its memory is reused from one
 * group of rows to the next; what `orderColumns` and the others return is valid until then.
 */
export class RowColumns {
  readonly capacity: number;
  rowCount = 0;
  readonly timeMs: Float64Array;
  readonly totalCents: Float64Array;
  readonly product: DenseKeys;
  readonly hour: DenseKeys;
  readonly #customer: DenseKeys;
  readonly #status: DenseKeys;
  readonly #source: DenseKeys;
  readonly #day: DenseKeys;
  readonly #quantity: Int32Array;
  readonly #priceCents: Float64Array;
  readonly #offset: Float64Array;
  readonly #idOffsets: Uint32Array;
  #ids = new Uint8Array(1 << 16);

  constructor(capacity: number) {
    this.capacity = capacity;
    this.timeMs = new Float64Array(capacity);
    this.totalCents = new Float64Array(capacity);
    this.product = new DenseKeys(capacity);
    this.hour = new DenseKeys(capacity);
    this.#customer = new DenseKeys(capacity);
    this.#status = new DenseKeys(capacity);
    this.#source = new DenseKeys(capacity);
    this.#day = new DenseKeys(capacity);
    this.#quantity = new Int32Array(capacity);
    this.#priceCents = new Float64Array(capacity);
    this.#offset = new Float64Array(capacity);
    this.#idOffsets = new Uint32Array(capacity + 1);
  }

  /** Takes `rows`, which are in order and at most `capacity`. */
  pick(bucket: BucketRows, rows: Uint32Array): void {
    this.rowCount = rows.length;
    bucket.forEachSlice(rows, (slice, from, to) => {
      this.#pickNumbers(slice, rows, from, to);
      this.#pickCodes(slice, rows, from, to);
      this.#pickIds(slice, rows, from, to);
    });
    deriveDayAndHour(this.timeMs, rows.length, this.#day.keys, this.hour.keys);
    this.#customer.densify(rows.length, bucket.customers.size);
    this.product.densify(rows.length, bucket.products.size);
    this.#source.densify(rows.length, (bucket.slices.at(-1)?.sourceIndex ?? 0) + 1);
    densifyDerived({ status: this.#status, day: this.#day, hour: this.hour }, rows.length);
  }

  /** The columns of contract §3 from order_id to total_amount. */
  orderColumns({ customers, products }: BucketRows): ColumnData[] {
    return orderColumns({
      ids: { heap: this.#ids, offsets: this.#idOffsets },
      customer: this.#customer,
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
      ...joinedColumns(this.#customer, customers, customerRow),
      ...joinedColumns(this.product, products, productRow),
    ];
  }

  /** source and source_offset. */
  positionColumns(sources: Values): ColumnData[] {
    return [this.#source.column(sources, this.#source.used), plain(this.#offset)];
  }

  #pickNumbers(slice: BucketSlice, rows: Uint32Array, from: number, to: number): void {
    const { columns, header, baseRow } = slice;
    pickNumbers(columns.time, header.baseTimeMs, rows, baseRow, from, to, this.timeMs);
    pickNumbers(columns.price, 0, rows, baseRow, from, to, this.#priceCents);
    pickNumbers(columns.offset, header.baseOffset, rows, baseRow, from, to, this.#offset);
    const { quantityStatus } = columns;
    const status = this.#status.keys;
    for (let i = from; i < to; i++) {
      const packed = quantityStatus[rows[i] - baseRow];
      const quantity = packed >>> 2;
      status[i] = packed & 3;
      this.#quantity[i] = quantity;
      this.totalCents[i] = quantity * this.#priceCents[i];
    }
  }

  #pickCodes(slice: BucketSlice, rows: Uint32Array, from: number, to: number): void {
    const { columns, baseRow } = slice;
    pickCodes(columns.customerCode, slice.customerOf, rows, baseRow, from, to, this.#customer.keys);
    pickCodes(columns.productCode, slice.productOf, rows, baseRow, from, to, this.product.keys);
    this.#source.keys.fill(slice.sourceIndex, from, to);
  }

  #pickIds({ ids, idEnd, baseRow }: BucketSlice, rows: Uint32Array, from: number, to: number) {
    const offsets = this.#idOffsets;
    let size = offsets[from];
    for (let i = from; i < to; i++) {
      const row = rows[i] - baseRow;
      size += idEnd[row] - (row === 0 ? 0 : idEnd[row - 1]);
      offsets[i + 1] = size;
    }
    if (size > this.#ids.length) {
      const larger = new Uint8Array(size * 2);
      larger.set(this.#ids.subarray(0, offsets[from]));
      this.#ids = larger;
    }
    const target = viewOf(this.#ids);
    for (let i = from; i < to; i++) {
      const row = rows[i] - baseRow;
      copyBytes(ids, row === 0 ? 0 : idEnd[row - 1], idEnd[row], target, offsets[i]);
    }
  }
}

function pickNumbers(
  source: NumberColumn,
  base: number,
  rows: Uint32Array,
  baseRow: number,
  from: number,
  to: number,
  target: Float64Array,
): void {
  for (let i = from; i < to; i++) target[i] = source[rows[i] - baseRow] + base;
}

function pickCodes(
  source: NumberColumn,
  codeOf: Uint32Array,
  rows: Uint32Array,
  baseRow: number,
  from: number,
  to: number,
  target: Uint32Array,
): void {
  for (let i = from; i < to; i++) target[i] = codeOf[source[rows[i] - baseRow]];
}
