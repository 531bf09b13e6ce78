import { copyBytes, viewOf } from '../../shared/ingest/bytes.ts';
import { type FieldVisitor, splitRecord } from '../../shared/ingest/csv-record.ts';
import type { CsvLayout } from '../../shared/ingest/csv-scanner.ts';
import { type IssueBits, issueCodes, RECORD_ISSUES } from '../../shared/model/issue.ts';
import { FIELD_COUNT, MAX_RAW_BYTES, MAX_RECORD_BYTES } from '../../shared/model/order.ts';
import type { ColumnData, RowGroupData, Values } from '../../shared/parquet/column-data.ts';
import type { KernelMemory } from '../../shared/runtime/kernel-memory.ts';
import type { SliceColumns } from '../exchange/slice-layout.ts';
import type { BucketKernel } from './kernel/bucket-kernel.ts';
import { plain, textValues } from './row-columns.ts';
import { TextBuilder } from './text-builder.ts';

/** A row group is handed over when it has this many rows or bytes. */
const MAX_ROWS = 65_536;
const MAX_HEAP_BYTES = 8 * 1024 * 1024;

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
  readonly #issueKeys = new Uint32Array(MAX_ROWS);
  readonly #keyOfIssues = new Map<IssueBits, number>();
  readonly #sourceKeys = new Uint32Array(MAX_ROWS);
  readonly #offsets = new Float64Array(MAX_ROWS);
  /** A record, and room to unquote its values. */
  #scratch = new Uint8Array(64 * 1024);
  #scratchView = viewOf(this.#scratch);
  #lastIssues: IssueBits = 0;
  #lastIssueKey = 0;
  #row = 0;
  #layout: CsvLayout = [];
  /** One closure for all records. */
  readonly #addField: FieldVisitor = (column, start, end) => {
    const field = this.#layout[column];
    if (field >= 0) this.#fields[field].set(this.#row, this.#scratchView, start, end);
  };

  constructor(memory: KernelMemory, kernel: BucketKernel) {
    this.#kernel = kernel;
    const text = () => new TextBuilder(memory, MAX_ROWS, MAX_HEAP_BYTES + MAX_RECORD_BYTES);
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
    return row === MAX_ROWS || this.#raw.sizeBytesAt(row) >= MAX_HEAP_BYTES;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /**
   * Adds quarantined records of a slice, the first of them `from`, in the layout of its file: some,
   * at least one unless this is full. Returns the one to go on with.
   */
  add(columns: SliceColumns, from: number, layout: CsvLayout, sourceIndex: number): number {
    if (layout !== this.#layout) this.#setLayout(layout);
    const first = this.#rowCount;
    if (first === 0) for (const text of [this.#raw, ...this.#fields]) text.clear();
    const { raw, rawEnd, quarantinedIssues, quarantinedOffset } = columns;
    const count = this.#kernel.splitRecords(
      raw.byteOffset,
      rawEnd.byteOffset,
      quarantinedIssues.byteOffset,
      from,
      rawEnd.length,
      first,
      MAX_ROWS,
      MAX_HEAP_BYTES,
    );
    const isOdd = count === 0 && !this.isFull;
    if (isOdd) this.#addOdd(columns, from);
    const added = isOdd ? 1 : count;
    for (let i = 0; i < added; i++) {
      const issues = quarantinedIssues[from + i];
      if (issues !== this.#lastIssues) this.#rememberIssues(issues);
      this.#issueKeys[first + i] = this.#lastIssueKey;
      this.#offsets[first + i] = quarantinedOffset[from + i];
    }
    this.#sourceKeys.fill(sourceIndex, first, first + added);
    this.#rowCount += added;
    return from + added;
  }

  #setLayout(layout: CsvLayout): void {
    this.#layout = layout;
    layout.forEach((field, column) => {
      this.#fileColumns[column] = field < 0 ? NOBODYS_COLUMN : 1 + field;
    });
    this.#kernel.setColumns(layout.length);
  }

  /** A record that the kernel does not take, as the next row. */
  #addOdd({ raw, rawEnd, quarantinedIssues }: SliceColumns, index: number): void {
    const row = this.#rowCount;
    const start = index === 0 ? 0 : rawEnd[index - 1];
    const end = rawEnd[index];
    if ((quarantinedIssues[index] & RECORD_ISSUES) !== 0) {
      const text = viewOf(decodedRaw(raw.subarray(start, end)));
      this.#raw.set(row, text, 0, text.byteLength);
      for (const field of this.#fields) field.setNull(row);
    } else {
      this.#addFields(row, raw, start, end);
      this.#raw.set(row, this.#scratchView, 0, characterBoundary(this.#scratch, end - start));
    }
  }

  /** Hands over the rows so far. Valid until the next `add`. */
  take(sources: Values): RowGroupData {
    const rowCount = this.#rowCount;
    const issueTexts = [...this.#keyOfIssues.keys()].map((bits) => issueCodes(bits).join(','));
    const columns: ColumnData[] = [
      {
        kind: 'keyed',
        keys: this.#issueKeys,
        keyCount: issueTexts.length,
        valueOf: null,
        values: textValues(issueTexts),
      },
      this.#raw.column(),
      ...this.#fields.map((field) => field.column()),
      this.#sourceColumn(sources, rowCount),
      plain(this.#offsets),
    ];
    this.#rowCount = 0;
    this.#keyOfIssues.clear();
    this.#lastIssues = 0;
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
    splitRecord(this.#scratch, 0, length, length, this.#addField);
  }

  #rememberIssues(issues: IssueBits): void {
    const key = this.#keyOfIssues.get(issues) ?? this.#keyOfIssues.size;
    this.#keyOfIssues.set(issues, key);
    this.#lastIssues = issues;
    this.#lastIssueKey = key;
  }

  #sourceColumn(values: Values, rowCount: number): ColumnData {
    const used = [...new Set(this.#sourceKeys.subarray(0, rowCount))];
    const keys = this.#sourceKeys.map((source, row) => (row < rowCount ? used.indexOf(source) : 0));
    return { kind: 'keyed', keys, keyCount: used.length, valueOf: Int32Array.from(used), values };
  }
}

/** The first 64 KiB of a record that is UTF-8, without a character cut at the end. */
function characterBoundary(record: Uint8Array, length: number): number {
  if (length <= MAX_RAW_BYTES) return length;
  let end = MAX_RAW_BYTES;
  while ((record[end] & 0xc0) === 0x80) end--;
  return end;
}

/**
 * The first 64 KiB as the WHATWG decoder reads them, a character cut at the end left out; no byte
 * order mark is dropped.
 */
function decodedRaw(record: Uint8Array): Uint8Array {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const isCut = record.length > MAX_RAW_BYTES;
  const text = decoder.decode(record.subarray(0, MAX_RAW_BYTES), { stream: isCut });
  return new TextEncoder().encode(text);
}
