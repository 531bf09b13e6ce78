import { createHash } from 'node:crypto';
import type { RowGroupData } from '../bytes/column-data.ts';
import { epochDiffers, PreconditionFailedError } from '../model/errors.ts';
import type { Table } from '../model/tables.ts';
import type { ObjectStore, ObjectWriter } from '../ports/object-store.ts';
import type { EncodeArena } from './arena.ts';
import { type ParquetOptions, ParquetWriter } from './writer.ts';

/** A file of a table, as the manifest lists it (contract §3.1). */
export interface TableFile {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly partition: { readonly order_date: string } | null;
}

/**
 * The folder of a partition, with its slash; none for files without one. It has another name than
 * the column: the column is in the file, and readers that make a column of a folder would meet it
 * twice (contract §3).
 */
export function partitionFolder(partition: TableFile['partition']): string {
  return partition === null ? '' : `day=${partition.order_date}/`;
}

/** Writes one Parquet file of a table to a store, row group by row group. */
export class TableFileWriter {
  readonly #lake: ObjectStore;
  readonly #key: string;
  readonly #partition: TableFile['partition'];
  readonly #writer: ObjectWriter;
  readonly #parquet: ParquetWriter;
  readonly #hasOwnArena: boolean;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  /** `arena`: memory to encode in, which no other writer uses before `write` has ended. */
  constructor(
    lake: ObjectStore,
    table: Table,
    options: ParquetOptions,
    file: { readonly key: string; readonly partition: TableFile['partition'] },
    arena?: EncodeArena,
  ) {
    this.#lake = lake;
    this.#key = file.key;
    this.#partition = file.partition;
    this.#writer = lake.openWriter(file.key);
    this.#hasOwnArena = arena !== undefined;
    this.#parquet = new ParquetWriter(table.columns, options, {}, arena);
  }

  /** Takes the rows before it returns; the caller may then reuse their memory. */
  async write(group: RowGroupData): Promise<void> {
    await this.#append(this.#parquet.writeRowGroup(group));
  }

  /** Makes the file visible. Fails if the key exists: a run writes each of its keys once. */
  async close(): Promise<TableFile> {
    const file = await this.#finish();
    await this.#writer.commit({ ifNoneMatch: true });
    return file;
  }

  /**
   * As `close`, for whoever may write a file again: a key that holds equal bytes is as good. Throws
   * `TerminalError` `epoch_differs` where it holds others.
   */
  async closeOnce(): Promise<TableFile> {
    const file = await this.#finish();
    try {
      await this.#writer.commit({ ifNoneMatch: true });
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
      const hash = createHash('sha256');
      for await (const piece of this.#lake.stream(file.key)) hash.update(piece);
      if (hash.digest('hex') !== file.sha256) throw epochDiffers(file.key, error);
    }
    return file;
  }

  /** Leaves nothing behind. */
  async abort(): Promise<void> {
    await this.#writer.abort();
  }

  async #finish(): Promise<TableFile> {
    await this.#append(this.#parquet.finish());
    return {
      key: this.#key,
      rows: this.#parquet.rowCount,
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
      partition: this.#partition,
    };
  }

  async #append(encoded: Uint8Array): Promise<void> {
    // Other writers of this thread may encode into the same memory while the store takes its time.
    const bytes = this.#hasOwnArena ? encoded : new Uint8Array(encoded);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#writer.write(bytes);
  }
}
