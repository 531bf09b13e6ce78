import { failureKey } from '../../../lambdas/batch/end-run/end-step.ts';
import type { BatchManifest } from '../../../lambdas/batch/run/batch-manifest.ts';
import { type BatchPlan, manifestKey } from '../../../lambdas/batch/run/batch-plan.ts';
import { RunFiles } from '../../../lambdas/batch/run/run-files.ts';
import { readWholePlan } from '../../../lambdas/batch/run/stored-plan.ts';
import { isRunPending } from '../../../lambdas/batch/start-run/decide-start.ts';
import { readStarter } from '../../../lambdas/batch/start-run/start-step.ts';
import { ObjectNotFoundError, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import type { StateStore } from '../../../lambdas/shared/ports/state-store.ts';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../../lambdas/shared/state/current-pointer.ts';
import { nap } from '../../common/nap.ts';
import type { BatchExecution, BatchExecutions } from './batch-executions.ts';

/**
 * Notifications of uploads come within seconds; if the starter knows of none after this long, none
 * came.
 */
const QUIET_MS_MAX = 300_000;
/** Executions that are looked at. */
const RUNS_LOOKED_AT = 20;

export interface RunStep {
  readonly stage: 'wait' | 'plan' | 'map' | 'reduce' | 'merge' | 'publish';
  /** Steps of the stage; of those that are none, 0 of 0. */
  readonly done: number;
  readonly total: number;
  readonly runId: string | null;
}

export interface FollowedRun {
  readonly runId: string;
  readonly manifestKey: string;
  readonly manifest: BatchManifest;
  /** From its start to its end. */
  readonly durationMs: number;
}

export interface FollowOptions {
  /** True for the plan of the run that is waited for. */
  readonly isWanted: (plan: BatchPlan) => boolean;
  /** Ids of runs that were there before. */
  readonly before: ReadonlySet<string>;
  readonly pollMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onStep?: (step: RunStep) => void;
}

/** The parts of a deployment that following needs. */
export interface FollowedResources {
  readonly lake: ObjectStore & { readonly bucket: string };
  readonly state: StateStore;
  readonly executions: Pick<BatchExecutions, 'latest' | 'find'>;
}

/** The ids of existing runs, to recognise new ones later. */
export async function knownRuns({ executions }: FollowedResources): Promise<Set<string>> {
  return new Set((await executions.latest(RUNS_LOOKED_AT)).map(({ runId }) => runId));
}

/**
 * Waits until the wanted run is published. Throws `TerminalError`: `run_failed` with the recorded
 * reason, `run_not_started`, `run_empty`; or the signal's reason, while the run goes on.
 */
export async function followRun(
  resources: FollowedResources,
  options: FollowOptions,
): Promise<FollowedRun> {
  const { clock, pollMs, signal, onStep } = options;
  const unwanted = new Set<string>();
  let quietSinceMs = clock.now();
  for (;;) {
    const runs = await newRuns(resources, options);
    const wanted = await wantedRun(resources, runs, options, unwanted);
    if (wanted !== null) return await followToEnd(resources, wanted, options);
    const { state: starter } = await readStarter(resources.state);
    const isBusy = starter.running !== null || isRunPending(starter);
    const isUnderWay = runs.some(({ status }) => status === 'RUNNING');
    if (isBusy || isUnderWay) quietSinceMs = clock.now();
    const failed = runs.find(({ status }) => status !== 'RUNNING' && status !== 'SUCCEEDED');
    // Nothing waits any more, so it was that one; its plan is gone with it.
    if (!isBusy && !isUnderWay && failed !== undefined) throw await failure(resources, failed);
    if (clock.now() - quietSinceMs > QUIET_MS_MAX) throw notStarted();
    onStep?.({ stage: 'wait', done: 0, total: 0, runId: starter.running?.runId ?? null });
    await nap(clock, pollMs, signal);
    signal.throwIfAborted();
  }
}

async function newRuns(
  { executions }: FollowedResources,
  { before }: FollowOptions,
): Promise<BatchExecution[]> {
  return (await executions.latest(RUNS_LOOKED_AT)).filter(({ runId }) => !before.has(runId));
}

/** A plan does not change, and a large one takes long to read: each is looked at once. */
async function wantedRun(
  { lake }: FollowedResources,
  runs: readonly BatchExecution[],
  { isWanted }: FollowOptions,
  unwanted: Set<string>,
): Promise<string | null> {
  for (const { runId } of runs) {
    if (unwanted.has(runId)) continue;
    const plan = await planOf(lake, runId);
    if (plan === null) continue;
    if (isWanted(plan)) return runId;
    unwanted.add(runId);
  }
  return null;
}

/** Null while it is planned, and after a run has failed. */
async function planOf(lake: FollowedResources['lake'], runId: string): Promise<BatchPlan | null> {
  return await orNull(() => readWholePlan(lake, runId));
}

async function followToEnd(
  resources: FollowedResources,
  runId: string,
  { clock, pollMs, signal, onStep }: FollowOptions,
): Promise<FollowedRun> {
  const { executions, lake } = resources;
  const files = new RunFiles(lake, runId);
  let step: RunStep = { stage: 'plan', done: 0, total: 0, runId };
  for (;;) {
    const execution = await executions.find(runId);
    const status = execution?.status ?? 'RUNNING';
    if (execution !== null && status === 'SUCCEEDED')
      return await publishedRun(resources, execution);
    if (execution !== null && status !== 'RUNNING') throw await failure(resources, execution);
    step = (await orNull(() => nextStep(files, step))) ?? step;
    onStep?.(step);
    await nap(clock, pollMs, signal);
    signal.throwIfAborted();
  }
}

/** A stage that is done is not looked at again. */
async function nextStep(files: RunFiles, before: RunStep): Promise<RunStep> {
  const { taskCount, bucketCount, rangeCount } = await files.readHeader();
  const stages = [
    { stage: 'map', total: taskCount },
    { stage: 'reduce', total: bucketCount },
    { stage: 'merge', total: rangeCount },
  ] as const;
  const from = Math.max(
    0,
    stages.findIndex(({ stage }) => stage === before.stage),
  );
  const { runId } = before;
  if (before.stage === 'publish') return before;
  for (const { stage, total } of stages.slice(from)) {
    const done = await files.countResults(stage);
    if (done < total) return { stage, done, total, runId };
  }
  return { stage: 'publish', done: 0, total: 0, runId };
}

async function publishedRun(
  { lake }: FollowedResources,
  { runId, startedAtMs, stoppedAtMs }: BatchExecution,
): Promise<FollowedRun> {
  const key = manifestKey(runId);
  const manifest = await orNull(async () => parseJson<BatchManifest>(await lake.get(key)));
  if (manifest === null) {
    const message = `run ${runId} found no orders files in the landing bucket`;
    throw new TerminalError('run_empty', message);
  }
  const durationMs = (stoppedAtMs ?? startedAtMs) - startedAtMs;
  return { runId, manifestKey: key, manifest, durationMs };
}

/** The current run if it has read what is wanted; otherwise null. */
export async function currentRun(
  { lake, executions }: FollowedResources,
  isWanted: FollowOptions['isWanted'],
): Promise<FollowedRun | null> {
  const current = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
  if (current === null) return null;
  const { manifestKey: key } = current;
  const manifest = parseJson<BatchManifest>(await lake.get(key));
  const plan = await planOf(lake, manifest.run_id);
  if (plan === null || !isWanted(plan)) return null;
  const { startedAtMs = 0, stoppedAtMs = null } = (await executions.find(plan.runId)) ?? {};
  const durationMs = (stoppedAtMs ?? startedAtMs) - startedAtMs;
  return { runId: plan.runId, manifestKey: key, manifest, durationMs };
}

async function failure(
  { lake }: FollowedResources,
  { runId, status }: BatchExecution,
): Promise<TerminalError> {
  const key = failureKey(runId);
  const record = await orNull(async () =>
    parseJson<{ error: string; message: string }>(await lake.get(key)),
  );
  const reason =
    record === null
      ? `${status.toLowerCase()}: see its execution in Step Functions`
      : `${record.error}: ${record.message} (${key} in bucket ${lake.bucket})`;
  return new TerminalError('run_failed', `run ${runId} failed, nothing is published: ${reason}`);
}

function notStarted(): TerminalError {
  return new TerminalError(
    'run_not_started',
    `no run started within ${QUIET_MS_MAX / 60_000} minutes of the upload, and none is due; check ` +
      'the queue and the log of StartFunction, or start a run: npx tandem batch --target aws',
  );
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}
