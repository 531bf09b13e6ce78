import { ByteHeap } from '../bytes/byte-heap.ts';
import { copyBytes, viewOf } from '../bytes/bytes.ts';
import type { ColumnData } from '../bytes/column-data.ts';
import type { IssueBits } from '../model/issue.ts';
import { FIELD_COUNT } from '../model/order.ts';
import { characterBoundary, decodedRaw, IssueColumn } from './quarantine-texts.ts';

/** A row group is handed over when it has this many rows or bytes. */
export const QUARANTINE_GROUP_ROWS = 65_536;
export const QUARANTINE_GROUP_BYTES = 8 * 1024 * 1024;

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
  readonly #issues = new IssueColumn(QUARANTINE_GROUP_ROWS);

  get isFull(): boolean {
    return (
      this.#rowCount === QUARANTINE_GROUP_ROWS || this.#raw.sizeBytes >= QUARANTINE_GROUP_BYTES
    );
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
    const columns: ColumnData[] = [
      this.#issues.take(),
      this.#raw.column(),
      ...this.#fields.map((field) => field.column()),
    ];
    this.#rowCount = 0;
    for (const text of [this.#raw, ...this.#fields]) text.clear();
    return columns;
  }

  #addRow(issues: IssueBits): number {
    this.#issues.set(this.#rowCount, issues);
    return this.#rowCount++;
  }
}
