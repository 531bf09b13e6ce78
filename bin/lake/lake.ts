import type { Door, TableName } from '../../lambdas/shared/model/tables.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { readCurrentPointer } from '../../lambdas/shared/state/current-pointer.ts';
import { DEFAULT_CONSUMER, epochOfFile } from '../../lambdas/shared/state/lake-keys.ts';
import { readStreamManifest, tableFilesAsOf } from '../../lambdas/shared/state/manifest-chain.ts';
import { readBatchManifest } from '../../lambdas/shared/state/stored-manifests.ts';
import type { ManifestFile, ManifestView } from './manifest-view.ts';

/** What a lake holds, as its manifests say. Listings are never trusted for what is published. */

export interface Publication {
  readonly manifestKey: string;
  readonly manifest: ManifestView;
}

/** The publication that CURRENT names; null while this door has published nothing. */
export async function currentPublication(
  lake: ObjectStore,
  door: Door,
  /** For the stream; the batch door has none. */
  consumer = DEFAULT_CONSUMER,
): Promise<Publication | null> {
  const isRoot = door === 'batch' || consumer === DEFAULT_CONSUMER;
  const root = isRoot ? '' : `consumers/${consumer}/`;
  const current = await readCurrentPointer(lake, `${root}manifests/${door}/CURRENT.json`);
  if (current === null) return null;
  const { manifestKey } = current;
  if (door === 'batch') return await readBatch(lake, manifestKey);
  return { manifestKey, manifest: await readStreamManifest(lake, manifestKey) };
}

/** All batch runs kept, newest first. Run ids begin with their time. */
export async function batchPublications(lake: ObjectStore): Promise<Publication[]> {
  const publications: Publication[] = [];
  for await (const { key } of lake.list('manifests/batch/')) {
    if (!/^manifests\/batch\/\d{8}T[^/]*\.json$/.test(key)) continue;
    publications.push(await readBatch(lake, key));
  }
  return publications.reverse();
}

/** Runs that left files but no manifest: under way, or killed. */
export async function unpublishedRunIds(
  lake: ObjectStore,
  published: readonly Publication[],
): Promise<string[]> {
  const known = new Set(published.map(({ manifest }) => manifest.run_id));
  const runIds = new Set<string>();
  for (const prefix of ['work/', 'tables/batch/']) {
    for await (const { key } of lake.list(prefix)) {
      const match = /^(?:work\/|tables\/batch\/[^/]+\/run=)([^/]+)\//.exec(key);
      if (match?.[1] !== undefined && !known.has(match[1])) runIds.add(match[1]);
    }
  }
  return [...runIds].sort().reverse();
}

/**
 * Files that a manifest lists itself for a table; a stream's growing tables have more in earlier
 * manifests, see `tableFilesOf`.
 */
export function filesOf({ manifest }: Publication, table: TableName): readonly ManifestFile[] {
  return manifest.tables[table]?.files ?? [];
}

/**
 * The files of a table as of a publication, in order of content: for a stream, oldest epoch first.
 * Throws `TerminalError` `manifest_missing` or `manifest_damaged`.
 */
export async function tableFilesOf(
  lake: ObjectStore,
  publication: Publication,
  table: TableName,
): Promise<readonly ManifestFile[]> {
  if (publication.manifest.epoch === undefined) return filesOf(publication, table);
  const newest = await readStreamManifest(lake, publication.manifestKey);
  const files: ManifestFile[] = [];
  for await (const file of tableFilesAsOf(lake, newest, table)) files.push(file);
  return files.sort((a, b) => epochOfFile(a.key) - epochOfFile(b.key));
}

async function readBatch(lake: ObjectStore, manifestKey: string): Promise<Publication> {
  type BatchView = ManifestView & { readonly run_id: string };
  return { manifestKey, manifest: await readBatchManifest<BatchView>(lake, manifestKey) };
}
