import type { ObjectStore } from '../lambdas/shared/ports/object-store.ts';
import type { ManifestFile } from './manifest-view.ts';

/** Decimals and 64-bit integers as text, days as `2026-01-31`, instants as ISO 8601. */
export type Row = Readonly<Record<string, string | number | null>>;

/** The rows of a table's files, in the order of the manifest; one file in memory at a time. */
export async function* tableRows(
  lake: ObjectStore,
  files: readonly ManifestFile[],
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Row> {
  const { readRows } = await import('../lambdas/shared/parquet/reader.ts');
  let left = limit;
  for (const { key } of files) {
    if (left <= 0) return;
    for await (const row of readRows(await lake.get(key), { limit: left })) {
      yield row as Row;
      left -= 1;
    }
  }
}
