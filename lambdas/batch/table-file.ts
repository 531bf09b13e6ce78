import { createHash } from 'node:crypto';
import type { Table } from '../shared/model/tables.ts';
import type { EncodeArena } from '../shared/parquet/arena.ts';
import type { RowGroupData } from '../shared/parquet/column-data.ts';
import { type ParquetOptions, ParquetWriter } from '../shared/parquet/writer.ts';
import type { ObjectStore, ObjectWriter } from '../shared/ports/object-store.ts';

/** A file of a table, as the manifest lists it (contract §3.1). */
export interface TableFile {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly partition: { readonly order_date: string } | null;
}

/** Writes one Parquet file of a table to a store, row group by row group. */
export class TableFileWriter {
  readonly #key: string;
  readonly #partition: TableFile['partition'];
  readonly #writer: ObjectWriter;
  readonly #parquet: ParquetWriter;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(
    lake: ObjectStore,
    table: Table,
    options: ParquetOptions,
    file: { readonly key: string; readonly partition: TableFile['partition'] },
    arena?: EncodeArena,
  ) {
    this.#key = file.key;
    this.#partition = file.partition;
    this.#writer = lake.openWriter(file.key);
    this.#parquet = new ParquetWriter(table.columns, options, {}, arena);
  }

  /** Takes the rows before it returns; the caller may then reuse their memory. */
  async write(group: RowGroupData): Promise<void> {
    await this.#append(this.#parquet.writeRowGroup(group));
  }

  /** Makes the file visible. Fails if the key exists: a run writes each of its keys once. */
  async close(): Promise<TableFile> {
    await this.#append(this.#parquet.finish());
    await this.#writer.commit({ ifNoneMatch: true });
    return {
      key: this.#key,
      rows: this.#parquet.rowCount,
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
      partition: this.#partition,
    };
  }

  /** Leaves nothing behind. */
  async abort(): Promise<void> {
    await this.#writer.abort();
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#writer.write(bytes);
  }
}
