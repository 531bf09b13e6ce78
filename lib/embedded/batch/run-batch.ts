import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { listSegments } from '../../../lambdas/batch/plan-run/list-segments.ts';
import { planRun } from '../../../lambdas/batch/plan-run/plan-run.ts';
import {
  carriedWorkers,
  type MemoryNeeds,
  neededBytes,
  planMemory,
  uncompressedBytes,
} from '../../../lambdas/batch/plan-run/plan-sizes.ts';
import { inputResults } from '../../../lambdas/batch/publish-run/file-totals.ts';
import { publishContext } from '../../../lambdas/batch/publish-run/publish-context.ts';
import { publishRun } from '../../../lambdas/batch/publish-run/publish-run.ts';
import {
  discardRun,
  removeOldRuns,
  removeWork,
} from '../../../lambdas/batch/publish-run/remove-old-runs.ts';
import type { BatchManifest } from '../../../lambdas/batch/run/batch-manifest.ts';
import {
  type BatchPlan,
  manifestKey,
  planKey,
  runIdOf,
  workPrefix,
} from '../../../lambdas/batch/run/batch-plan.ts';
import { loadDimensions } from '../../../lambdas/batch/run/load-dimensions.ts';
import { storageError } from '../../../lambdas/shared/adapters/local/file-errors.ts';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { configHash } from '../../../lambdas/shared/model/config-hash.ts';
import {
  cleanUpOnFailure,
  RetryableError,
  TerminalError,
  tryAll,
  withCleanUp,
} from '../../../lambdas/shared/model/errors.ts';
import { tablesOf } from '../../../lambdas/shared/model/tables.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { jsonBytes } from '../../../lambdas/shared/runtime/json.ts';
import { BATCH_CURRENT_KEY, batchTableFolder } from '../../../lambdas/shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../../lambdas/shared/state/current-pointer.ts';
import type { StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import type { BatchRunResult } from '../../common/batch-run-result.ts';
import { ExchangeBudget } from './exchange-memory.ts';
import { withSavedCuts } from './saved-plan.ts';
import { StageRunner, type StageSettings } from './stage-runner.ts';
import { type BatchProgress, runStages } from './stages.ts';
import { inlinePool, type StagePool, WorkerPool } from './worker-pool.ts';

export type { BatchProgress };

export interface BatchRunOptions {
  readonly landing: ObjectStore;
  readonly lake: ObjectStore;
  /** The folders of the two stores; without them everything runs in this thread. */
  readonly landingDir?: string;
  readonly lakeDir?: string;
  readonly config: Config;
  /** Number of threads; defaults to the config's. The tables do not depend on it. */
  readonly workers?: number;
  /** Threads are started for this much input; by default 64 MiB, below which one is faster. */
  readonly threadedFromBytes?: number;
  /** Reads the raw archive of this consumer's stream in the lake instead of orders files. */
  readonly fromRaw?: StreamLakeKeys;
  /** A plan whose chunks and buckets are used again. */
  readonly planFile?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** Told what could not be removed, by this run or of others before it. */
  readonly onLeftover?: (message: string) => void;
  /** One line for the user about how this run goes, and what would change it. */
  readonly onNote?: (line: string) => void;
  readonly clock?: Clock;
}

const MAX_DEFAULT_WORKERS = 8;
const DEFAULT_THREADED_FROM_BYTES = 64 * 1024 * 1024;
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
  const { memoryLimitBytes, chunkBytes, keepRunsForMs } = config.batch;
  let memory = planMemory({ ...NOTHING, workers, memoryLimitBytes });
  options.onProgress?.({ stage: 'plan', done: 0, total: 1, unit: 'files' });
  const planned = await planRun(landing, lake, {
    runId,
    createdAt,
    codeVersion: packageJson.version,
    configHash: configHash(config),
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
  const keep = [runId, ...(plan.previous === null ? [] : [runIdOf(plan.previous.manifestKey)])];
  await tidily(options, () =>
    tryAll([
      () => removeWork(lake, runId),
      () => removeOldRuns(lake, { beforeMs: startedAtMs - keepRunsForMs, keep }),
    ]),
  );
  const { status } = manifest;
  const durationMs = clock.now() - startedAtMs;
  return { runId, status, manifestKey: manifestKey(runId), manifest, durationMs };
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

/** A failed clean-up does not fail the run; it is reported. */
async function tidily({ onLeftover }: BatchRunOptions, tidy: () => Promise<void>): Promise<void> {
  try {
    await tidy();
  } catch (error) {
    if (!(error instanceof TerminalError || error instanceof RetryableError)) throw error;
    onLeftover?.(`cannot remove all expired runs: ${error.message}`);
  }
}

function workersOf({ workers, config }: BatchRunOptions): number {
  return workers ?? config.batch.workers ?? Math.min(MAX_DEFAULT_WORKERS, availableParallelism());
}

/** Little input takes one thread, which has room enough. Says where the limit carries fewer. */
function startedWorkers(options: BatchRunOptions, needs: MemoryNeeds): number {
  if (!isLarge(options, needs.inputBytes)) return needs.workers;
  const carried = carriedWorkers(needs);
  if (carried < needs.workers) options.onNote?.(fewerWorkersNote(needs, carried));
  return carried;
}

function fewerWorkersNote(needs: MemoryNeeds, carried: number): string {
  const mib = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)}MiB`;
  const { workers, memoryLimitBytes } = needs;
  return (
    `starting ${carried} of ${workers} workers: more would spill to disk and be slower within ` +
    `batch.memoryLimitBytes of ${mib(memoryLimitBytes)}; ` +
    `${workers} workers need ${mib(neededBytes(needs, workers))}`
  );
}

function isLarge({ threadedFromBytes }: BatchRunOptions, inputBytes: number): boolean {
  return inputBytes >= (threadedFromBytes ?? DEFAULT_THREADED_FROM_BYTES);
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

/** Prefixes that batch and reconcile write to. */
const SWEPT_PREFIXES = ['tables/batch/', 'work/', 'manifests/batch/', 'state/batch/', 'reports/'];

/**
 * Removes what killed processes left: files that never got their key, and locks. Before anything is
 * written, because on a full disk the run may need the room.
 */
async function sweepTemporaries(lakeDir: string): Promise<void> {
  const files = new FileObjectStore(lakeDir);
  await tryAll(
    SWEPT_PREFIXES.map((prefix) => async () => void (await files.removeStaleTemporaries(prefix))),
  );
}

/**
 * Removes what a failed run left, needs no space for it, and does all that can be done. Threads
 * that were stopped may have left files that have no key yet, so the folders go as a whole. A run
 * that `CURRENT.json` names all the same was published before it failed, and stays.
 */
async function discard({ lake, lakeDir }: BatchRunOptions, { runId }: BatchPlan): Promise<void> {
  const current = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
  const isCurrent = current?.manifestKey === manifestKey(runId);
  const tables = tablesOf('batch').map(({ name }) => batchTableFolder(name, runId));
  const folders = isCurrent ? [workPrefix(runId)] : [workPrefix(runId), ...tables];
  await tryAll([
    () => (isCurrent ? removeWork(lake, runId) : discardRun(lake, runId)),
    ...(lakeDir === undefined ? [] : folders).map((folder) => () => {
      removeFolder(join(lakeDir ?? '', folder), folder);
    }),
  ]);
}

function removeFolder(path: string, key: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw storageError(key, error);
  }
}
