import { copyBytes, viewOf } from '../../shared/ingest/bytes.ts';
import { type FieldVisitor, splitRecord } from '../../shared/ingest/csv-record.ts';
import type { CsvLayout } from '../../shared/ingest/csv-scanner.ts';
import { type IssueBits, RECORD_ISSUES } from '../../shared/model/issue.ts';
import {
  type ColumnData,
  plain,
  type RowGroupData,
  type Values,
} from '../../shared/parquet/column-data.ts';
import { QUARANTINE_GROUP_ROWS, QuarantineRows } from '../../shared/transform/quarantine-rows.ts';

export interface RecordPosition {
  readonly sourceIndex: number;
  readonly offset: number;
}

/** Collects quarantined records of CSV files as rows of the table `quarantine` (contract §3). */
export class QuarantineColumns {
  readonly #rows = new QuarantineRows();
  readonly #sourceKeys = new Uint32Array(QUARANTINE_GROUP_ROWS);
  readonly #offsets = new Float64Array(QUARANTINE_GROUP_ROWS);
  /** A record, and room to unquote its values. */
  #scratch = new Uint8Array(64 * 1024);
  #scratchView = viewOf(this.#scratch);
  #layout: CsvLayout = [];
  /** One closure for all records. */
  readonly #addField: FieldVisitor = (column, start, end) => {
    const field = this.#layout[column];
    if (field >= 0) this.#rows.setField(field, this.#scratchView, start, end);
  };

  get isFull(): boolean {
    return this.#rows.isFull;
  }

  get rowCount(): number {
    return this.#rows.rowCount;
  }

  /** `raw` holds the record at `[start, end)`. */
  add(
    raw: Uint8Array,
    start: number,
    end: number,
    issues: IssueBits,
    layout: CsvLayout,
    position: RecordPosition,
  ): void {
    this.#sourceKeys[this.#rows.rowCount] = position.sourceIndex;
    this.#offsets[this.#rows.rowCount] = position.offset;
    if ((issues & RECORD_ISSUES) !== 0) {
      this.#rows.addWithoutValues(raw.subarray(start, end), issues);
    } else {
      const record = viewOf(raw);
      this.#rows.addWithValues(record, start, end, issues);
      this.#addFields(record, start, end, layout);
    }
  }

  /** Hands over the rows so far. Valid until the next `add`. */
  take(sources: Values): RowGroupData {
    const { rowCount } = this.#rows;
    const columns = [
      ...this.#rows.take(),
      this.#sourceColumn(sources, rowCount),
      plain(this.#offsets),
    ];
    return { rowCount, columns };
  }

  /** The seven values as read: unquoted, not trimmed. */
  #addFields(record: DataView, start: number, end: number, layout: CsvLayout): void {
    const length = end - start;
    if (this.#scratch.length < length * 2) {
      this.#scratch = new Uint8Array(length * 2);
      this.#scratchView = viewOf(this.#scratch);
    }
    copyBytes(record, start, end, this.#scratchView, 0);
    this.#layout = layout;
    splitRecord(this.#scratch, 0, length, length, this.#addField);
  }

  #sourceColumn(values: Values, rowCount: number): ColumnData {
    const used = [...new Set(this.#sourceKeys.subarray(0, rowCount))];
    const keys = this.#sourceKeys.map((source, row) => (row < rowCount ? used.indexOf(source) : 0));
    return { kind: 'keyed', keys, keyCount: used.length, valueOf: Int32Array.from(used), values };
  }
}
