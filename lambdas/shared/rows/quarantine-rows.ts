import { copyBytes, viewOf } from '../bytes/bytes.ts';
import type { NamedColumns } from '../bytes/column-data.ts';
import type { CsvLayout } from '../ingest/csv-layout.ts';
import type { FieldVisitor } from '../ingest/csv-record.ts';
import { type RecordForm, splitDialect } from '../ingest/dialect/dialect-record.ts';
import { isKernelDialect } from '../ingest/dialect/dialect-rules.ts';
import { EventValues } from '../ingest/event-values.ts';
import type { EventPaths } from '../ingest/mapping/mapped-events.ts';
import type { KernelMemory } from '../kernels/kernel-memory.ts';
import { DEFAULT_DIALECT, type Dialect } from '../model/config-dialect.ts';
import { type IssueBits, RECORD_ISSUES } from '../model/issue.ts';
import { FIELD_COUNT, MAX_RAW_BYTES, MAX_RECORD_BYTES, ORDER_FIELDS } from '../model/order.ts';
import { characterBoundary, decodedRaw, IssueColumn } from './quarantine-texts.ts';
import type { RowsKernel } from './rows-kernel.ts';
import { TextColumn } from './text-column.ts';

/** A row group is handed over when it has this many rows, or a column this many bytes. */
export const QUARANTINE_GROUP_ROWS = 65_536;
const GROUP_BYTES = 8 * 1024 * 1024;

/** What the kernel reads of a column of the file that is none of the order's fields. */
const NO_FIELD = 255;

/** Quarantined records, in the memory of the kernels. */
export interface QuarantinedRecords {
  /** Record i ends here in `raw`, and starts where the one before ends. */
  readonly rawEnd: Uint32Array;
  readonly raw: Uint8Array;
  readonly quarantinedIssues: Uint32Array;
}

/**
 * Quarantined records on their way into a row group of the table `quarantine`, up to their values
 * (contract §3); each door adds where they were read. Reused from one row group to the next.
 */
