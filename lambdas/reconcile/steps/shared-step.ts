import { TerminalError } from '../../shared/model/errors.ts';
import { MS_PER_HOUR } from '../../shared/model/time.ts';
import { DEFAULT_CONSUMER } from '../../shared/state/lake-keys.ts';
import type { ReconcileOptions } from '../model/result.ts';
import { openPublications } from '../read/publications.ts';
import {
  dealShare,
  joinShares,
  matchShare,
  planShared,
  type SharedPlan,
} from '../share/shared-comparison.ts';
import { LEAST_WORKERS, workersFor } from '../share/workers.ts';
import type { Attempt } from '../work/work-folder.ts';
import type { ComparedResult } from './last-comparison.ts';
import { putLast } from './last-comparison.ts';
import { byOf, comparedBy, optionsOf, type ReconcileHost } from './reconcile-host.ts';

/** What the state machine of large comparisons is started with, and hands to every step. */
export interface SharedInput {
  readonly plan: SharedPlan;
  readonly attempt: Attempt;
  readonly workers: readonly number[];
}

/** One step of it. */
export interface ShareEvent extends Pick<SharedInput, 'plan' | 'attempt'> {
  readonly stage: 'deal' | 'match' | 'join';
  /** For `deal` and `match`. */
  readonly worker?: number;
}

export interface ComparisonLauncher {
  /** Repeated with a name, it starts nothing more. */
  launch(name: string, input: SharedInput): Promise<void>;
}

export interface StartedComparison {
  /** A state machine runs the rest. */
  readonly status: 'started';
  readonly runId: string;
  readonly epoch: number;
  readonly workers: number;
}

/**
 * Starts the comparison of both current publications by many functions; null if one is enough.
 * Starts at most one per pair and hour. Throws `TerminalError` `nothing_published`.
 */
export async function startShared(
  host: ReconcileHost,
  launcher: ComparisonLauncher,
  options: ReconcileOptions,
): Promise<StartedComparison | null> {
  const { lake, clock } = host;
  const { batch, stream } = await openPublications(lake, DEFAULT_CONSUMER);
  const totalRecords = [batch, stream].reduce(
    (sum, { counts }) => sum + counts.active + counts.cancelled,
    0,
  );
  const workerCount = workersFor(totalRecords);
  if (workerCount < LEAST_WORKERS) return null;
  const keys = { batchKey: batch.manifestKey, streamKey: stream.manifestKey };
  const plan = await planShared(lake, options, keys, workerCount);
  const workers = Array.from({ length: workerCount }, (_, worker) => worker);
  const hour = Math.floor(clock.now() / MS_PER_HOUR);
  const { attempt } = options;
  await launcher.launch(`${batch.runId}-${stream.epoch}-${hour}`, { plan, attempt, workers });
  return { status: 'started', runId: batch.runId, epoch: stream.epoch, workers: workerCount };
}

/**
 * Runs one step of the state machine. The last one answers as a comparison in one function does;
 * the others answer null.
 */
export async function shareStep(
  host: ReconcileHost,
  { stage, plan, attempt, worker }: ShareEvent,
  signal: AbortSignal,
): Promise<ComparedResult | null> {
  const { lake } = host;
  const options = { ...optionsOf(host, signal), attempt };
  const run = { lake, options, plan, callId: host.randomness.id() };
  if (stage === 'join') {
    const result = await joinShares(run);
    const compared = comparedBy(result, byOf(host, options));
    await putLast(lake, compared);
    return compared.verdict.result;
  }
  if (worker === undefined) throw new TerminalError('usage', `a ${stage} step has a worker`);
  await (stage === 'deal' ? dealShare : matchShare)(run, worker);
  return null;
}
