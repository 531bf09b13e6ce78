import { ByteDictionary } from '../bytes/byte-dictionary.ts';
import type { BytesValues, Values } from '../bytes/column-data.ts';
import { parsePriceCents } from '../ingest/field-parsers.ts';
import type { SpanBatch } from '../ingest/span-batch.ts';
import { parseEpochDay } from '../ingest/timestamp.ts';
import type { ColumnDraft } from '../model/column.ts';

/** One column of a dimension: its distinct values, and which of them each row has (-1: null). */
export interface DimensionColumn {
  readonly name: string;
  readonly values: Values;
  readonly codeOfRow: Int32Array;
}

/** Throws `RangeError` for a type that no file of a dimension holds. */
export function createColumn({ name, type }: ColumnDraft): ColumnBuilder {
  switch (type.kind) {
    case 'string':
      return new TextColumn(name);
    case 'date':
      return new NumberColumn(name, parseEpochDay, (days) => Int32Array.from(days));
    case 'decimal':
      return new NumberColumn(name, centsOf, (cents) => Float64Array.from(cents));
    default:
      throw new RangeError(`no dimension has a column of type ${type.kind}`);
  }
}

/** One column of a dimension under construction. */
export abstract class ColumnBuilder {
  readonly #name: string;
  #codeOfRow = new Int32Array(1024);

  constructor(name: string) {
    this.#name = name;
  }

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
    const codeOfRow = this.#codeOfRow.slice(0, rowCount);
    return { name: this.#name, values: this.values(), codeOfRow };
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

  constructor(name: string, parse: NumberParser, toValues: (numbers: number[]) => Values) {
    super(name);
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

/** The values of a dictionary, in memory of their own size. */
export function exactValues(dictionary: ByteDictionary): BytesValues {
  const offsets = dictionary.offsets.slice(0, dictionary.size + 1);
  return { heap: dictionary.heap.slice(0, offsets[dictionary.size]), offsets };
}
