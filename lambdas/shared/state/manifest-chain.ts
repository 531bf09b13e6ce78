import type { TableName } from '../model/tables.ts';
import type { TableFile } from '../parquet/table-file.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { ObjectNotFoundError, TerminalError } from '../runtime/errors.ts';
import { parseJson } from '../runtime/json.ts';
import type { StreamManifest } from './stream-manifest.ts';

/** Tables to which each epoch adds; of the others a manifest lists the whole (contract §3.1). */
const ADDED_TO: ReadonlySet<TableName> = new Set([
  'orders',
  'cancelled',
  'duplicates',
  'late',
  'quarantine',
  'window_revenue',
] satisfies TableName[]);

export function isAddedTo(table: TableName): boolean {
  return ADDED_TO.has(table);
}

/**
 * Throws `TerminalError` `manifest_missing` or `manifest_damaged`: a chain with a hole has lost
 * rows.
 */
export async function readStreamManifest(lake: ObjectStore, key: string): Promise<StreamManifest> {
  let manifest: StreamManifest;
  try {
    manifest = parseJson<StreamManifest>(await lake.get(key));
  } catch (cause) {
    if (cause instanceof ObjectNotFoundError) {
      const message = `manifest ${key} is missing; restore the object`;
      throw new TerminalError('manifest_missing', message, { cause });
    }
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new TerminalError('manifest_damaged', `manifest ${key} is no JSON`, { cause });
  }
  if (manifest.kind === 'stream') return manifest;
  throw new TerminalError('manifest_damaged', `manifest ${key} is not of a stream`);
}

/** Every manifest of a stream, the newest first, from `newest` back to the first epoch. */
export async function* manifestChain(
  lake: ObjectStore,
  newest: StreamManifest,
): AsyncGenerator<StreamManifest> {
  let manifest = newest;
  for (;;) {
    yield manifest;
    if (manifest.previous === null) return;
    manifest = await previousOf(lake, manifest, manifest.previous);
  }
}

/**
 * The files of a table of a stream as of a manifest, each once: those of the newest epoch first.
 * It reads a hundred manifests and one more for every hundred epochs, never a listing. Throws as
 * `readStreamManifest`.
 */
export async function* tableFilesAsOf(
  lake: ObjectStore,
  newest: StreamManifest,
  table: TableName,
): AsyncGenerator<TableFile> {
  let manifest = newest;
  for (;;) {
    yield* manifest.tables[table]?.files ?? [];
    // A complete manifest lists the files of all epochs since the complete one before.
    const before = manifest.complete ? manifest.previous_complete : manifest.previous;
    if (!isAddedTo(table) || before === null) return;
    manifest = await previousOf(lake, manifest, before);
  }
}

async function previousOf(
  lake: ObjectStore,
  { epoch }: StreamManifest,
  key: string,
): Promise<StreamManifest> {
  const manifest = await readStreamManifest(lake, key);
  // Numbers fall, so the walk ends whatever the objects say.
  if (manifest.epoch < epoch) return manifest;
  const message = `manifest ${key} has epoch ${manifest.epoch}, but comes before epoch ${epoch}`;
  throw new TerminalError('manifest_damaged', message);
}
