import { copyBytes, viewOf } from '../ingest/bytes.ts';
import { ByteHeap } from '../ingest/order-columns.ts';
import { type IssueBits, issueCodes } from '../model/issue.ts';
import { FIELD_COUNT, MAX_RAW_BYTES } from '../model/order.ts';
import { type ColumnData, textValues } from '../parquet/column-data.ts';

/** A row group is handed over when it has this many rows or bytes. */
export const QUARANTINE_GROUP_ROWS = 65_536;
const MAX_HEAP_BYTES = 8 * 1024 * 1024;

/** One text column under construction. */
class TextBuilder {
  readonly #heap = new ByteHeap();
  readonly #offsets = new Uint32Array(QUARANTINE_GROUP_ROWS + 1);
  readonly #validity = new Uint8Array(QUARANTINE_GROUP_ROWS);
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

/**
 * Quarantined records on their way into a row group of the table `quarantine`, up to its values
 * (contract §3); the position is the door's own.
 */
export class QuarantineRows {
  #rowCount = 0;
  readonly #raw = new TextBuilder();
  readonly #fields = Array.from({ length: FIELD_COUNT }, () => new TextBuilder());
  readonly #issueKeys = new Uint32Array(QUARANTINE_GROUP_ROWS);
  readonly #keyOfIssues = new Map<IssueBits, number>();
  #lastIssues: IssueBits = 0;
  #lastIssueKey = 0;

  get isFull(): boolean {
    return this.#rowCount === QUARANTINE_GROUP_ROWS || this.#raw.sizeBytes >= MAX_HEAP_BYTES;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /** A record with one of the `RECORD_ISSUES`: its bytes may be any, and it has no values. */
  addWithoutValues(record: Uint8Array, issues: IssueBits): void {
    const row = this.#addRow(issues);
    const text = viewOf(decodedRaw(record));
    this.#raw.set(row, text, 0, text.byteLength);
    for (const field of this.#fields) field.setNull(row);
  }

  /**
   * Any other record: UTF-8 at `[start, end)`. `setField` or `setNull` is then called for each of
   * the seven fields.
   */
  addWithValues(record: DataView, start: number, end: number, issues: IssueBits): void {
    const row = this.#addRow(issues);
    this.#raw.set(row, record, start, characterBoundary(record, start, end));
  }

  /** The value of the last row, as read. */
  setField(field: number, view: DataView, start: number, end: number): void {
    this.#fields[field].set(this.#rowCount - 1, view, start, end);
  }

  setNull(field: number): void {
    this.#fields[field].setNull(this.#rowCount - 1);
  }

  /** The columns from issues to status of the rows so far. Valid until the next row. */
  take(): ColumnData[] {
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
    ];
    this.#rowCount = 0;
    this.#keyOfIssues.clear();
    this.#lastIssues = 0;
    for (const text of [this.#raw, ...this.#fields]) text.clear();
    return columns;
  }

  #addRow(issues: IssueBits): number {
    if (issues !== this.#lastIssues) {
      const key = this.#keyOfIssues.get(issues) ?? this.#keyOfIssues.size;
      this.#keyOfIssues.set(issues, key);
      this.#lastIssues = issues;
      this.#lastIssueKey = key;
    }
    this.#issueKeys[this.#rowCount] = this.#lastIssueKey;
    return this.#rowCount++;
  }
}

/** Where the first 64 KiB of a record end that is UTF-8, without a character cut at the end. */
function characterBoundary(record: DataView, start: number, end: number): number {
  if (end - start <= MAX_RAW_BYTES) return end;
  let boundary = start + MAX_RAW_BYTES;
  while ((record.getUint8(boundary) & 0xc0) === 0x80) boundary--;
  return boundary;
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
