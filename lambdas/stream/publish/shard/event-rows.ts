import { ByteHeap } from '../../../shared/bytes/byte-heap.ts';
import { copyBytes } from '../../../shared/bytes/bytes.ts';
import { type ColumnData, plain, textValues } from '../../../shared/bytes/column-data.ts';
import type { Dimension } from '../../../shared/dimensions/joined-dimension.ts';
import { DenseKeys } from '../../../shared/rows/dense-keys.ts';
import {
  densifyDerived,
  deriveDayAndHour,
  joinedColumns,
  orderColumns,
} from '../../../shared/rows/order-row-columns.ts';
import type { RecordChunk } from './record-chunk.ts';

/** Where each code of a chunk's customers and products stands in its dimension; -1: nowhere. */
export interface JoinedRows {
  readonly customers: Dimension;
  readonly customerRow: Int32Array;
  readonly products: Dimension;
  readonly productRow: Int32Array;
}

/**
 * Picks rows of a chunk and holds them as the columns of a table. Its memory is reused from one
 * file to the next; what `orderColumns` and the others return is valid until then.
 */
export class EventRows {
  rowCount = 0;
  readonly timeMs: Float64Array;
  readonly totalCents: Float64Array;
  readonly product: DenseKeys;
  readonly hour: DenseKeys;
  readonly #customer: DenseKeys;
  readonly #status: DenseKeys;
  readonly #day: DenseKeys;
  readonly #quantity: Int32Array;
  readonly #priceCents: Float64Array;
  readonly #watermarkMs: Float64Array;
  readonly #idOffsets: Uint32Array;
  readonly #ids = new ByteHeap();
  readonly #position: PositionColumns;

  constructor(capacity: number) {
    this.timeMs = new Float64Array(capacity);
    this.totalCents = new Float64Array(capacity);
    this.product = new DenseKeys(capacity);
    this.hour = new DenseKeys(capacity);
    this.#customer = new DenseKeys(capacity);
    this.#status = new DenseKeys(capacity);
    this.#day = new DenseKeys(capacity);
    this.#quantity = new Int32Array(capacity);
    this.#priceCents = new Float64Array(capacity);
    this.#watermarkMs = new Float64Array(capacity);
    this.#idOffsets = new Uint32Array(capacity + 1);
    this.#position = new PositionColumns(capacity);
  }

  /** Takes valid rows, at most `capacity`. */
  pick(chunk: RecordChunk, rows: Uint32Array): void {
    this.rowCount = rows.length;
    this.#pickNumbers(chunk, rows);
    this.#pickCodes(chunk, rows);
    this.#pickIds(chunk, rows);
    this.#position.pick(chunk, rows);
    deriveDayAndHour(this.timeMs, rows.length, this.#day.keys, this.hour.keys);
    densifyDerived({ status: this.#status, day: this.#day, hour: this.hour }, rows.length);
  }

  /** The columns of contract §3 from order_id to total_amount. */
  orderColumns({ columns }: RecordChunk): ColumnData[] {
    return orderColumns({
      ids: { heap: this.#ids.bytes, offsets: this.#idOffsets },
      customer: this.#customer,
      customers: columns.customers.values,
      product: this.product,
      products: columns.products.values,
      timeMs: this.timeMs,
      quantity: this.#quantity,
      priceCents: this.#priceCents,
      status: this.#status,
      day: this.#day,
      hour: this.hour,
      totalCents: this.totalCents,
    });
  }

  /** From customer_name to list_price. */
  joinedColumns({ customers, customerRow, products, productRow }: JoinedRows): ColumnData[] {
    return [
      ...joinedColumns(this.#customer, customers, customerRow),
      ...joinedColumns(this.product, products, productRow),
    ];
  }

  watermarkColumn(): ColumnData {
    return plain(this.#watermarkMs);
  }

  /** source and sequence_number. */
  positionColumns(): ColumnData[] {
    return this.#position.columns();
  }

  #pickNumbers({ columns, watermarkMs }: RecordChunk, rows: Uint32Array): void {
    const { timeMs, quantity, priceCents } = columns;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      this.timeMs[i] = timeMs[row];
      this.#quantity[i] = quantity[row];
      this.#priceCents[i] = priceCents[row];
      this.totalCents[i] = quantity[row] * priceCents[row];
      this.#watermarkMs[i] = watermarkMs[row];
    }
  }

  #pickCodes({ columns }: RecordChunk, rows: Uint32Array): void {
    const { customerCode, productCode, status } = columns;
    const customerKeys = this.#customer.keys;
    const productKeys = this.product.keys;
    const statusKeys = this.#status.keys;
    for (let i = 0; i < rows.length; i++) {
      customerKeys[i] = customerCode[rows[i]];
      productKeys[i] = productCode[rows[i]];
      statusKeys[i] = status[rows[i]];
    }
    this.#customer.densify(rows.length, columns.customers.size);
    this.product.densify(rows.length, columns.products.size);
  }

  #pickIds({ columns: { ids, idEnd } }: RecordChunk, rows: Uint32Array): void {
    pickTexts({ heap: ids, ends: idEnd }, rows, this.#ids, this.#idOffsets);
  }
}

/** source and sequence_number of rows of any table. */
export class PositionColumns {
  readonly #source: DenseKeys;
  readonly #sequenceOffsets: Uint32Array;
  readonly #sequences = new ByteHeap();
  #sources = textValues([]);

  constructor(capacity: number) {
    this.#source = new DenseKeys(capacity);
    this.#sequenceOffsets = new Uint32Array(capacity + 1);
  }

  pick(chunk: RecordChunk, rows: Uint32Array): void {
    for (let i = 0; i < rows.length; i++) this.#source.keys[i] = chunk.source[rows[i]];
    this.#source.densify(rows.length, chunk.sources.length);
    this.#sources = textValues(chunk.sources);
    const texts = { heap: chunk.sequences, ends: chunk.sequenceEnd };
    pickTexts(texts, rows, this.#sequences, this.#sequenceOffsets);
  }

  /** Valid until the next `pick`. */
  columns(): ColumnData[] {
    return [
      this.#source.column(this.#sources, this.#source.used),
      plain({ heap: this.#sequences.bytes, offsets: this.#sequenceOffsets }),
    ];
  }
}

/** Copies the texts of `rows` one behind the other: text i starts at `offsets[i]`. */
function pickTexts(
  { heap, ends }: { heap: ByteHeap; ends: Uint32Array },
  rows: Uint32Array,
  into: ByteHeap,
  offsets: Uint32Array,
): void {
  let size = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    size += ends[row] - (row === 0 ? 0 : ends[row - 1]);
    offsets[i + 1] = size;
  }
  into.size = 0;
  into.reserve(size);
  const { view } = into;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    copyBytes(heap.view, row === 0 ? 0 : ends[row - 1], ends[row], view, offsets[i]);
  }
  into.size = size;
}
