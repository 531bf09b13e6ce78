import { copyBytes, viewOf } from '../../shared/bytes/bytes.ts';
import {
  type ColumnData,
  plain,
  type RowGroupData,
  type Values,
} from '../../shared/bytes/column-data.ts';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import { type FieldVisitor, splitRecord } from '../../shared/ingest/csv-record.ts';
import { EventValues } from '../../shared/ingest/event-values.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import { RECORD_ISSUES } from '../../shared/model/issue.ts';
import { FIELD_COUNT, MAX_RAW_BYTES, MAX_RECORD_BYTES } from '../../shared/model/order.ts';
import {
  QUARANTINE_GROUP_BYTES,
  QUARANTINE_GROUP_ROWS,
} from '../../shared/rows/quarantine-rows.ts';
import { characterBoundary, decodedRaw, IssueColumn } from '../../shared/rows/quarantine-texts.ts';
import type { SliceColumns } from '../exchange/slice-layout.ts';
import type { BucketKernel } from './bucket-kernel.ts';
import { TextBuilder } from './text-builder.ts';

/** What the kernel reads of a column of the file that is none of the seven. */
const NOBODYS_COLUMN = 255;

/** Collects quarantined records as rows of the table `quarantine` (contract §3). */
export class QuarantineColumns {
  #rowCount = 0;
  readonly #kernel: BucketKernel;
  readonly #raw: TextBuilder;
  readonly #fields: readonly TextBuilder[];
  /** By column of the file, for the kernel. */
  readonly #fileColumns: Uint8Array;
  readonly #eventValues = new EventValues();
  readonly #issues = new IssueColumn(QUARANTINE_GROUP_ROWS);
  readonly #sourceKeys = new Uint32Array(QUARANTINE_GROUP_ROWS);
  readonly #offsets = new Float64Array(QUARANTINE_GROUP_ROWS);
  /** A record, and room to unquote its values. */
  #scratch = new Uint8Array(64 * 1024);
  #scratchView = viewOf(this.#scratch);
  #row = 0;
  #layout: CsvLayout | null = null;
  #fieldOf: readonly number[] = [];
  #delimiter = 0;
  /** One closure for all records. */
  readonly #addField: FieldVisitor = (column, start, end) => {
    const field = this.#fieldOf[column];
    if (field >= 0) this.#fields[field].set(this.#row, this.#scratchView, start, end);
  };

  constructor(memory: KernelMemory, kernel: BucketKernel) {
    this.#kernel = kernel;
    const text = () =>
      new TextBuilder(memory, QUARANTINE_GROUP_ROWS, QUARANTINE_GROUP_BYTES + MAX_RECORD_BYTES);
    this.#raw = text();
    this.#fields = Array.from({ length: FIELD_COUNT }, text);
    const texts = [this.#raw, ...this.#fields];
    const places = memory.uint32s(memory.allocate(texts.length * 8), texts.length * 2);
    places.set(texts.flatMap(({ heapAt, offsetsAt }) => [heapAt, offsetsAt]));
    // A header has at most as many columns as bytes, and one more.
    const columnsAt = memory.allocate(MAX_RECORD_BYTES + 1);
    this.#fileColumns = memory.bytes(columnsAt, MAX_RECORD_BYTES + 1);
    kernel.placeTexts(places.byteOffset, columnsAt, RECORD_ISSUES, MAX_RAW_BYTES);
  }

  get isFull(): boolean {
    const row = this.#rowCount;
    return row === QUARANTINE_GROUP_ROWS || this.#raw.sizeBytesAt(row) >= QUARANTINE_GROUP_BYTES;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /**
   * Adds quarantined records of a slice, the first of them `from`, in the layout of its file (null:
   * they are events): some, at least one unless this is full. Returns the one to go on with.
   */
  add(columns: SliceColumns, from: number, layout: CsvLayout | null, sourceIndex: number): number {
    const first = this.#rowCount;
    if (first === 0) for (const text of [this.#raw, ...this.#fields]) text.clear();
    const count = layout === null ? 0 : this.#splitPlain(columns, from, layout);
    const isOdd = count === 0 && !this.isFull;
    if (isOdd) this.#addOdd(columns, from, layout === null);
    const added = isOdd ? 1 : count;
    const { quarantinedIssues, quarantinedOffset } = columns;
    for (let i = 0; i < added; i++) {
      this.#issues.set(first + i, quarantinedIssues[from + i]);
      this.#offsets[first + i] = quarantinedOffset[from + i];
    }
    this.#sourceKeys.fill(sourceIndex, first, first + added);
    this.#rowCount += added;
    return from + added;
  }

  /** Rows of CSV records that the kernel takes; returns how many. */
  #splitPlain(columns: SliceColumns, from: number, layout: CsvLayout): number {
    if (layout !== this.#layout) this.#setLayout(layout);
    const { raw, rawEnd, quarantinedIssues } = columns;
    return this.#kernel.splitRecords(
      raw.byteOffset,
      rawEnd.byteOffset,
      quarantinedIssues.byteOffset,
      from,
      rawEnd.length,
      this.#rowCount,
      QUARANTINE_GROUP_ROWS,
      QUARANTINE_GROUP_BYTES,
    );
  }

  #setLayout(layout: CsvLayout): void {
    this.#layout = layout;
    this.#fieldOf = layout.fields;
    this.#delimiter = layout.delimiter;
    layout.fields.forEach((field, column) => {
      this.#fileColumns[column] = field < 0 ? NOBODYS_COLUMN : 1 + field;
    });
    this.#kernel.setColumns(layout.fields.length, layout.delimiter);
  }

  /** A record that the kernel does not take, as the next row. */
  #addOdd({ raw, rawEnd, quarantinedIssues }: SliceColumns, index: number, isEvent: boolean): void {
    const row = this.#rowCount;
    const start = index === 0 ? 0 : rawEnd[index - 1];
    const end = rawEnd[index];
    if ((quarantinedIssues[index] & RECORD_ISSUES) !== 0) {
      const text = viewOf(decodedRaw(raw.subarray(start, end)));
      this.#raw.set(row, text, 0, text.byteLength);
      for (const field of this.#fields) field.setNull(row);
    } else if (isEvent) {
      this.#addEvent(row, raw.subarray(start, end));
    } else {
      this.#addFields(row, raw, start, end);
      this.#raw.set(
        row,
        this.#scratchView,
        0,
        characterBoundary(this.#scratchView, 0, end - start),
      );
    }
  }

  #addEvent(row: number, event: Uint8Array): void {
    const record = viewOf(event);
    this.#raw.set(row, record, 0, characterBoundary(record, 0, event.length));
    const { starts, ends, view } = this.#eventValues.split(event);
    this.#fields.forEach((text, field) => {
      const start = starts[field][0];
      if (start < 0) text.setNull(row);
      else text.set(row, view, start, ends[field][0]);
    });
  }

  /** Hands over the rows so far. Valid until the next `add`. */
  take(sources: Values): RowGroupData {
    const rowCount = this.#rowCount;
    const columns: ColumnData[] = [
      this.#issues.take(),
      this.#raw.column(),
      ...this.#fields.map((field) => field.column()),
      this.#sourceColumn(sources, rowCount),
      plain(this.#offsets),
    ];
    this.#rowCount = 0;
    return { rowCount, columns };
  }

  /** The seven values as read: unquoted, not trimmed. The record stays in the scratch memory. */
  #addFields(row: number, raw: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#scratch.length < length * 2) {
      this.#scratch = new Uint8Array(length * 2);
      this.#scratchView = viewOf(this.#scratch);
    }
    copyBytes(viewOf(raw), start, end, this.#scratchView, 0);
    this.#row = row;
    splitRecord(this.#scratch, 0, length, length, this.#delimiter, this.#addField);
  }

  #sourceColumn(values: Values, rowCount: number): ColumnData {
    const used = [...new Set(this.#sourceKeys.subarray(0, rowCount))];
    const keys = this.#sourceKeys.map((source, row) => (row < rowCount ? used.indexOf(source) : 0));
    return { kind: 'keyed', keys, keyCount: used.length, valueOf: Int32Array.from(used), values };
  }
}
