import { ObjectNotFoundError, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { Door } from '../../../lambdas/shared/model/tables.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import { manifestInputs, type WithInputs } from '../../../lambdas/shared/state/manifest-inputs.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import { checkChain } from './check-chain.ts';
import { checkState } from './check-state.ts';
import { checkTables } from './check-tables.ts';
import { type Fault, Faults } from './faults.ts';
import { type AnyManifest, readManifest } from './named-manifests.ts';
import type { VerifyOptions } from './verify-options.ts';

/** What one door has published, and how much of it was read. */
export interface VerifiedDoor {
  readonly door: Door;
  readonly manifestKey: string;
  /** Run id, or number of the epoch. */
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  /** Manifests of the stream; 0 in batch. */
  readonly manifests: number;
  readonly segments: number;
}

export interface VerifyResult {
  readonly doors: readonly VerifiedDoor[];
  /** None: everything is there, whole and consistent. */
  readonly faults: readonly Fault[];
}

/**
 * Reads everything that a lake's current publications name, and compares it with their manifests
 * (contract §3.2): size, checksum, rows and days of table files; sums of the tables with each other
 * and the manifest; for the stream also the chain of manifests, the raw segments, and the state
 * from which the next epoch continues. Memory does not grow with the lake. Throws `TerminalError`
 * `nothing_published`, the signal's reason, and the store's refusals.
 */
export async function verifyLake(lake: ObjectStore, options: VerifyOptions): Promise<VerifyResult> {
  const faults = new Faults();
  const doors: VerifiedDoor[] = [];
  const keys = new StreamLakeKeys(options.consumer, '');
  const batchKey = await currentOf(lake, 'batch', BATCH_CURRENT_KEY, faults);
  const streamKey = await currentOf(lake, 'stream', keys.current, faults);
  if (batchKey === null && streamKey === null && faults.found.length === 0) {
    const message = `the lake holds neither a batch run nor an epoch of consumer ${options.consumer}`;
    throw new TerminalError('nothing_published', `${message}; publish one: npx tandem batch`);
  }
  if (batchKey !== null) doors.push(...(await verifyBatch(lake, batchKey, options, faults)));
  if (streamKey !== null) doors.push(...(await verifyStream(lake, streamKey, options, faults)));
  return { doors, faults: faults.found };
}

/** Null if nothing was published, or if the object is a fault. */
async function currentOf(
  lake: ObjectStore,
  door: Door,
  key: string,
  faults: Faults,
): Promise<string | null> {
  try {
    const current = parseJson<{ readonly manifest?: unknown } | null>(await lake.get(key));
    if (typeof current?.manifest === 'string') return current.manifest;
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    if (!(error instanceof SyntaxError)) throw error;
  }
  const message = 'names no manifest';
  faults.add(door, 'manifest', { key, code: 'manifest_damaged', message });
  return null;
}

type BatchManifest = AnyManifest & WithInputs & { readonly run_id: string };

const LISTED = ['manifest_missing', 'manifest_damaged'] as const;

async function verifyBatch(
  lake: ObjectStore,
  manifestKey: string,
  options: VerifyOptions,
  faults: Faults,
): Promise<VerifiedDoor[]> {
  const manifest = await readManifest<BatchManifest>(lake, manifestKey, 'batch', faults);
  if (manifest === null) return [];
  const publication = { door: 'batch' as const, manifestKey, manifest, watermarkMs: null };
  const { files, bytes } = await checkTables(lake, publication, options, faults);
  await checkInputs(lake, manifest, faults);
  const none = { manifests: 0, segments: 0 };
  return [{ door: 'batch', manifestKey, name: manifest.run_id, files, bytes, ...none }];
}

/** The list of inputs, where it is an object of its own: whole, and with the records of the run. */
async function checkInputs(
  lake: ObjectStore,
  manifest: BatchManifest,
  faults: Faults,
): Promise<void> {
  const { inputs_object: object, counts } = manifest;
  if (object === undefined) return;
  let records = 0;
  try {
    for await (const input of manifestInputs(lake, manifest)) records += input.records;
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const code = LISTED.find((known) => known === error.code);
    if (code === undefined) throw error;
    const { message } = error;
    faults.add('batch', 'manifest', { key: object.key, code, message });
    return;
  }
  if (records === counts.read) return;
  const message = `lists files of ${records} records, the run read ${counts.read}`;
  faults.add('batch', 'manifest', { key: object.key, code: 'manifest_damaged', message });
}

async function verifyStream(
  lake: ObjectStore,
  manifestKey: string,
  options: VerifyOptions,
  faults: Faults,
): Promise<VerifiedDoor[]> {
  const manifest = await readManifest<StreamManifest>(lake, manifestKey, 'stream', faults);
  if (manifest === null) return [];
  const watermarkMs = manifest.watermark === null ? null : Date.parse(manifest.watermark);
  const publication = { door: 'stream' as const, manifestKey, manifest, watermarkMs };
  const { files, bytes, sums } = await checkTables(lake, publication, options, faults);
  const keys = new StreamLakeKeys(options.consumer, manifest.stream);
  await checkState(lake, { keys, manifest, sums }, faults);
  const newest = { key: manifestKey, manifest };
  const chain = await checkChain(lake, newest, faults, (epoch) => {
    options.signal.throwIfAborted();
    const done = manifest.epoch - epoch;
    options.onProgress({ stage: 'archive', done, total: manifest.epoch, unit: 'epochs' });
  });
  return [{ door: 'stream', manifestKey, name: String(manifest.epoch), files, bytes, ...chain }];
}
