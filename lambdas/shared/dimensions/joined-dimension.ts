import { ByteDictionary } from '../bytes/byte-dictionary.ts';
import { isMissing, trimmedEnd, trimmedStart, viewOf } from '../bytes/bytes.ts';
import type { BytesValues } from '../bytes/column-data.ts';
import type { SpanBatch } from '../ingest/span-batch.ts';
import type { DimensionCounts, DimensionDefinition } from '../model/dimension.ts';
import {
  type ColumnBuilder,
  createColumn,
  type DimensionColumn,
  exactValues,
} from './dimension-columns.ts';

/** A dimension as plain arrays, which threads can share. Row r has key r. */
export interface DimensionData {
  readonly keys: BytesValues;
  readonly columns: readonly DimensionColumn[];
}

/** A dimension's rows with the columns to join, and an index to find a row by its key. */
export class Dimension {
  readonly columns: readonly DimensionColumn[];
  readonly #rows = new ByteDictionary();

  constructor({ keys, columns }: DimensionData) {
    this.columns = columns;
    const view = viewOf(keys.heap);
    for (let row = 0; row < keys.offsets.length - 1; row++) {
      this.#rows.codeOf(view, keys.offsets[row], keys.offsets[row + 1]);
    }
  }

  /** Throws `RangeError` where the dimension has no such column. */
  columnOf(name: string): DimensionColumn {
    const column = this.columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new RangeError(`the dimension has no column ${name}`);
    return column;
  }

  /** The row of a key, or -1. */
  rowOf(key: string): number {
    const bytes = new TextEncoder().encode(key);
    return this.#rows.find(viewOf(bytes), 0, bytes.length);
  }

  /** The row of each value, or -1: the left join of contract §2.2, once per value. */
  rowsOf(values: ByteDictionary): Int32Array {
    const rows = new Int32Array(values.size);
    for (let code = 0; code < values.size; code++) {
      rows[code] = this.#rows.find(values.view, values.offsets[code], values.offsets[code + 1]);
    }
    return rows;
  }
}

/** Builds a dimension row by row, by the rules of contract §1.2. */
export class DimensionBuilder {
  readonly counts: DimensionCounts = { rows: 0, dimension_issues: 0, dimension_duplicates: 0 };
  readonly #keys = new ByteDictionary();
  readonly #columns: ColumnBuilder[];

  constructor(definition: DimensionDefinition) {
    this.#columns = definition.columns.map(createColumn);
  }

  /** Bytes held, approximately. */
  get sizeBytes(): number {
    const columnBytes = this.#columns.reduce((sum, column) => sum + column.sizeBytes, 0);
    return columnBytes + this.#keys.heap.length + this.#keys.size * 16;
  }

  /**
   * Takes the rows of a batch whose field f is the definition's field f; one that starts at -1 is
   * missing. Returns the index of the first row that has an issue, or null.
   */
  add(batch: SpanBatch): number | null {
    let firstIssue: number | null = null;
    for (let index = 0; index < batch.recordCount; index++) {
      const { dimension_issues: before } = this.counts;
      this.counts.rows += 1;
      this.#addRow(batch, index);
      if (this.counts.dimension_issues > before) firstIssue ??= index;
    }
    return firstIssue;
  }

  /** The dimension of the rows so far, ready to be handed to other threads. */
  finish(): DimensionData {
    const rowCount = this.#keys.size;
    return {
      keys: exactValues(this.#keys),
      columns: this.#columns.map((column) => column.finish(rowCount)),
    };
  }

  #addRow(batch: SpanBatch, index: number): void {
    const { bytes, view } = batch;
    // A record that cannot be read has no spans, and so no key.
    const keyEnd = batch.starts[0][index] < 0 ? -1 : batch.ends[0][index];
    const start = trimmedStart(bytes, batch.starts[0][index], keyEnd);
    const end = trimmedEnd(bytes, start, keyEnd);
    if (isMissing(bytes, start, end)) {
      this.counts.dimension_issues += 1;
      return;
    }
    const row = this.#keys.size;
    if (this.#keys.codeOf(view, start, end) < row) {
      this.counts.dimension_duplicates += 1;
      return;
    }
    let isMalformed = false;
    this.#columns.forEach((column, position) => {
      const from = batch.starts[position + 1][index];
      const to = from < 0 ? from : batch.ends[position + 1][index];
      const valueStart = trimmedStart(bytes, from, to);
      const valueEnd = trimmedEnd(bytes, valueStart, to);
      const isPresent = !isMissing(bytes, valueStart, valueEnd);
      const code = isPresent ? column.codeOf(batch, valueStart, valueEnd) : -1;
      if (isPresent && code < 0) isMalformed = true;
      column.setRow(row, code);
    });
    if (isMalformed) this.counts.dimension_issues += 1;
  }
}
