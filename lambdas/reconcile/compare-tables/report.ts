import type { Column, ColumnType } from '../../shared/model/tables.ts';
import { rowGroupOf, type StoredRow, type StoredValue } from '../../shared/parquet/row-values.ts';
import { type ParquetOptions, ParquetWriter } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { CLASS_NAMES, type DifferenceRow } from './difference.ts';
import { JOINED_COLUMNS } from './read-records.ts';
import { RECORD_OUTCOMES, SIDES } from './record-batch.ts';
import { refusalOf } from './work-place.ts';

/**
 * `reports/reconcile/<runId>-<epoch>.parquet`: every difference of contract §5. A row is a record
 * behind the difference of an order id, or a cell of a revenue table; what belongs to the other
 * kind is null. Sorted by class (in the order of the contract), order id, side and position; then
 * the cells of the class by table and key.
 */

const STRING: ColumnType = { kind: 'string' };
const INT32: ColumnType = { kind: 'int32' };
const INT64: ColumnType = { kind: 'int64' };
const DATE: ColumnType = { kind: 'date' };
const TIMESTAMP: ColumnType = { kind: 'timestamp' };
const PRICE: ColumnType = { kind: 'decimal', precision: 10, scale: 2 };
const AMOUNT: ColumnType = { kind: 'decimal', precision: 18, scale: 2 };

const DEFINITIONS: readonly (readonly [string, ColumnType, string])[] = [
  ['class', STRING, 'why it differs (contract §5)'],
  ['order_id', STRING, 'of a record; null for a cell'],
  ['side', STRING, 'batch or stream: where the record was read'],
  ['outcome', STRING, 'what became of the record there'],
  ['source', STRING, 'position: object key, or <stream>/<shardId>'],
  ['source_offset', INT64, 'position in batch'],
  ['sequence_number', STRING, 'position in the stream'],
  ['customer_id', STRING, 'null for a quarantined record, like all to status'],
  ['product_id', STRING, 'what was ordered'],
  ['order_timestamp', TIMESTAMP, 'event time'],
  ['quantity', INT32, 'pieces'],
  ['price', PRICE, 'for one piece'],
  ['status', STRING, 'completed, cancelled, pending or processing'],
  ['issues', STRING, 'of a quarantined record'],
  ['effect_cents', INT64, 'what the record adds to batch revenue − stream revenue'],
  ['customer_name', STRING, 'joined, of active records'],
  ['customer_email', STRING, 'joined'],
  ['customer_segment', STRING, 'joined'],
  ['registration_date', DATE, 'joined'],
  ['product_name', STRING, 'joined'],
  ['category', STRING, 'joined'],
  ['brand', STRING, 'joined'],
  ['list_price', PRICE, 'joined'],
  ['table', STRING, 'of a cell; manifest: the totals of the publications'],
  ['cell', STRING, 'its key'],
  ['batch_orders', INT64, 'as the batch table says; null without a row'],
  ['batch_revenue', AMOUNT, 'as the batch table says'],
  ['stream_orders', INT64, 'as the stream table says; null without a row'],
  ['stream_revenue', AMOUNT, 'as the stream table says'],
  ['explained_orders', INT64, 'the difference that the order ids explain'],
  ['explained_revenue', AMOUNT, 'the difference that the order ids explain'],
  ['differs', STRING, 'fields that differ between both sides, with both values'],
];

export const REPORT_COLUMNS: readonly Column[] = DEFINITIONS.map(
  ([name, type, description], index) => ({
    name,
    type,
    description,
    isNullable: name !== 'class',
    fieldId: index + 1,
  }),
);

/** Fixed, so that the same differences give the same bytes whatever the memory was. */
const ROW_GROUP_ROWS = 16_384;

/** Writes the report row by row; it becomes visible with `close` and replaces an older one. */
export class ReportWriter {
  readonly #lake: ObjectStore;
  readonly #key: string;
  readonly #parquet: ParquetWriter;
  #writer: ReturnType<ObjectStore['openWriter']> | null = null;
  #rows: StoredRow[] = [];

  constructor(lake: ObjectStore, key: string, options: ParquetOptions) {
    this.#lake = lake;
    this.#key = key;
    this.#parquet = new ParquetWriter(REPORT_COLUMNS, options);
  }

  async add(row: DifferenceRow): Promise<void> {
    this.#rows.push(storedRow(row));
    if (this.#rows.length >= ROW_GROUP_ROWS) await this.#writeGroup();
  }

  /** The same pair of publications gives the same bytes, so replacing a report changes nothing. */
  async close(): Promise<void> {
    if (this.#rows.length > 0) await this.#writeGroup();
    const writer = this.#open();
    await writer.write(this.#parquet.finish());
    await writer.commit();
  }

  async abort(): Promise<void> {
    await this.#writer?.abort();
  }

  async #writeGroup(): Promise<void> {
    const group = rowGroupOf(REPORT_COLUMNS, this.#rows);
    await this.#open().write(this.#parquet.writeRowGroup(group));
    this.#rows = [];
  }

  #open() {
    this.#writer ??= this.#lake.openWriter(this.#key);
    return this.#writer;
  }
}

/**
 * A report that some can do without: the first refusal of the store ends it, and is its problem.
 */
export class ReportTarget {
  readonly #writer: ReportWriter;
  readonly #mayLack: boolean;
  /** Why there is no report; null: none so far. */
  problem: string | null = null;

  constructor(writer: ReportWriter, mayLack: boolean) {
    this.#writer = writer;
    this.#mayLack = mayLack;
  }

  async add(row: DifferenceRow): Promise<void> {
    await this.#unlessRefused(() => this.#writer.add(row));
  }

  async close(): Promise<void> {
    await this.#unlessRefused(() => this.#writer.close());
  }

  async abort(): Promise<void> {
    await this.#writer.abort();
  }

  async #unlessRefused(write: () => Promise<void>): Promise<void> {
    if (this.problem !== null) return;
    try {
      await write();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null || !this.#mayLack) throw error;
      this.problem = refusal.message;
    }
  }
}

function storedRow(row: DifferenceRow): StoredRow {
  const name = CLASS_NAMES[row.classIndex];
  const { record, cell } = row;
  if (record === null) {
    return {
      class: name,
      table: cell.table,
      cell: cell.text,
      batch_orders: cell.batch?.orders ?? null,
      batch_revenue: cell.batch?.cents ?? null,
      stream_orders: cell.stream?.orders ?? null,
      stream_revenue: cell.stream?.cents ?? null,
      explained_orders: cell.explained?.orders ?? null,
      explained_revenue: cell.explained?.cents ?? null,
    };
  }
  const joined = [...(record.customer ?? []), ...(record.product ?? [])];
  return {
    class: name,
    order_id: row.orderId,
    side: SIDES[record.side],
    outcome: RECORD_OUTCOMES[record.outcome],
    source: record.source,
    source_offset: record.sourceOffset,
    sequence_number: record.sequenceNumber,
    customer_id: record.customerId,
    product_id: record.productId,
    order_timestamp: record.timeMs,
    quantity: record.quantity,
    price: record.priceCents,
    status: record.status,
    issues: record.issues,
    effect_cents: record.effectCents,
    differs: row.differs,
    ...Object.fromEntries(
      joined.map((value, i): [string, StoredValue] => [JOINED_COLUMNS[i], value]),
    ),
  };
}
