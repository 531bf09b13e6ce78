import { copyBytes, viewOf } from '../../shared/ingest/bytes.ts';
import { type FieldVisitor, splitRecord } from '../../shared/ingest/csv-record.ts';
import type { CsvLayout } from '../../shared/ingest/csv-scanner.ts';
import { ByteHeap } from '../../shared/ingest/order-columns.ts';
import { type IssueBits, issueCodes, RECORD_ISSUES } from '../../shared/model/issue.ts';
import { FIELD_COUNT, MAX_RAW_BYTES } from '../../shared/model/order.ts';
import {
  type ColumnData,
  plain,
  type RowGroupData,
  textValues,
  type Values,
} from '../../shared/parquet/column-data.ts';

/** A row group is handed over when it has this many rows or bytes. */
const MAX_ROWS = 65_536;
const MAX_HEAP_BYTES = 8 * 1024 * 1024;

/** One text column under construction. */
class TextBuilder {
  readonly #heap = new ByteHeap();
  readonly #offsets = new Uint32Array(MAX_ROWS + 1);
  readonly #validity = new Uint8Array(MAX_ROWS);
  #nullCount = 0;

  get sizeBytes(): number {
    return this.#heap.size;
  }

  clear(): void {
    this.#heap.size = 0;
    this.#nullCount = 0;
  }

  setNull(row: number): void {
    this.#nullCount += 1;
    this.#validity[row] = 0;
    this.#offsets[row + 1] = this.#heap.size;
  }

  set(row: number, bytes: DataView, start: number, end: number): void {
    this.#heap.reserve(end - start);
    copyBytes(bytes, start, end, this.#heap.view, this.#heap.size);
    this.#heap.size += end - start;
    this.#validity[row] = 1;
    this.#offsets[row + 1] = this.#heap.size;
  }

  column(): ColumnData {
    const values = { heap: this.#heap.bytes, offsets: this.#offsets };
    return { kind: 'plain', values, validity: this.#nullCount > 0 ? this.#validity : null };
  }
}

export interface RecordPosition {
  readonly sourceIndex: number;
  readonly offset: number;
}

/** Collects quarantined records as rows of the table `quarantine` (contract §3). */
export class QuarantineColumns {
  #rowCount = 0;
  readonly #raw = new TextBuilder();
  readonly #fields = Array.from({ length: FIELD_COUNT }, () => new TextBuilder());
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

  get isFull(): boolean {
    return this.#rowCount === MAX_ROWS || this.#raw.sizeBytes >= MAX_HEAP_BYTES;
  }

  get rowCount(): number {
    return this.#rowCount;
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
    const row = this.#rowCount++;
    if (issues !== this.#lastIssues) this.#rememberIssues(issues);
    this.#issueKeys[row] = this.#lastIssueKey;
    this.#sourceKeys[row] = position.sourceIndex;
    this.#offsets[row] = position.offset;
    if ((issues & RECORD_ISSUES) !== 0) {
      const text = viewOf(decodedRaw(raw.subarray(start, end)));
      this.#raw.set(row, text, 0, text.byteLength);
      for (const field of this.#fields) field.setNull(row);
    } else {
      this.#addFields(row, raw, start, end, layout);
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
    for (const text of [this.#raw, ...this.#fields]) text.clear();
    return { rowCount, columns };
  }

  /** The seven values as read: unquoted, not trimmed. The record stays in the scratch memory. */
  #addFields(row: number, raw: Uint8Array, start: number, end: number, layout: CsvLayout): void {
    const length = end - start;
    if (this.#scratch.length < length * 2) {
      this.#scratch = new Uint8Array(length * 2);
      this.#scratchView = viewOf(this.#scratch);
    }
    copyBytes(viewOf(raw), start, end, this.#scratchView, 0);
    this.#row = row;
    this.#layout = layout;
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
