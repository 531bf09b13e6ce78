import type { RowGroupData } from '../bytes/column-data.ts';
import { cleanUpOnFailure } from '../model/errors.ts';
import { type Door, type TableName, tableOf } from '../model/tables.ts';
import { formatDay } from '../model/time.ts';
import type { EncodeArena } from '../parquet/arena.ts';
import { partitionFolder, type TableFile, TableFileWriter } from '../parquet/table-file.ts';
import type { ParquetOptions } from '../parquet/writer.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { OUTCOMES, type Outcome, TABLE_OF_OUTCOME } from '../rules/outcome.ts';

/** Files by table. A table without rows has none. */
export type PartFiles = Partial<Record<TableName, TableFile[]>>;

export interface PartsContext {
  readonly lake: ObjectStore;
  readonly door: Door;
  /** The folder of a table in this publication, with its slash. */
  readonly folderOf: (table: TableName) => string;
  readonly parquet: ParquetOptions;
  /** Memory to encode in, for one writer at a time. */
  readonly arena?: EncodeArena;
}

/** Where a part of a table belongs. */
export interface PartPlace {
  readonly table: TableName;
  /** Since 1970; null: the table has no partitions. */
  readonly day: number | null;
  /** Names the part in its folder, and says where it stands among the others: `0003-0`. */
  readonly part: string;
}

/**
 * Writes parts of tables (contract §3.1), one file each. A part that is written again with the same
 * rows is the same to the byte; throws `TerminalError` `epoch_differs` where it is not.
 */
export class TableParts {
  readonly files: PartFiles = {};
  readonly #context: PartsContext;

  constructor(context: PartsContext) {
    this.#context = context;
  }

  /** Writes the row groups, as they are asked for one by one; no file where there is none. */
  async write(
    { table, day, part }: PartPlace,
    groups: Iterable<RowGroupData>,
  ): Promise<TableFile | null> {
    const { lake, door, folderOf, parquet, arena } = this.#context;
    const partition = day === null ? null : { order_date: formatDay(day) };
    const key = `${folderOf(table)}${partitionFolder(partition)}part-${part}.parquet`;
    let writer: TableFileWriter | null = null;
    const file = await cleanUpOnFailure(
      async () => {
        for (const group of groups) {
          const place = { key, partition };
          writer ??= new TableFileWriter(lake, tableOf(door, table), parquet, place, arena);
          await writer.write(group);
        }
        return (await writer?.closeOnce()) ?? null;
      },
      async () => await writer?.abort(),
    );
    if (file === null) return null;
    const files = this.files[table] ?? [];
    this.files[table] = files;
    files.push(file);
    return file;
  }
}

/** Rows that files hold, by outcome: each record is one row of one file. */
export function rowsOfOutcomes(
  files: Readonly<Partial<Record<TableName, readonly TableFile[]>>>,
): Record<Outcome, number> {
  const rowsOf = (outcome: Outcome) =>
    (files[TABLE_OF_OUTCOME[outcome]] ?? []).reduce((sum, { rows }) => sum + rows, 0);
  const entries = OUTCOMES.map((outcome) => [outcome, rowsOf(outcome)]);
  return Object.fromEntries(entries) as Record<Outcome, number>;
}
