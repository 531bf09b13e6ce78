import type { BatchManifest } from '../../../lambdas/batch/run/batch-manifest.ts';
import { parseConfig } from '../../../lambdas/shared/model/config.ts';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { runBatch } from '../batch/run-batch.ts';
import type { CheckOptions, Refusal } from './check-options.ts';
import { ChosenFiles } from './chosen-files.ts';

/** A run into a lake that nobody else sees. */
export interface TrialRun {
  readonly manifest: BatchManifest;
  /** Why it would have failed otherwise; null if nothing had to be changed to make it succeed. */
  readonly refusal: Refusal | null;
}

/** A lake in the temporary folder. */
export interface TrialLake {
  readonly store: ObjectStore;
  readonly dir: string;
}

const REFUSED_DIMENSIONS = ['dimension_rejected', 'dimensions_too_large'];

/** In the lake, and as the orders file that it stands for. */
const STAND_IN = 'check/stand-in.ndjson';
const STAND_IN_KEY = 'orders/tandem-check-stand-in.ndjson';
/** Valid, and without any effect on revenue, joins or warnings. */
const STAND_IN_ORDER = {
  ...{ order_id: '-', customer_id: '-', product_id: '-', order_timestamp: '1970-01-01 00:00' },
  ...{ quantity: 1, price: 0, status: 'cancelled' },
};

/**
 * Runs a batch that goes on where a real one would refuse: with any share of quarantined records,
 * without dimensions if these cannot be read, and where no orders file can. Throws what else fails
 * a run, and the signal's reason when aborted.
 */
export async function trialRun(options: CheckOptions, lake: TrialLake): Promise<TrialRun> {
  try {
    return { manifest: await run(options, lake), refusal: null };
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const refusal = { code: error.code, message: error.message };
    if (REFUSED_DIMENSIONS.includes(error.code)) {
      const landing = new ChosenFiles(await ordersOf(options.landing), null);
      const { manifest } = await trialRun({ ...options, landing }, lake);
      return { manifest, refusal };
    }
    if (error.code !== 'all_files_rejected') throw error;
    return { manifest: await runWithStandIn(options, lake), refusal };
  }
}

async function run(
  { landing, landingDir, config, signal, onProgress, onNote }: CheckOptions,
  lake: TrialLake,
): Promise<BatchManifest> {
  const result = await runBatch({
    landing,
    lake: lake.store,
    lakeDir: lake.dir,
    config: { ...config, batch: { ...config.batch, maxQuarantined: 1 } },
    ...(landingDir !== undefined && { landingDir }),
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && { onProgress }),
    ...(onNote !== undefined && { onNote }),
  });
  return result.manifest;
}

/** One more file, which can be read, makes the run list every other one with its reason. */
async function runWithStandIn(options: CheckOptions, lake: TrialLake): Promise<BatchManifest> {
  const { landing, landingDir: _, config, ...rest } = options;
  await lake.store.put(STAND_IN, Buffer.from(`${JSON.stringify(STAND_IN_ORDER)}\n`));
  const files = await ordersOf(landing);
  files.set(STAND_IN_KEY, { store: lake.store, key: STAND_IN });
  const plain = parseConfig({ input: [{ match: STAND_IN_KEY }] }).input;
  const manifest = await run(
    {
      ...rest,
      landing: new ChosenFiles(files, landing),
      config: { ...config, input: [...plain, ...config.input] },
    },
    lake,
  );
  return {
    ...manifest,
    counts: { ...manifest.counts, read: 0, cancelled: 0 },
    inputs: [],
  };
}

async function ordersOf(landing: ObjectStore) {
  const files = new Map<string, { readonly store: ObjectStore; readonly key: string }>();
  for await (const { key } of landing.list('orders/')) files.set(key, { store: landing, key });
  return files;
}
