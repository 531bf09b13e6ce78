import { checkedSource, uncheckedSource } from '../lambdas/shared/parquet/checked-file.ts';
import type { ObjectStore } from '../lambdas/shared/ports/object-store.ts';
import type { ManifestFile } from './manifest-view.ts';

/** Decimals and 64-bit integers as text, days as `2026-01-31`, instants as ISO 8601. */
export type Row = Readonly<Record<string, string | number | null>>;

/**
 * The rows of a table's files, in the order of the manifest; ranges of one file in memory at a
 * time. Of files that are read to their end the checksum is looked at first: throws as
 * `checkedSource`.
 */
export async function* tableRows(
  lake: ObjectStore,
  files: readonly ManifestFile[],
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Row> {
  const { readRows } = await import('../lambdas/shared/parquet/reader.ts');
  let left = limit;
  for (const file of files) {
    if (left <= 0) return;
    const isWhole = file.rows <= left;
    const source = isWhole ? await checkedSource(lake, file) : uncheckedSource(lake, file);
    for await (const row of readRows(source, { limit: left })) {
      yield row;
      left -= 1;
    }
  }
}
