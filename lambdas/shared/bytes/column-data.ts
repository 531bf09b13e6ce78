/**
 * What the Parquet writer takes: the values of one column of one row group, as arrays. The table
 * definition (`model/tables.ts`) says which type the values have; this says how they are held.
 */

/** Byte strings: value i is `heap[offsets[i]] … heap[offsets[i + 1] - 1]`. */
export interface BytesValues {
  readonly heap: Uint8Array;
  /** One more than there are values. */
  readonly offsets: Uint32Array;
}

/**
 * INT32, DATE: Int32Array. INT64, TIMESTAMP, DECIMAL: doubles that hold integers below 2^53, or
 * bigints.
 */
export type NumberValues = Int32Array | Float64Array | BigInt64Array;

export type Values = BytesValues | NumberValues;

/** One value per row. A null row still takes a place in `values`, which is not read. */
export interface PlainColumn {
  readonly kind: 'plain';
  readonly values: Values;
  /** 1 if the row has a value, 0 if it is null. Null: no row is null. */
  readonly validity: Uint8Array | null;
}

/**
 * Rows that repeat few values. Row i has key `keys[i]`, and key k has the value
 * `values[valueOf[k]]` (or null where `valueOf[k]` is -1). Columns that depend on the same key (all
 * the columns that a customer brings along) share one `keys` array, so that the writer can see that
 * they share their index page too.
 */
export interface KeyedColumn {
  readonly kind: 'keyed';
  /** One per row, each below `keyCount`. */
  readonly keys: Uint32Array;
  readonly keyCount: number;
  /** null: key k has value k. */
  readonly valueOf: Int32Array | null;
  readonly values: Values;
  /** All keys below `keyCount` occur, and were numbered in the order of their first row. */
  readonly isInOrderOfUse?: boolean;
}

export type ColumnData = PlainColumn | KeyedColumn;

/** Data of columns by their name in the table definition (`model/tables.ts`). */
export type NamedColumns = Readonly<Record<string, ColumnData>>;

/**
 * The rows of one row group, with each column of the table. Arrays may be longer than `rowCount`.
 */
export interface RowGroupData {
  readonly rowCount: number;
  readonly columns: NamedColumns;
}

/** A column without nulls over `values`, one per row; nothing is copied. */
export function plain(values: Values): PlainColumn {
  return { kind: 'plain', values, validity: null };
}

/** Encodes texts as the UTF-8 values of a column. */
export function textValues(texts: readonly string[]): BytesValues {
  const offsets = new Uint32Array(texts.length + 1);
  texts.forEach((text, index) => {
    offsets[index + 1] = offsets[index] + Buffer.byteLength(text);
  });
  const heap = new Uint8Array(offsets[texts.length]);
  const target = Buffer.from(heap.buffer);
  texts.forEach((text, index) => {
    target.write(text, offsets[index]);
  });
  return { heap, offsets };
}
