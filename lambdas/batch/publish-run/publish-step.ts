import type { Warning } from '../../shared/model/warning.ts';
import { ObjectNotFoundError } from '../../shared/runtime/errors.ts';
import { parseJson } from '../../shared/runtime/json.ts';
import type { BatchHost } from '../batch-host.ts';
import type { BatchManifest } from '../batch-manifest.ts';
import { type BatchPlan, manifestKey } from '../batch-plan.ts';
import { RunFiles } from '../run-files.ts';
import { loadDimensions, publishContext } from '../stage-settings.ts';
import { publishRun } from './publish-run.ts';
import { removeOldRuns, removeWork, runStartedAtMs } from './remove-old-runs.ts';

export interface PublishStepEvent {
  readonly runId: string;
}

export type PublishStepResult = Pick<BatchManifest, 'status' | 'counts' | 'revenue'> & {
  readonly manifest: string;
  /** What the metrics are made of; all of them stand in the manifest. */
  readonly warnings: readonly Pick<Warning, 'code' | 'count'>[];
};

/**
 * Publishes a run and cleans up after it. Repeated, also after an answer was lost, it answers the
 * same.
 */
export async function publishStep(
  host: BatchHost,
  { runId }: PublishStepEvent,
): Promise<PublishStepResult> {
  const files = new RunFiles(host.lake, runId);
  const plan = await files.readPlan();
  const manifest = await publishOnce(host, files, plan);
  await removeWork(host.lake, runId);
  const startedAtMs = runStartedAtMs(runId) ?? host.clock.now();
  await removeOldRuns(host.lake, {
    beforeMs: startedAtMs - host.config.batch.keepRunsForMs,
    keep: [runId, runIdOf(plan.previous?.manifestKey)],
  });
  const { status, counts, revenue } = manifest;
  const warnings = manifest.warnings.map(({ code, count }) => ({ code, count }));
  return { status, counts, revenue, manifest: manifestKey(runId), warnings };
}

/** The results are gone once the run is published; then its manifest says what was. */
async function publishOnce(
  host: BatchHost,
  files: RunFiles,
  plan: BatchPlan,
): Promise<BatchManifest> {
  const { landing, lake, config } = host;
  const chunks = await files.readChunkResults().catch((error: unknown) => {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  });
  if (chunks === null) return parseJson<BatchManifest>(await lake.get(manifestKey(plan.runId)));
  const buckets = await files.readBuckets(plan.bucketCount);
  const ranges = await files.readRanges(plan.rangeCount);
  const { customers, products } = await loadDimensions(landing, plan, config);
  return await publishRun(
    plan,
    { chunks, buckets: buckets.map(({ result }) => result), ranges, customers, products },
    publishContext(lake, plan, config, products.data),
  );
}

function runIdOf(key: string | undefined): string {
  return key?.slice(key.lastIndexOf('/') + 1).replace('.json', '') ?? '';
}
