import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import type { ReconcileStepResult } from '../../lambdas/reconcile/steps/reconcile-step.ts';
import { parseConfig } from '../../lambdas/shared/model/config.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { OUTCOMES, type OutcomeCounts } from '../../lambdas/shared/rules/outcome.ts';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { parseJson } from '../../lambdas/shared/runtime/json.ts';
import { SystemRandomness } from '../../lambdas/shared/runtime/randomness.ts';
import { readCurrentPointer } from '../../lambdas/shared/state/current-pointer.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import type { DrainStepResult } from '../../lambdas/stream/operate/drain/drain-step.ts';
import {
  type GeneratedLanding,
  generateOrders,
} from '../../lib/embedded/generate/generate-orders.ts';
import { ProduceTally, produceRecords } from '../../lib/embedded/produce/produce-records.ts';
import { MemoryObjectStore } from '../support/memory/memory-object-store.ts';
import { type Deployed, eventually } from './deployment.ts';
import { localDeployment } from './local-deploy.ts';
import { SetupError, say } from './processes.ts';

const ORDERS = 1_000;
const SEED = 42;
const WAIT_MS_MAX = 120_000;
const BATCH_CURRENT = 'manifests/batch/CURRENT.json';

/** Of one day: a request of events spans little event time, and few requests take less time. */
const config = parseConfig({ generate: { from: '2026-01-01', to: '2026-01-01' } });
const clock = new SystemClock();

/**
 * The same orders through both doors of what `local:deploy` deployed, and whether they agree.
 * Throws `SetupError` where nothing is deployed, and where the doors do not agree.
 */
export async function smokeLocally(): Promise<void> {
  const world = localDeployment.open();
  const generated = new MemoryObjectStore(clock);
  const landing = await generateOrders({
    ...{ store: generated, orders: ORDERS, seed: SEED, files: 1, isGzip: false },
    config: config.generate,
  });
  const batch = await throughBatch(world, generated, landing);
  const stream = await throughStream(world, generated, landing);
  for (const name of ['read', ...OUTCOMES] as const) {
    say(`${name.padEnd(12)} ${count(batch, name)} by batch ${count(stream, name)} by stream`);
  }
  const result = await world.invoke<ReconcileStepResult>('ReconcileFunction', {});
  if (result.status === 'nothing_published') throw new SetupError(`reconcile: ${result.missing}`);
  if (result.status === 'started') throw new SetupError('so few orders are compared at once');
  say(`revenue ${result.batchRevenue} by batch, ${result.streamRevenue} by stream`);
  const classes = Object.entries(result.classes).map(([name, ids]) => `${ids} ${name}`);
  say(`differences: ${classes.join(', ') || 'none'}; all of them in ${result.reportKey}`);
  if (result.status === 'differ') throw new SetupError('the doors do not agree');
  say('both doors agree: each difference has its reason');
}

const count = (counts: OutcomeCounts, name: keyof OutcomeCounts): string =>
  String(counts[name]).padStart(6);

async function throughBatch(
  { landing, lake }: Deployed,
  generated: ObjectStore,
  { files, rows }: GeneratedLanding,
): Promise<OutcomeCounts> {
  const before = await currentKey(lake);
  for (const { key } of files) await landing.put(key, await generated.get(key));
  say(`${rows} orders and their dimensions are uploaded; a run is awaited`);
  const startedAtMs = clock.now();
  const key = await eventually(
    'a batch run is published',
    async () => {
      const found = await currentKey(lake);
      return found === before ? null : found;
    },
    WAIT_MS_MAX,
  );
  say(`${key} is published after ${secondsSince(startedAtMs)} s`);
  return parseJson<BatchManifest>(await lake.get(key)).counts;
}

async function throughStream(
  world: Deployed,
  generated: ObjectStore,
  { files }: GeneratedLanding,
): Promise<OutcomeCounts> {
  const startedAtMs = clock.now();
  const tally = new ProduceTally();
  const options = {
    files: files
      .filter(({ key }) => key.startsWith('orders/'))
      .map(({ key }) => ({ name: key, store: generated, key, format: 'csv' as const })),
    openStream: async () => world.stream,
    clock,
    randomness: new SystemRandomness(),
    watermarkDelayMs: config.stream.watermarkDelayMs,
    maxAheadMs: 5 * 60_000,
    sort: null,
    isUnordered: false,
    ratePerSec: null,
    signal: new AbortController().signal,
  };
  await produceRecords(options, tally);
  say(`the same orders are sent as ${tally.records} events in ${secondsSince(startedAtMs)} s`);
  const drainedAtMs = clock.now();
  const { manifest } = await world.invoke<DrainStepResult>('DrainFunction', {});
  if (manifest === null) throw new SetupError('the stream holds nothing after events were put');
  say(`${manifest} is published by a drain of ${secondsSince(drainedAtMs)} s`);
  return parseJson<StreamManifest>(await world.lake.get(manifest)).counts;
}

async function currentKey(lake: ObjectStore): Promise<string | null> {
  return (await readCurrentPointer(lake, BATCH_CURRENT))?.manifestKey ?? null;
}

function secondsSince(startedAtMs: number): string {
  return ((clock.now() - startedAtMs) / 1_000).toFixed(1);
}
