import type { ByteDictionary } from '../bytes/byte-dictionary.ts';

/**
 * Whole numbers, as wide as the largest of their column needs; doubles where that is above 2^32.
 */
export type NumberColumn = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Columns of valid records, all in the memory of the kernels. */
export interface RecordColumns {
  /** The id of record i ends here in `ids`, and starts where the one before ends. */
  readonly idEnd: Uint32Array;
  /** Kernels read up to 15 bytes after the last id. */
  readonly ids: Uint8Array;
  /** Event times in milliseconds, less the `baseTimeMs` of the block. */
  readonly time: NumberColumn;
  /** Of one piece, in cents. */
  readonly price: NumberColumn;
  /** Cents that totals have beyond quantity × price; null: none has any. */
  readonly remainder: Int32Array | null;
  readonly quantity: NumberColumn;
  /** Index in `STATUSES`. */
  readonly status: Uint8Array;
  /** By field in `CODED_FIELDS`: codes of its values. */
  readonly codes: readonly NumberColumn[];
}

/** Records that lie together: a slice of the exchange, or a chunk of events. */
export interface RowBlock {
  /** Number of the first record in the source. */
  readonly baseRow: number;
  readonly rowCount: number;
  /** What times in `columns.time` are less of. */
  readonly baseTimeMs: number;
  /** Of the records that may count; ±Infinity where there is none. */
  readonly earliestMs: number;
  readonly latestMs: number;
  readonly columns: RecordColumns;
  /**
   * By field in `CODED_FIELDS`: where the source's codes are, by the block's; 0: both are the same.
   */
  readonly codeOfAt: readonly number[];
}

/**
 * Counted records on their way into tables, as either door holds them: batch in slices of the
 * exchange, the stream in a chunk of parsed events. Records are numbered from 0.
 */
export interface RowSource {
  readonly rowCount: number;
  readonly blocks: readonly RowBlock[];
  /** By field in `CODED_FIELDS`: the values. */
  readonly dictionaries: readonly ByteDictionary[];
  /** Calls `visit` for each block that holds some of `rows` (ascending): those at `[from, to)`. */
  forEachBlock(rows: Uint32Array, visit: (block: RowBlock, from: number, to: number) => void): void;
}
