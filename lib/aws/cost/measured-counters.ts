import type { BatchManifest } from '../../../lambdas/batch/run/batch-manifest.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../../lambdas/shared/state/current-pointer.ts';
import { DEFAULT_CONSUMER, StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import { readStreamManifest } from '../../../lambdas/shared/state/manifest-chain.ts';
import { manifestInputs } from '../../../lambdas/shared/state/manifest-inputs.ts';
import { readBatchManifest } from '../../../lambdas/shared/state/stored-manifests.ts';

/** What the current batch run and the current epoch of the default consumer counted. */
export interface MeasuredCounters {
  readonly batch: {
    readonly runId: string;
    readonly records: number;
    /** Stored size, so less than the CSV if it is gzip. */
    readonly inputBytes: number;
    readonly tableBytes: number;
    readonly bytesPerRecord: number;
  } | null;
  readonly stream: {
    readonly epoch: number;
    readonly records: number;
    /** Log entries of all shards: each is a segment, a call of the consumer and a transaction. */
    readonly entries: number;
    readonly recordsPerEntry: number;
  } | null;
}

/**
 * Reads the counters that an estimate can use instead of its assumptions, from the current
 * manifests of both doors in the lake.
 */
export async function readMeasured(
  lake: ObjectStore,
  streamName: string,
): Promise<MeasuredCounters> {
  return { batch: await readBatch(lake), stream: await readStream(lake, streamName) };
}

async function readBatch(lake: ObjectStore): Promise<MeasuredCounters['batch']> {
  const current = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
  if (current === null) return null;
  const manifest = await readBatchManifest<BatchManifest>(lake, current.manifestKey);
  let inputBytes = 0;
  for await (const { bytes } of manifestInputs(lake, manifest)) inputBytes += bytes;
  const files = Object.values(manifest.tables).flatMap((table) => table.files);
  const records = manifest.counts.read;
  return {
    runId: manifest.run_id,
    records,
    inputBytes,
    tableBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    bytesPerRecord: inputBytes / Math.max(1, records),
  };
}

async function readStream(
  lake: ObjectStore,
  streamName: string,
): Promise<MeasuredCounters['stream']> {
  const keys = new StreamLakeKeys(DEFAULT_CONSUMER, streamName);
  const current = await readCurrentPointer(lake, keys.current);
  if (current === null) return null;
  const { epoch, counts, inputs } = await readStreamManifest(lake, current.manifestKey);
  // Versions of a log count its entries from the first one on.
  const entries = inputs.reduce((sum, { to_version }) => sum + to_version, 0);
  const recordsPerEntry = counts.read / Math.max(1, entries);
  return { epoch, records: counts.read, entries, recordsPerEntry };
}
