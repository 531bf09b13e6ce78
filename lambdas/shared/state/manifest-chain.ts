import type { TableName } from '../model/tables.ts';
import type { TableFile } from '../parquet/table-file.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { TerminalError } from '../runtime/errors.ts';
import { parseJson } from '../runtime/json.ts';
import type { StreamManifest } from './stream-manifest.ts';

/** Tables of which a manifest lists the files of its own epoch only (contract §3.1). */
const GROWING_TABLES: readonly TableName[] = [
  'orders',
  'cancelled',
  'duplicates',
  'late',
  'quarantine',
  'window_revenue',
];

/**
 * All files of a stream table as of a manifest, in the order of epochs. Row tables and final
 * windows are spread over the manifests before it: a complete one stands for all since the complete
 * one before, so hundreds are read, not the whole chain. Throws `TerminalError` `manifest_invalid`
 * where the chain does not go back in epochs.
 */
export async function filesOfStreamTable(
  lake: ObjectStore,
  manifestKey: string,
  table: TableName,
): Promise<TableFile[]> {
  const parts: (readonly TableFile[])[] = [];
  let key: string | null = manifestKey;
  let epochAfter = Number.POSITIVE_INFINITY;
  while (key !== null) {
    const manifest: StreamManifest = parseJson<StreamManifest>(await lake.get(key));
    if (!(manifest.epoch < epochAfter)) {
      const message = `${key} has epoch ${manifest.epoch}, not one below ${epochAfter}`;
      throw new TerminalError('manifest_invalid', message);
    }
    epochAfter = manifest.epoch;
    parts.push(manifest.tables[table]?.files ?? []);
    if (!GROWING_TABLES.includes(table)) break;
    key = manifest.complete ? manifest.previous_complete : manifest.previous;
  }
  return parts.reverse().flat();
}
