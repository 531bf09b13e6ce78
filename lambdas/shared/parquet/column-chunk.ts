import type { EncodeArena } from './arena.ts';
import type { Encoding } from './format.ts';
import type { PageWriter } from './pages.ts';
import type { Bounds } from './statistics.ts';

/**
 * What the footer says about one column of one row group. Offsets count from the start of the row
 * group's bytes.
 */
export interface ColumnChunk {
  readonly valueCount: number;
  readonly nullCount: number;
  /** Null if no row has a value, or none that a bound can be made of. */
  readonly bounds: Bounds | null;
  readonly dictionaryPageAt: number | null;
  readonly dataPageAt: number;
  readonly endAt: number;
  readonly uncompressedBytes: number;
  readonly dataEncoding: Encoding;
  readonly dataPageCount: number;
}

/** Data pages of a keyed column, which another column with the same keys may have too. */
export interface IndexPages {
  readonly keys: Uint32Array;
  readonly isNullable: boolean;
  readonly localOfUsed: Int32Array;
  readonly startAt: number;
  readonly endAt: number;
  readonly uncompressedBytes: number;
  readonly pageCount: number;
  readonly nullCount: number;
}

/** What the columns of one row group share while they are encoded. */
export interface RowGroupContext {
  readonly arena: EncodeArena;
  readonly pages: PageWriter;
  readonly isCompact: boolean;
  readonly rowCount: number;
  /** For each `keys` array: the keys that occur, ordered by their first row. */
  readonly usedKeys: Map<Uint32Array, Uint32Array>;
  readonly indexPages: IndexPages[];
}
