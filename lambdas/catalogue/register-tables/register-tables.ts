import { objectWith, TEXT } from '../../shared/model/shape.ts';
import { type Door, type Table, tablesOf } from '../../shared/model/tables.ts';
import type { Catalogue, CatalogueEntry, CataloguePart } from '../../shared/ports/catalogue.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { BATCH_CURRENT_KEY, batchTableFolder } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import {
  DEFAULT_CONSUMER,
  epochFolderOf,
  epochOfFile,
  epochText,
  StreamLakeKeys,
} from '../../shared/state/lake-keys.ts';
import {
  isAddedTo,
  listingManifests,
  readStreamManifest,
} from '../../shared/state/manifest-chain.ts';
import { readStored, type StoredKind } from '../../shared/state/stored-json.ts';
import type { StreamManifest } from '../../shared/state/stream-manifest.ts';

const lakeKeys = new StreamLakeKeys(DEFAULT_CONSUMER, '');

/** What the catalogue shows now; null: that door has published nothing. */
export interface RegisteredTables {
  readonly run: string | null;
  readonly epoch: number | null;
}

/** Manifest keys that both CURRENT.json name. */
interface Pointers {
  readonly batch: string | null;
  readonly stream: string | null;
}

/**
 * Brings the catalogue to what both doors have published (stream protocol §3, R5). Each table is
 * whole at any moment; tables may be a publication apart meanwhile. Reads what is published now,
 * whatever triggered it, so it may be repeated, concurrent and in any order. Throws `TerminalError`
 * `manifest_missing` and `manifest_damaged`.
 */
export async function registerTables(
  lake: ObjectStore,
  catalogue: Catalogue,
): Promise<RegisteredTables> {
  let pointers = await readPointers(lake);
  for (;;) {
    const run = pointers.batch === null ? null : await registerRun(lake, catalogue, pointers.batch);
    const epoch =
      pointers.stream === null ? null : await registerEpoch(lake, catalogue, pointers.stream);
    // A concurrent call that began later may have ended earlier; this one then put its tables back.
    const now = await readPointers(lake);
    if (now.batch === pointers.batch && now.stream === pointers.stream) return { run, epoch };
    pointers = now;
  }
}

/** Name of a table in the catalogue: `batch_orders`. */
export function catalogueName(door: Door, table: Pick<Table, 'name'>): string {
  return `${door}_${table.name}`;
}

async function readPointers(lake: ObjectStore): Promise<Pointers> {
  const batch = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
  const stream = await readCurrentPointer(lake, lakeKeys.current);
  return { batch: batch?.manifestKey ?? null, stream: stream?.manifestKey ?? null };
}

const RUN: StoredKind = {
  what: 'manifest',
  shape: objectWith({ run_id: TEXT }),
  missingCode: 'manifest_missing',
  damagedCode: 'manifest_damaged',
  wayOut: 'restore the object, or publish a new batch run',
};

/** A run replaces all tables of its door. */
async function registerRun(lake: ObjectStore, catalogue: Catalogue, key: string): Promise<string> {
  const { run_id: run } = await readStored<{ run_id: string }>(lake, key, RUN);
  for (const table of tablesOf('batch')) {
    await catalogue.put({
      name: catalogueName('batch', table),
      table,
      publication: run,
      folder: batchTableFolder(table.name, run),
      hasParts: false,
    });
  }
  return run;
}

async function registerEpoch(
  lake: ObjectStore,
  catalogue: Catalogue,
  key: string,
): Promise<number> {
  const newest = await readStreamManifest(lake, key);
  const entries = tablesOf('stream').map((table) => entryOf(table, newest.epoch));
  const added = entries.filter(({ hasParts }) => hasParts);
  await addEpochs(lake, catalogue, added, newest);
  for (const entry of entries) await catalogue.put(entry);
  return newest.epoch;
}

function entryOf(table: Table, epoch: number): CatalogueEntry {
  const hasParts = isAddedTo(table.name);
  return {
    name: catalogueName('stream', table),
    table,
    publication: epochText(epoch),
    folder: hasParts ? lakeKeys.tableRoot(table.name) : lakeKeys.table(table.name, epoch),
    hasParts,
  };
}

/** Epochs since those to which tables were brought: an epoch once published never changes. */
async function addEpochs(
  lake: ObjectStore,
  catalogue: Catalogue,
  entries: readonly CatalogueEntry[],
  newest: StreamManifest,
): Promise<void> {
  // The folder of each epoch's files: rewritten files are in another folder than the epoch's own.
  const behind: { entry: CatalogueEntry; known: number; epochs: Map<number, string> }[] = [];
  for (const entry of entries) {
    const known = await catalogue.publicationOf(entry.name);
    // The parts of a table that is not there yet have nothing to be added to.
    if (known === null) await catalogue.put({ ...entry, publication: epochText(0) });
    behind.push({ entry, known: Number(known ?? 0), epochs: new Map() });
  }
  const since = Math.min(...behind.map(({ known }) => known));
  for await (const { epoch, tables } of listingManifests(lake, newest)) {
    if (epoch <= since) break;
    for (const { entry, epochs } of behind) {
      for (const { key } of tables[entry.table.name]?.files ?? []) {
        epochs.set(epochOfFile(key), epochFolderOf(key));
      }
    }
  }
  for (const { entry, known, epochs } of behind) {
    // The oldest first: an interruption leaves the rows up to an epoch.
    const missing = [...epochs].filter(([epoch]) => epoch > known).sort(([a], [b]) => a - b);
    await catalogue.addParts(entry, missing.map(partOf));
  }
}

function partOf([epoch, folder]: readonly [number, string]): CataloguePart {
  return { epoch: epochText(epoch), folder };
}

/**
 * Points epochs of a stream's table at other folders, which hold the same rows. Adds missing epochs
 * first, so that no concurrent registration can add their old folders. Does nothing if there is no
 * such table.
 */
export async function moveEpochs(
  catalogue: Catalogue,
  table: Table,
  folders: ReadonlyMap<number, string>,
): Promise<void> {
  if (folders.size === 0) return;
  const publication = await catalogue.publicationOf(catalogueName('stream', table));
  if (publication === null) return;
  const entry = entryOf(table, Number(publication));
  const parts = [...folders].sort(([a], [b]) => a - b).map(partOf);
  await catalogue.addParts(entry, parts);
  await catalogue.moveParts(entry, parts);
}
