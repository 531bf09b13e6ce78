import { checkedSource, uncheckedSource } from '../../lambdas/shared/parquet/checked-file.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import type { ManifestFile } from './manifest-view.ts';
import type { Row } from './row.ts';
import { type Condition, matches } from './row-filter.ts';

export interface RowSelection {
  /** Rows at most; all without it. */
  readonly limit?: number;
  /** All without it, else these in this order. */
  readonly columns?: readonly string[];
  readonly conditions?: readonly Condition[];
}

/**
 * The rows of a table's files, in the order of the manifest, with ranges of one file in memory at a
 * time. Skips files of partitions that the conditions exclude. Verifies the checksum of files that
 * are read to their end. Throws `TerminalError` that names the file: `file_missing`,
 * `file_damaged`, `parquet_unreadable`.
 */
export async function* tableRows(
  lake: ObjectStore,
  files: readonly ManifestFile[],
  { limit = Number.POSITIVE_INFINITY, columns, conditions = [] }: RowSelection = {},
): AsyncGenerator<Row> {
  const { readRows } = await import('../../lambdas/shared/parquet/reader.ts');
  const named = conditions.map(({ column }) => column);
  const readColumns = columns === undefined ? undefined : [...new Set([...columns, ...named])];
  const { unreadableFile } = await import('../../lambdas/shared/parquet/stored-values.ts');
  let left = limit;
  for (const file of files.filter((candidate) => mayMatch(candidate, conditions))) {
    if (left <= 0) return;
    const isWhole = conditions.length > 0 || file.rows <= left;
    const source = isWhole ? await checkedSource(lake, file) : uncheckedSource(lake, file);
    const options = {
      ...(conditions.length === 0 && { limit: left }),
      ...(readColumns !== undefined && { columns: readColumns, maySkipColumns: true }),
    };
    try {
      for await (const row of readRows(source, options)) {
        if (!matches(row, conditions)) continue;
        yield columns === undefined ? row : picked(row, columns);
        left -= 1;
        if (left <= 0) return;
      }
    } catch (error) {
      throw unreadableFile(file.key, error);
    }
  }
}

function mayMatch({ partition }: ManifestFile, conditions: readonly Condition[]): boolean {
  return conditions.every(({ column, values }) => {
    const value = partition?.[column];
    return value === undefined || values.has(value);
  });
}

function picked(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((name) => [name, row[name] ?? null]));
}
