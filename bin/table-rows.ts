import type { ObjectStore } from '../lambdas/shared/ports/object-store.ts';
import type { ManifestFile } from './manifest-view.ts';

/** Decimals and 64-bit integers as text, days as `2026-01-31`, instants as ISO 8601. */
export type Row = Readonly<Record<string, string | number | null>>;

/**
 * The rows of a table's files, in the order of the manifest; ranges of one file in memory at a
 * time. Throws `TerminalError` `table_file_missing` and `parquet_unreadable`, which name the file.
 */
export async function* tableRows(
  lake: ObjectStore,
  files: readonly ManifestFile[],
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Row> {
  const { readRows } = await import('../lambdas/shared/parquet/reader.ts');
  const { unreadableFile } = await import('../lambdas/shared/parquet/stored-values.ts');
  let left = limit;
  for (const { key, bytes } of files) {
    if (left <= 0) return;
    const file = {
      byteLength: bytes,
      slice: async (startByte: number, endByte = bytes) => {
        const piece = await lake.get(key, { range: { startByte, endByte } });
        return new Uint8Array(piece).buffer;
      },
    };
    try {
      for await (const row of readRows(file, { limit: left })) {
        yield row;
        left -= 1;
      }
    } catch (error) {
      throw unreadableFile(key, error);
    }
  }
}
