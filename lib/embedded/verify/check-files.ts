import {
  ObjectNotFoundError,
  RetryableError,
  TerminalError,
} from '../../../lambdas/shared/model/errors.ts';
import type { TableName } from '../../../lambdas/shared/model/tables.ts';
import { MS_PER_DAY } from '../../../lambdas/shared/model/time.ts';
import { checkedSource, FileFaultError } from '../../../lambdas/shared/parquet/checked-file.ts';
import { type ColumnRows, openDecoded } from '../../../lambdas/shared/parquet/column-reader.ts';
import type { TableFile } from '../../../lambdas/shared/parquet/table-file.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { type DoorSums, SUMMED_COLUMNS } from './door-sums.ts';
import type { FaultCode } from './faults.ts';

/** A file that a publication lists. */
export interface NamedFile {
  readonly table: TableName;
  readonly file: TableFile;
}

interface Problem {
  readonly code: FaultCode;
  readonly message: string;
}

/**
 * Reads a file to its end and checks size, checksum, the footer's row count, every column's
 * decoding and the days of its partition. Adds its rows to the sums. Null: it is whole. Throws
 * errors that are no fault of the file, such as a refusal of the store.
 */
export async function checkFile(
  lake: ObjectStore,
  { table, file }: NamedFile,
  sums: DoorSums,
): Promise<Problem | null> {
  try {
    const decoded = await openDecoded(await checkedSource(lake, file));
    if (decoded.rowCount !== file.rows) return wrongRows('its footer', decoded.rowCount, file);
    let rowCount = 0;
    for await (const rows of decoded.groups(columnsOf(table, file))) {
      rowCount += rows.rowCount;
      if (hasOtherDays(rows, file)) {
        const message = `has rows of other days than ${file.partition?.order_date}`;
        return { code: 'rows_differ', message };
      }
      sums.add(table, rows);
    }
    return rowCount === file.rows ? null : wrongRows('it', rowCount, file);
  } catch (error) {
    return problemOf(error);
  }
}

function columnsOf(table: TableName, { partition }: TableFile): readonly string[] {
  const summed = SUMMED_COLUMNS[table] ?? [];
  return partition === null ? summed : [...summed, 'order_date'];
}

function hasOtherDays(rows: ColumnRows, { partition }: TableFile): boolean {
  if (partition === null) return false;
  // NaN, which no day is, where the manifest names none.
  const expected = Date.parse(`${partition.order_date}T00:00:00Z`) / MS_PER_DAY;
  const days = rows.numbers('order_date');
  return days.some((day) => day !== expected);
}

function wrongRows(what: string, found: number, { rows }: TableFile): Problem {
  return { code: 'rows_differ', message: `${what} has ${found} rows, its manifest says ${rows}` };
}

function problemOf(error: unknown): Problem {
  if (error instanceof FileFaultError) return { code: error.code, message: error.problem };
  const isOfStore =
    error instanceof RetryableError ||
    error instanceof ObjectNotFoundError ||
    (error instanceof TerminalError && error.code !== 'parquet_unreadable');
  // The checksum is right, so the file was written that way.
  if (isOfStore || !(error instanceof Error)) throw error;
  return { code: 'parquet_unreadable', message: `cannot be decoded: ${error.message}` };
}
