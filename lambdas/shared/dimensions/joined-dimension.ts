import { ByteDictionary } from '../bytes/byte-dictionary.ts';
import { isMissing, trimmedEnd, trimmedStart, viewOf } from '../bytes/bytes.ts';
import type { BytesValues, Values } from '../bytes/column-data.ts';
import { parsePriceCents } from '../ingest/field-parsers.ts';
import type { SpanBatch } from '../ingest/span-batch.ts';
import { parseEpochDay } from '../ingest/timestamp.ts';
import type { DimensionCounts, DimensionDefinition } from '../model/dimension.ts';

/** One column of a dimension: its distinct values, and which of them each row has (-1: null). */
export interface DimensionColumn {
  readonly values: Values;
  readonly codeOfRow: Int32Array;
}

/** A dimension as plain arrays, which threads can share. Row r has key r. */
export interface DimensionData {
  readonly keys: BytesValues;
  readonly columns: readonly DimensionColumn[];
}

/** A dimension with a way to find rows. */
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

  /** The row of a key, or -1. */
  rowOf(key: string): number {
    const bytes = new TextEncoder().encode(key);
    return this.#rows.find(viewOf(bytes), 0, bytes.length);
  }

  /**
   * The row of each value, -1 where there is none: the left join of contract §2.2, once per value.
   */
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
    this.#columns = definition.types.map((type) => {
      if (type === 'string') return new TextColumn();
      return type === 'date'
        ? new NumberColumn(parseEpochDay, (days) => Int32Array.from(days))
        : new NumberColumn(centsOf, (cents) => Float64Array.from(cents));
    });
  }

  /** Bytes held, by and large. */
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

abstract class ColumnBuilder {
  #codeOfRow = new Int32Array(1024);

  abstract get sizeBytes(): number;
  /** The code of a value, or -1 if it is malformed. */
  abstract codeOf(batch: SpanBatch, start: number, end: number): number;
  protected abstract values(): Values;

  setRow(row: number, code: number): void {
    if (row >= this.#codeOfRow.length) {
      const larger = new Int32Array(this.#codeOfRow.length * 2);
      larger.set(this.#codeOfRow);
      this.#codeOfRow = larger;
    }
    this.#codeOfRow[row] = code;
  }

  finish(rowCount: number): DimensionColumn {
    return { values: this.values(), codeOfRow: this.#codeOfRow.slice(0, rowCount) };
  }
}

class TextColumn extends ColumnBuilder {
  readonly #values = new ByteDictionary();

  get sizeBytes(): number {
    return this.#values.heap.length + this.#values.size * 16;
  }

  codeOf({ view }: SpanBatch, start: number, end: number): number {
    return this.#values.codeOf(view, start, end);
  }

  protected values(): Values {
    return exactValues(this.#values);
  }
}

/** NaN for a malformed value. */
type NumberParser = (bytes: Uint8Array, start: number, end: number) => number;

class NumberColumn extends ColumnBuilder {
  readonly #parse: NumberParser;
  readonly #codes = new Map<number, number>();

  readonly #toValues: (numbers: number[]) => Values;

  constructor(parse: NumberParser, toValues: (numbers: number[]) => Values) {
    super();
    this.#parse = parse;
    this.#toValues = toValues;
  }

  get sizeBytes(): number {
    return this.#codes.size * 64;
  }

  codeOf({ bytes }: SpanBatch, start: number, end: number): number {
    const value = this.#parse(bytes, start, end);
    if (Number.isNaN(value)) return -1;
    const code = this.#codes.get(value) ?? this.#codes.size;
    this.#codes.set(value, code);
    return code;
  }

  protected values(): Values {
    return this.#toValues([...this.#codes.keys()]);
  }
}

function centsOf(bytes: Uint8Array, start: number, end: number): number {
  const cents = parsePriceCents(bytes, start, end);
  return cents < 0 ? Number.NaN : cents;
}

function exactValues(dictionary: ByteDictionary): BytesValues {
  const offsets = dictionary.offsets.slice(0, dictionary.size + 1);
  return { heap: dictionary.heap.slice(0, offsets[dictionary.size]), offsets };
}
