import { randomBytes } from 'node:crypto';
import { listSegments } from '../../../lambdas/batch/plan-run/list-segments.ts';
import { planRun } from '../../../lambdas/batch/plan-run/plan-run.ts';
import { planMemory, uncompressedBytes } from '../../../lambdas/batch/plan-run/plan-sizes.ts';
import { inputResults } from '../../../lambdas/batch/publish-run/file-totals.ts';
import { publishContext } from '../../../lambdas/batch/publish-run/publish-context.ts';
import { publishRun } from '../../../lambdas/batch/publish-run/publish-run.ts';
import { removeOldRuns, removeWork } from '../../../lambdas/batch/publish-run/remove-old-runs.ts';
import type { BatchManifest } from '../../../lambdas/batch/run/batch-manifest.ts';
import {
  type BatchPlan,
  manifestKey,
  planKey,
  runIdOf,
} from '../../../lambdas/batch/run/batch-plan.ts';
import { loadDimensions } from '../../../lambdas/batch/run/load-dimensions.ts';
import { InputForms } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import { configHash } from '../../../lambdas/shared/model/config-hash.ts';
import { cleanUpOnFailure, tryAll, withCleanUp } from '../../../lambdas/shared/model/errors.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { jsonBytes } from '../../../lambdas/shared/runtime/json.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import type { BatchRunResult } from '../../common/batch-run-result.ts';
import { isLarge, startedWorkers, workersOf } from './chosen-workers.ts';
import { ExchangeBudget } from './exchange-memory.ts';
import { discard, sweepTemporaries, tidily } from './run-leftovers.ts';
import type { BatchRunOptions } from './run-options.ts';
import { withSavedCuts } from './saved-plan.ts';
import { StageRunner, type StageSettings } from './stage-runner.ts';
import { runStages } from './stages.ts';
import { inlinePool, type StagePool, WorkerPool } from './worker-pool.ts';

const NOTHING = { inputBytes: 0, dimensionBytes: 0 };

/**
 * Runs one batch on this machine: the stages of architecture §3 in one process. Publishes all
 * tables at once or nothing. Throws the stages' `TerminalError`s, or the signal's reason when
 * aborted; then nothing of the run is left, even on a full disk.
 */
export async function runBatch(options: BatchRunOptions): Promise<BatchRunResult> {
  const { landing, lake, config, fromRaw } = options;
  const records = recordsOf(options);
  const clock = options.clock ?? new SystemClock();
  const startedAtMs = clock.now();
  const createdAt = new Date(startedAtMs).toISOString();
  const runId = `${createdAt.replace(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`;
  let workers = workersOf(options);
  let inputBytes = 0;
  const { memoryLimitBytes, chunkBytes } = config.batch;
  let memory = planMemory({ ...NOTHING, workers, memoryLimitBytes });
  options.onProgress?.({ stage: 'plan', done: 0, total: 1, unit: 'files' });
  const planned = await planRun(landing, lake, {
    runId,
    createdAt,
    codeVersion: packageJson.version,
    configHash: configHash(config),
    forms: new InputForms(config),
    landingName: options.landingDir ?? 'the landing zone',
    chunkBytes,
    ...(fromRaw === undefined ? {} : { segments: await listSegments(lake, fromRaw) }),
    async chooseSizes(inputs, dimensions) {
      inputBytes = await uncompressedBytes(records.store, inputs);
      const dimensionBytes = await uncompressedBytes(landing, dimensions);
      const needs = { inputBytes, dimensionBytes, workers, memoryLimitBytes };
      workers = startedWorkers(options, needs);
      memory = planMemory({ ...needs, workers });
      return memory;
    },
  });
  const { planFile } = options;
  const plan = planFile === undefined ? planned : await withSavedCuts(planned, planFile);
  const { exchangeBytesInMemory } = memory;
  const manifest = await cleanUpOnFailure(
    () => writeRun(options, plan, { workers, inputBytes, exchangeBytesInMemory }),
    () => tidily(options, () => discard(options, plan)),
  );
  await removeExpired(options, plan, startedAtMs - config.batch.keepRunsForMs);
  const { status } = manifest;
  const durationMs = clock.now() - startedAtMs;
  return { runId, status, manifestKey: manifestKey(runId), manifest, durationMs };
}

/** Removes the work of a published run, and older runs but for the one that it replaced. */
async function removeExpired(
  options: BatchRunOptions,
  { runId, previous }: BatchPlan,
  beforeMs: number,
): Promise<void> {
  const { lake } = options;
  const keep = [runId, ...(previous === null ? [] : [runIdOf(previous.manifestKey)])];
  await tidily(options, () =>
    tryAll([() => removeWork(lake, runId), () => removeOldRuns(lake, { beforeMs, keep })]),
  );
}

/** All of a run from its plan to its publication. */
async function writeRun(
  options: BatchRunOptions,
  plan: BatchPlan,
  sizes: {
    readonly workers: number;
    readonly inputBytes: number;
    readonly exchangeBytesInMemory: number;
  },
): Promise<BatchManifest> {
  const { landing, lake, lakeDir, config } = options;
  const { runId } = plan;
  if (lakeDir !== undefined) await tidily(options, () => sweepTemporaries(lakeDir));
  await lake.put(planKey(runId), jsonBytes(plan), { ifNoneMatch: true });
  const { customers, products } = await loadDimensions(landing, plan, config);
  const budget = ExchangeBudget.of(sizes.exchangeBytesInMemory);
  const settings: StageSettings = {
    plan,
    config,
    customers: customers.data,
    products: products.data,
    budgetCounter: budget.counter,
    kernelMemory: KernelMemory.create().memory,
  };
  const pool = openPool(options, sizes.workers, sizes.inputBytes, settings);
  return await withCleanUp(
    async () => {
      const { chunks, ...stages } = await runStages(plan, pool, budget, options);
      options.signal?.throwIfAborted();
      return await publishRun(
        plan,
        { ...stages, inputs: inputResults(plan, chunks), customers, products },
        publishContext(lake, plan, config, products.data),
      );
    },
    () => pool.close(),
  );
}

/** The store of a run's records: orders files in landing, or segments in the lake. */
function recordsOf({ fromRaw, landing, landingDir, lake, lakeDir }: BatchRunOptions) {
  return fromRaw === undefined
    ? { store: landing, dir: landingDir }
    : { store: lake, dir: lakeDir };
}

function openPool(
  options: BatchRunOptions,
  workers: number,
  inputBytes: number,
  settings: StageSettings,
): StagePool {
  const { lake, lakeDir } = options;
  const { store, dir } = recordsOf(options);
  const isThreaded = workers > 1 && isLarge(options, inputBytes);
  if (!isThreaded || dir === undefined || lakeDir === undefined) {
    return inlinePool(new StageRunner(store, lake, settings));
  }
  return new WorkerPool(workers, { landingDir: dir, lakeDir, settings });
}
