import { copyBytes, viewOf } from '../../shared/ingest/bytes.ts';
import { STATUSES } from '../../shared/model/order.ts';
import { dayOfWeek, MS_PER_DAY, MS_PER_HOUR } from '../../shared/model/time.ts';
import {
  type ColumnData,
  type KeyedColumn,
  plain,
  textValues,
  type Values,
} from '../../shared/parquet/column-data.ts';
import { DenseKeys } from '../../shared/transform/dense-keys.ts';
import type { Dimension } from '../../shared/transform/dimension.ts';
import type { NumberColumn } from '../exchange/slice-layout.ts';
import type { BucketRows, BucketSlice } from './bucket-rows.ts';

const HOURS = Int32Array.from({ length: 24 }, (_, hour) => hour);

const STATUS_VALUES = textValues(STATUSES);

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
    this.#deriveDayAndHour();
    this.#customer.densify(rows.length, bucket.customers.size);
    this.product.densify(rows.length, bucket.products.size);
    this.#status.densify(rows.length, STATUSES.length);
    this.#source.densify(rows.length, (bucket.slices.at(-1)?.sourceIndex ?? 0) + 1);
    this.hour.densify(rows.length, HOURS.length);
    this.#day.densify(rows.length, maxKey(this.#day.keys, rows.length) + 1);
  }

  /** The columns of contract §3 from order_id to total_amount. */
  orderColumns({ customers, products }: BucketRows): ColumnData[] {
    const days = Int32Array.from(this.#day.used);
    return [
      plain({ heap: this.#ids, offsets: this.#idOffsets }),
      this.#customer.column(customers.values, this.#customer.used),
      this.product.column(products.values, this.product.used),
      plain(this.timeMs),
      plain(this.#quantity),
      plain(this.#priceCents),
      this.#status.column(STATUS_VALUES, this.#status.used),
      this.#day.column(days, null),
      this.#day.column(days.map(dayOfWeek), null),
      this.hour.column(HOURS, this.hour.used),
      plain(this.totalCents),
    ];
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
    const joined = (keys: DenseKeys, dimension: Dimension, rowOf: Int32Array) =>
      dimension.columns.map(({ values, codeOfRow }) =>
        keys.column(
          values,
          keys.used.map((code) => (rowOf[code] < 0 ? -1 : codeOfRow[rowOf[code]])),
        ),
      );
    return [
      ...joined(this.#customer, customers, customerRow),
      ...joined(this.product, products, productRow),
    ];
  }

  /** source and source_offset. */
  positionColumns(sources: Values): ColumnData[] {
    return [this.#source.column(sources, this.#source.used), plain(this.#offset)];
  }

  #deriveDayAndHour(): void {
    const { timeMs } = this;
    const days = this.#day.keys;
    const hours = this.hour.keys;
    // Records come by and large in order of time, so most are of the same hour as the one before.
    let hourStart = Number.NEGATIVE_INFINITY;
    let day = 0;
    let hour = 0;
    for (let i = 0; i < this.rowCount; i++) {
      const time = timeMs[i];
      if (time < hourStart || time >= hourStart + MS_PER_HOUR) {
        day = Math.floor(time / MS_PER_DAY);
        hour = Math.floor((time - day * MS_PER_DAY) / MS_PER_HOUR);
        hourStart = day * MS_PER_DAY + hour * MS_PER_HOUR;
      }
      days[i] = day;
      hours[i] = hour;
    }
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

function maxKey(keys: Uint32Array, count: number): number {
  let max = 0;
  for (let i = 0; i < count; i++) if (keys[i] > max) max = keys[i];
  return max;
}
