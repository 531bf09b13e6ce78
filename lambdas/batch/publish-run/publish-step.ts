import type { Warning } from '../../shared/model/warning.ts';
import { parseJson } from '../../shared/runtime/json.ts';
import { ChainFollower } from '../check-chunks/check-chunks.ts';
import { usedResults } from '../check-chunks/run-check.ts';
import type { BatchHost } from '../run/batch-host.ts';
import type { BatchManifest } from '../run/batch-manifest.ts';
import { manifestKey, runIdOf } from '../run/batch-plan.ts';
import { loadDimensions } from '../run/load-dimensions.ts';
import { type KnownStarts, RunFiles } from '../run/run-files.ts';
import { type StoredHeader, taskOf } from '../run/stored-plan.ts';
import { type InputResult, ResultsByInput } from './file-totals.ts';
import { publishContext } from './publish-context.ts';
import { publishRun } from './publish-run.ts';
import { removeOldRuns, removeWork, runStartedAtMs } from './remove-old-runs.ts';

export interface PublishStepEvent {
  readonly runId: string;
}

export type PublishStepResult = Pick<BatchManifest, 'status' | 'counts' | 'revenue'> & {
  readonly manifest: string;
  /** Warnings to count as metrics; the manifest holds them in full. */
  readonly warnings: readonly Pick<Warning, 'code' | 'count'>[];
};

/**
 * Publishes a run and cleans up after it. Repeated, also after a lost answer, it answers the same.
 */
export async function publishStep(
  host: BatchHost,
  { runId }: PublishStepEvent,
): Promise<PublishStepResult> {
  const files = new RunFiles(host.lake, runId);
  const plan = await files.readHeaderOfStep();
  const manifest = await publishOnce(host, files, plan);
  await removeWork(host.lake, runId);
  const startedAtMs = runStartedAtMs(runId) ?? host.clock.now();
  await removeOldRuns(host.lake, {
    beforeMs: startedAtMs - host.config.batch.keepRunsForMs,
    keep: [runId, ...(plan.previous === null ? [] : [runIdOf(plan.previous.manifestKey)])],
  });
  const { status, counts, revenue } = manifest;
  const warnings = manifest.warnings.map(({ code, count }) => ({ code, count }));
  return { status, counts, revenue, manifest: manifestKey(runId), warnings };
}

/** The results are gone once the run is published; then its manifest says what was. */
async function publishOnce(
  host: BatchHost,
  files: RunFiles,
  plan: StoredHeader,
): Promise<BatchManifest> {
  const { landing, lake, config } = host;
  const starts = await files.findFinalStarts();
  if (starts === null) return parseJson<BatchManifest>(await lake.get(manifestKey(plan.runId)));
  const buckets = await files.readBuckets(plan.bucketCount);
  const ranges = await files.readRanges(plan.rangeCount);
  const { customers, products } = await loadDimensions(landing, plan, config);
  return await publishRun(
    plan,
    {
      inputs: storedResults(files, plan, starts),
      buckets: buckets.map(({ result }) => result),
      ...{ ranges, customers, products },
    },
    publishContext(lake, plan, config, products.data),
  );
}

/** What the map steps said, input by input in order of records. */
async function* storedResults(
  files: RunFiles,
  plan: StoredHeader,
  starts: KnownStarts,
): AsyncGenerator<InputResult> {
  const chains = new ChainFollower();
  const byInput = new ResultsByInput();
  for await (const { part, tasks } of files.mappedParts(plan, starts)) {
    for (const [index, mapped] of tasks.entries()) {
      const taskIndex = part.firstTask + index;
      if (mapped === null) throw await files.missing('map', [taskIndex]);
      const task = taskOf(part, taskIndex);
      const results = usedResults(chains, task, mapped);
      for (const [at, { inputIndex }] of task.chunks.entries()) {
        const done = byInput.add(inputIndex, task.inputs[at], results[at]);
        if (done !== null) yield done;
      }
    }
  }
  const last = byInput.end();
  if (last !== null) yield last;
}
