import { windowLengthOf } from '../../../lambdas/reconcile/cells/table-cells.ts';
import { RetryableError, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { Door, TableName } from '../../../lambdas/shared/model/tables.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { isAddedTo } from '../../../lambdas/shared/state/manifest-chain.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import { checkFile, type NamedFile } from './check-files.ts';
import { DoorSums } from './door-sums.ts';
import { eachInParallel } from './each-in-parallel.ts';
import type { Faults } from './faults.ts';
import { type AnyManifest, manifestsBack } from './named-manifests.ts';
import type { VerifyOptions } from './verify-options.ts';

/** Each has a row group of one column, and of those that are summed, in memory. */
const PARALLEL_FILES = 4;

export interface NamedPublication {
  readonly door: Door;
  readonly manifestKey: string;
  readonly manifest: AnyManifest;
  /** Windows that end later are open; null in batch, which has no watermark. */
  readonly watermarkMs: number | null;
}

export interface CheckedTables {
  readonly files: number;
  readonly bytes: number;
  /** Null if a file is a fault: its rows are in no sum. */
  readonly sums: DoorSums | null;
}

/** Checks every file of every table of a publication, and whether their sums agree. */
export async function checkTables(
  lake: ObjectStore,
  publication: NamedPublication,
  { windowLengthMs, signal, onProgress }: VerifyOptions,
  faults: Faults,
): Promise<CheckedTables> {
  const { door, manifestKey, manifest, watermarkMs } = publication;
  const faultsBefore = faults.found.length;
  const lengthMs = (await tableWindowLength(lake, publication)) ?? windowLengthMs;
  const open = door === 'stream' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const sums = new DoorSums({ lengthMs, finalUntilMs: watermarkMs ?? open });
  const total = totalBytesOf(publication);
  let files = 0;
  let bytes = 0;
  await eachInParallel(namedFiles(lake, publication, faults), PARALLEL_FILES, async (named) => {
    signal.throwIfAborted();
    const { key } = named.file;
    const problem = await checkFile(lake, named, sums);
    if (problem !== null) faults.add(door, 'table', { key, ...problem });
    files += 1;
    bytes += named.file.bytes;
    onProgress({ stage: door, done: bytes, total: Math.max(total, bytes), unit: 'bytes' });
  });
  if (faults.found.length > faultsBefore) return { files, bytes, sums: null };
  const contradictions = sums.contradictions({ ...manifest, issues: manifest.issues ?? {} });
  if (contradictions.length === 0) return { files, bytes, sums };
  const message = `its tables do not add up: ${contradictions.join('; ')}`;
  faults.add(door, 'table', { key: manifestKey, code: 'sums_differ', message });
  return { files, bytes, sums: null };
}

/** Each file once, the newest epoch first; manifests that cannot be read are faults. */
async function* namedFiles(
  lake: ObjectStore,
  { door, manifestKey, manifest }: NamedPublication,
  faults: Faults,
): AsyncGenerator<NamedFile> {
  if (door === 'batch') {
    yield* filesOf(manifest, () => true);
    return;
  }
  const newest = { key: manifestKey, manifest: manifest as StreamManifest };
  for await (const { key, manifest: each } of manifestsBack(lake, newest, listedBefore, faults)) {
    yield* filesOf(each, key === manifestKey ? () => true : isAddedTo);
  }
}

/** One that is complete lists the files since the complete one before. */
const listedBefore = ({ complete, previous, previous_complete }: StreamManifest) =>
  complete ? previous_complete : previous;

function* filesOf(
  { tables }: AnyManifest,
  isWanted: (table: TableName) => boolean,
): Generator<NamedFile> {
  for (const [table, listed] of Object.entries(tables) as [TableName, { files: [] }][]) {
    if (isWanted(table)) for (const file of listed.files) yield { table, file };
  }
}

/** For the progress bar; for a stream only what the newest manifest lists. */
function totalBytesOf({ manifest }: NamedPublication): number {
  return [...filesOf(manifest, () => true)].reduce((sum, { file }) => sum + file.bytes, 0);
}

const OF_FILE: ReadonlySet<string> = new Set([
  'parquet_unreadable',
  'file_missing',
  'file_damaged',
]);

/**
 * From the first row of `window_revenue`, because the config may have changed since. Leaves a file
 * that cannot be decoded to the checks.
 */
async function tableWindowLength(
  lake: ObjectStore,
  { door, manifest }: NamedPublication,
): Promise<number | null> {
  try {
    const filesOfTable = async (table: TableName) => manifest.tables[table]?.files ?? [];
    return await windowLengthOf(lake, { door, filesOf: filesOfTable });
  } catch (error) {
    if (error instanceof RetryableError) throw error;
    if (error instanceof TerminalError && !OF_FILE.has(error.code)) throw error;
    return null;
  }
}
