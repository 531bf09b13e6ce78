import { JOINED_COLUMNS } from '../../shared/model/dimension.ts';
import { REPORT_COLUMNS } from '../../shared/model/report-columns.ts';
import { rowGroupOf, type StoredRow, type StoredValue } from '../../shared/parquet/row-values.ts';
import { type ParquetOptions, ParquetWriter } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { CLASS_NAMES, type DifferenceRow } from '../model/difference.ts';
import { codedOf, RECORD_OUTCOMES, SIDES } from '../model/record-batch.ts';
import { refusalOf } from '../work/work-place.ts';

/**
 * `reports/reconcile/<runId>-<epoch>.parquet`: every difference of contract §5. A row is a record
 * behind the difference of an order id, or a cell of a revenue table; what belongs to the other
 * kind is null. Sorted by class (in the order of the contract), order id, side and position; then
 * the cells of the class by table and key.
 */

/** Fixed, so that the same differences give the same bytes whatever the memory was. */
const ROW_GROUP_ROWS = 16_384;

/** Writes the report row by row; `close` makes it visible and replaces an older one. */
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

  /** Adds a row; rows must come in the report's order. */
  async add(row: DifferenceRow): Promise<void> {
    this.#rows.push(storedRow(row));
    if (this.#rows.length >= ROW_GROUP_ROWS) await this.#writeGroup();
  }

  /**
   * Makes the report visible. The same pair of publications gives the same bytes, so replacing a
   * report changes nothing.
   */
  async close(): Promise<void> {
    if (this.#rows.length > 0) await this.#writeGroup();
    const writer = this.#open();
    await writer.write(this.#parquet.finish());
    await writer.commit();
  }

  /** Discards the report; an older one stays. */
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

/** A report that is optional: the store's first refusal ends it and becomes its problem. */
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
    ...codedOf((name) => record[name]),
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