export class QuarantineRows {
  #rowCount = 0;
  readonly #kernel: RowsKernel;
  readonly #raw: TextColumn;
  readonly #fields: readonly TextColumn[];
  readonly #texts: readonly TextColumn[];
  /** By column of the file, for the kernel. */
  readonly #fileColumns: Uint8Array;
  readonly #eventValues = new EventValues();
  readonly #issues = new IssueColumn(QUARANTINE_GROUP_ROWS);
  /** A record, and room to unquote its values. */
  #scratch = new Uint8Array(64 * 1024);
  #scratchView = viewOf(this.#scratch);
  #layout: CsvLayout | null = null;
  #dialect: Dialect = DEFAULT_DIALECT;
  #fieldOf: readonly number[] = [];
  /** The kernel splits such records. */
  #isPlain = true;
  /** Of the record that is split, as bits: a constant has no column, a short record lacks some. */
  #seenFields = 0;
  /** One closure for all records. */
  readonly #addField: FieldVisitor = (column, start, end) => {
    const field = this.#fieldOf[column];
    if (!isField(field)) return;
    this.#seenFields |= 1 << field;
    this.#fields[field].set(this.#rowCount, this.#scratchView, start, end);
  };

  constructor(memory: KernelMemory, kernel: RowsKernel) {
    this.#kernel = kernel;
    const text = () =>
      new TextColumn(memory, QUARANTINE_GROUP_ROWS, GROUP_BYTES + MAX_RECORD_BYTES);
    this.#raw = text();
    this.#fields = Array.from({ length: FIELD_COUNT }, text);
    this.#texts = [this.#raw, ...this.#fields];
    const places = memory.uint32s(memory.allocate(this.#texts.length * 8), this.#texts.length * 2);
    places.set(this.#texts.flatMap(({ heapAt, offsetsAt }) => [heapAt, offsetsAt]));
    // A header has at most as many columns as bytes, and one more.
    const columnsAt = memory.allocate(MAX_RECORD_BYTES + 1);
    this.#fileColumns = memory.bytes(columnsAt, MAX_RECORD_BYTES + 1);
    kernel.placeTexts(places.byteOffset, columnsAt, RECORD_ISSUES, MAX_RAW_BYTES);
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get isFull(): boolean {
    return this.#rowCount === QUARANTINE_GROUP_ROWS || this.#largestBytes() >= GROUP_BYTES;
  }

  /**
   * Adds records from `from` on in the layout of their file, at least one unless this is full.
   * Returns how many.
   */
  addCsv(records: QuarantinedRecords, from: number, form: RecordForm): number {
    if (form.layout !== this.#layout || form.dialect !== this.#dialect) this.#setForm(form);
    const first = this.#rowCount;
    if (first === 0) this.#clearTexts();
    const count = this.#isPlain ? this.#splitPlain(records, from) : 0;
    for (let i = 0; i < count; i++) {
      this.#issues.set(first + i, records.quarantinedIssues[from + i]);
    }
    this.#rowCount += count;
    if (count > 0 || this.isFull) return count;
    const record = recordAt(records, from);
    const issues = records.quarantinedIssues[from];
    if ((issues & RECORD_ISSUES) !== 0) this.#addWithoutValues(record);
    else this.#addFields(record, form);
    this.#issues.set(this.#rowCount++, issues);
    return 1;
  }

  /** Adds the event at an index. There must be room: `isFull` is false. */
  addEventOf(records: QuarantinedRecords, index: number, paths: EventPaths | null = null): void {
    this.addEvent(recordAt(records, index), records.quarantinedIssues[index], paths);
  }

  /** Adds an event. There must be room: `isFull` is false. */
  addEvent(event: Uint8Array, issues: IssueBits, paths: EventPaths | null = null): void {
    if (this.#rowCount === 0) this.#clearTexts();
    if ((issues & RECORD_ISSUES) !== 0) this.#addWithoutValues(event);
    else this.#addMembers(event, paths);
    this.#issues.set(this.#rowCount++, issues);
  }

  /**
   * The columns from issues to status of the rows so far, which end here. Valid until the next row.
   */
  take(): NamedColumns {
    this.#rowCount = 0;
    const fields = this.#fields.map((field, index) => [ORDER_FIELDS[index], field.column()]);
    return {
      issues: this.#issues.take(),
      raw: this.#raw.column(),
      ...Object.fromEntries(fields),
    };
  }

  #clearTexts(): void {
    for (const text of this.#texts) text.clear();
  }

  #largestBytes(): number {
    return Math.max(...this.#texts.map((text) => text.sizeBytesAt(this.#rowCount)));
  }

  /** Rows of records that the kernel takes; returns how many. */
  #splitPlain({ raw, rawEnd, quarantinedIssues }: QuarantinedRecords, from: number): number {
    // A record adds at most its own bytes to any column, so that this keeps the largest in bounds.
    const freeBytes = Math.max(0, GROUP_BYTES - this.#largestBytes());
    return this.#kernel.splitRecords(
      raw.byteOffset,
      rawEnd.byteOffset,
      quarantinedIssues.byteOffset,
      from,
      rawEnd.length,
      this.#rowCount,
      QUARANTINE_GROUP_ROWS,
      this.#raw.sizeBytesAt(this.#rowCount) + freeBytes,
    );
  }

  #setForm({ layout, dialect }: RecordForm): void {
    this.#layout = layout;
    this.#dialect = dialect;
    this.#isPlain =
      isKernelDialect(dialect) && this.#fields.every((_, field) => layout.fields.includes(field));
    this.#fieldOf = layout.fields;
    layout.fields.forEach((field, column) => {
      this.#fileColumns[column] = isField(field) ? 1 + field : NO_FIELD;
    });
    this.#kernel.setColumns(layout.fields.length, layout.delimiter);
  }

  /** A record with one of the `RECORD_ISSUES`: its bytes may be any, and it has no values. */
  #addWithoutValues(record: Uint8Array): void {
    const text = viewOf(decodedRaw(record));
    this.#raw.set(this.#rowCount, text, 0, text.byteLength);
    for (const field of this.#fields) field.setNull(this.#rowCount);
  }

  #addMembers(event: Uint8Array, paths: EventPaths | null): void {
    const row = this.#rowCount;
    const record = viewOf(event);
    this.#raw.set(row, record, 0, characterBoundary(record, 0, event.length));
    const { starts, ends, view } = this.#eventValues.split(event, paths);
    this.#fields.forEach((text, field) => {
      const start = starts[field][0];
      if (start < 0) text.setNull(row);
      else text.set(row, view, start, ends[field][0]);
    });
  }

  /** The values of a CSV record as read: unquoted, not trimmed. */
  #addFields(record: Uint8Array, { layout, dialect }: RecordForm): void {
    const { length } = record;
    if (this.#scratch.length < length * 2) {
      this.#scratch = new Uint8Array(length * 2);
      this.#scratchView = viewOf(this.#scratch);
    }
    copyBytes(viewOf(record), 0, length, this.#scratchView, 0);
    this.#seenFields = 0;
    splitDialect(this.#scratch, 0, length, length, layout, dialect, this.#addField);
    this.#fields.forEach((field, index) => {
      if ((this.#seenFields & (1 << index)) === 0) field.setNull(this.#rowCount);
    });
    const kept = characterBoundary(this.#scratchView, 0, length);
    this.#raw.set(this.#rowCount, this.#scratchView, 0, kept);
  }
}

/** Further columns of a mapping are no values of an order. */
function isField(field: number): boolean {
  return field >= 0 && field < FIELD_COUNT;
}

function recordAt({ raw, rawEnd }: QuarantinedRecords, index: number): Uint8Array {
  return raw.subarray(index === 0 ? 0 : rawEnd[index - 1], rawEnd[index]);
}
