import { TerminalError } from '../model/errors.ts';
import type { TableName } from '../model/tables.ts';
import type { TableFile } from '../parquet/table-file.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { inParallel } from '../runtime/parallel.ts';
import { readAhead } from '../runtime/read-ahead.ts';
import { epochOfKey, epochText } from './lake-keys.ts';
import { readStored } from './stored-json.ts';
import { assertNamed, STREAM_MANIFEST_KIND } from './stored-manifests.ts';
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

/**
 * True if each epoch adds files to the table; false if each manifest lists the whole table
 * (contract §3.1).
 */
export function isAddedTo(table: TableName): boolean {
  return ADDED_TO.has(table);
}

/**
 * Reads a manifest of the stream. Throws `TerminalError` `manifest_missing` or `manifest_damaged`:
 * a chain with a gap has lost rows.
 */
export async function readStreamManifest(lake: ObjectStore, key: string): Promise<StreamManifest> {
  const manifest = await readStored<StreamManifest>(lake, key, STREAM_MANIFEST_KIND);
  assertNamed(key, epochText(manifest.epoch), `epoch ${manifest.epoch}`, STREAM_MANIFEST_KIND);
  return manifest;
}

/**
 * Every manifest of a stream from `newest` back to the first epoch, newest first. Throws
 * `TerminalError` `manifest_missing` or `manifest_damaged`.
 */
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
 * The manifests that together list every file of the tables that grow, each file once, newest
 * first: at most a hundred, plus one per hundred epochs, as a complete manifest covers all since
 * the complete one before. Throws `TerminalError` `manifest_missing` or `manifest_damaged`.
 */
export async function* listingManifests(
  lake: ObjectStore,
  newest: StreamManifest,
): AsyncGenerator<StreamManifest> {
  let manifest = newest;
  for (;;) {
    yield manifest;
    const before = manifest.complete ? manifest.previous_complete : manifest.previous;
    if (before === null) return;
    manifest = await previousOf(lake, manifest, before);
  }
}

/** Steps of a hundred manifests whose keys are looked for side by side, each one by one. */
const PARALLEL_STEPS = 16;
/** Manifests read ahead: a store far away answers slowly. */
const PARALLEL_MANIFESTS = 16;

/**
 * The manifests of epochs after `afterEpoch` with their keys, oldest first. Goes back by complete
 * manifests, a hundred epochs at a step, so that mostly keys are held in memory. Throws
 * `TerminalError` `manifest_missing` or `manifest_damaged`.
 */
export async function* manifestsAfter(
  lake: ObjectStore,
  newestKey: string,
  afterEpoch: number,
): AsyncGenerator<{ readonly key: string; readonly manifest: StreamManifest }> {
  const ranges = (await stepsBack(lake, newestKey, afterEpoch)).reverse();
  const keysOf = async ({ step, after }: ChainStep) =>
    (await keysBack(lake, step, after, ({ previous }) => previous)).reverse();
  for await (const keys of readAhead(ranges, PARALLEL_STEPS, keysOf)) {
    yield* readAhead(keys, PARALLEL_MANIFESTS, async (key) => {
      return { key, manifest: await readStreamManifest(lake, key) };
    });
  }
}

/**
 * Visits every manifest of a stream once, in no order, reading several parts of the chain at a
 * time. Throws `TerminalError` `manifest_missing` or `manifest_damaged`.
 */
export async function visitManifests(
  lake: ObjectStore,
  newestKey: string,
  visit: (manifest: StreamManifest) => void,
): Promise<void> {
  const steps = await stepsBack(lake, newestKey, 0);
  await inParallel(steps, PARALLEL_STEPS, async ({ step, after }) => {
    await keysBack(lake, step, after, (manifest) => {
      visit(manifest);
      return manifest.previous;
    });
  });
}

interface ChainStep {
  /** Key of a complete manifest, or of the newest one. */
  readonly step: string;
  /** Epoch where the step before ends. */
  readonly after: number;
}

/** The newest first. */
async function stepsBack(
  lake: ObjectStore,
  newestKey: string,
  afterEpoch: number,
): Promise<ChainStep[]> {
  const steps = await keysBack(lake, newestKey, afterEpoch, ({ complete, ...manifest }) =>
    complete ? manifest.previous_complete : manifest.previous,
  );
  const epochs = [...steps.map(epochOfKey), afterEpoch];
  return steps.map((step, index) => ({ step, after: epochs[index + 1] }));
}

/** The newest first. */
async function keysBack(
  lake: ObjectStore,
  newestKey: string,
  afterEpoch: number,
  before: (manifest: StreamManifest) => string | null,
): Promise<string[]> {
  const keys: string[] = [];
  let key: string | null = newestKey;
  let manifest: StreamManifest | null = null;
  while (key !== null && epochOfKey(key) > afterEpoch) {
    keys.push(key);
    manifest =
      manifest === null
        ? await readStreamManifest(lake, key)
        : await previousOf(lake, manifest, key);
    key = before(manifest);
  }
  return keys;
}

/**
 * The files of a stream's table as of a manifest, each once, newest epoch first. Trusts the
 * manifests, never a listing. Throws `TerminalError` `manifest_missing` or `manifest_damaged`.
 */
export async function* tableFilesAsOf(
  lake: ObjectStore,
  newest: StreamManifest,
  table: TableName,
): AsyncGenerator<TableFile> {
  for await (const { tables } of listingManifests(lake, newest)) {
    yield* tables[table]?.files ?? [];
    if (!isAddedTo(table)) return;
  }
}

async function previousOf(
  lake: ObjectStore,
  { epoch }: StreamManifest,
  key: string,
): Promise<StreamManifest> {
  const manifest = await readStreamManifest(lake, key);
  // Epochs decrease, so the walk ends whatever the objects say.
  if (manifest.epoch < epoch) return manifest;
  const message = `manifest ${key} has epoch ${manifest.epoch}, but comes before epoch ${epoch}`;
  throw new TerminalError('manifest_damaged', message);
}
