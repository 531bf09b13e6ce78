import type { ColumnData, RowGroupData } from '../bytes/column-data.ts';
import type { Column } from '../model/column.ts';
import { assert } from '../model/errors.ts';
import { EncodeArena } from './arena.ts';
import { type Compressor, createCompressor } from './codec.ts';
import { columnsInOrder } from './column-checks.ts';
import type { ColumnChunk, RowGroupContext } from './column-chunk.ts';
import { encodeFooter, type RowGroup } from './footer.ts';
import { type CodecName, MAGIC } from './format.ts';
import { encodeKeyedColumn } from './keyed-chunk.ts';
import { PageWriter } from './pages.ts';
import { encodePlainColumn } from './plain-chunk.ts';

/** Rows of a row group at most; whoever has more writes several. */
const ROW_GROUP_ROWS_MAX = 1_048_576;

export interface ParquetOptions {
  readonly codec: CodecName;
  /** `plain`: no dictionaries and no deltas, for the simplest readers. */
  readonly encoding: 'compact' | 'plain';
  /** Of zstd; higher is smaller and slower. Other codecs have no levels. */
  readonly zstdLevel: number;
}

/**
 * Of all writers of a thread that are not given an arena of their own. A writer fills it and
 * returns without a wait between, so no two of them are at work in it; `writeRowGroup` says until
 * when its result holds.
 */
const threadArena = new EncodeArena();

/**
 * Writes one Parquet file, row group by row group. It keeps no rows: what it returns are the bytes
 * to append to the file. Equal columns, options and values give equal bytes.
 */
export class ParquetWriter {
  readonly #columns: readonly Column[];
  readonly #options: ParquetOptions;
  readonly #keyValueMetadata: Readonly<Record<string, string>>;
  readonly #arena: EncodeArena;
  readonly #compress: Compressor;
  readonly #rowGroups: RowGroup[] = [];
  #rowCount = 0;
  #sizeBytes = 0;
  #isFinished = false;

  constructor(
    columns: readonly Column[],
    options: ParquetOptions,
    keyValueMetadata: Readonly<Record<string, string>> = {},
    arena: EncodeArena = threadArena,
  ) {
    this.#columns = columns;
    this.#options = options;
    this.#keyValueMetadata = keyValueMetadata;
    this.#arena = arena;
    this.#compress = createCompressor(options.codec, options.zstdLevel);
  }

  /** Rows written so far. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** Bytes returned so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * Encodes a row group of at most `ROW_GROUP_ROWS_MAX` rows and returns the bytes to append; none
   * for no rows, but the first call includes the magic in any case. The result is a view of the
   * arena: it holds until the next call of any writer with the same arena (by default all writers
   * of the thread), so it is written or copied before that.
   */
  writeRowGroup(group: RowGroupData): Uint8Array {
    const { rowCount } = group;
    assert(!this.#isFinished, 'a finished file takes no row group');
    assert(rowCount <= ROW_GROUP_ROWS_MAX, `${rowCount} rows fit a row group`);
    const { output } = this.#arena;
    output.at = 0;
    if (this.#sizeBytes === 0) output.writeBytes(MAGIC);
    if (rowCount > 0) {
      const columns = columnsInOrder(this.#columns, group.columns, rowCount);
      const context: RowGroupContext = {
        arena: this.#arena,
        pages: new PageWriter(output, this.#compress),
        isCompact: this.#options.encoding === 'compact',
        rowCount,
        usedKeys: new Map(),
        indexPages: [],
      };
      const chunks = columns.map((data, index) =>
        encodeColumn(context, this.#columns[index], data),
      );
      this.#rowGroups.push({ rowCount, fileOffset: this.#sizeBytes, chunks });
    }
    this.#rowCount += rowCount;
    this.#sizeBytes += output.at;
    return output.written();
  }

  /**
   * The end of the file, in memory of its own. A file without rows is valid: all of it comes from
   * here.
   */
  finish(): Uint8Array {
    assert(!this.#isFinished, 'a file is finished once');
    this.#isFinished = true;
    const footer = encodeFooter({
      columns: this.#columns,
      codec: this.#options.codec,
      rowGroups: this.#rowGroups,
      keyValueMetadata: this.#keyValueMetadata,
    });
    const end = this.#sizeBytes === 0 ? Buffer.concat([MAGIC, footer]) : footer;
    this.#sizeBytes += end.length;
    return end;
  }
}

/** Which encoding a column gets: the table of encoding-choice.ts. */
function encodeColumn(context: RowGroupContext, column: Column, data: ColumnData): ColumnChunk {
  return data.kind === 'keyed'
    ? encodeKeyedColumn(context, column, data)
    : encodePlainColumn(context, column, data);
}
