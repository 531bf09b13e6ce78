import { TerminalError } from '../../shared/model/errors.ts';
import { writeIndex } from '../exchange/stored-index.ts';
import type { BatchHost } from '../run/batch-host.ts';
import { RunFiles } from '../run/run-files.ts';
import { RunCheck, type TaskRepair } from './run-check.ts';

/**
 * Most repairs in one round: their list shares a payload of at most 256 KiB with the plan's. The
 * rest follow in the next round.
 */
const MAX_REPAIRS = 2_000;

/** Most rounds of a run; each repairs one border of each file. */
const MAX_ROUNDS = 1_000;

/** The state after a map: over tasks, or over buckets. */
export type CheckEvent =
  | ({ readonly stage: 'map' } & CheckStepEvent)
  | { readonly stage: 'reduce'; readonly runId: string };

export interface CheckStepEvent {
  readonly runId: string;
  /** Rounds of repair before this look: 0 at first. */
  readonly round: number;
}

export interface CheckStepResult {
  readonly status: 'repair' | 'whole';
  readonly round: number;
  readonly repairs: readonly TaskRepair[];
}

/**
 * The step after a map state: checks the chunks' chains after `map`, or that every bucket has a
 * result after `reduce`, and stores the plan of the next stage. Repeated, it stores the same.
 * Throws `TerminalError` with the recorded code of a step without result, or `too_many_repairs`.
 */
export async function checkAfterMap(
  host: BatchHost,
  event: CheckEvent,
): Promise<CheckStepResult | { status: 'whole' }> {
  return event.stage === 'map'
    ? await checkStep(host, event)
    : await checkBuckets(host, event.runId);
}

/**
 * The state after each map over tasks: fails where one has no result, follows the chains, and says
 * which tasks to run again from a known start. Once all chains hold it writes what the reduce steps
 * read. Repeated, it answers the same. Throws `TerminalError`: that of a failed step,
 * `too_many_repairs`.
 */
async function checkStep(
  host: BatchHost,
  { runId, round }: CheckStepEvent,
): Promise<CheckStepResult> {
  const files = new RunFiles(host.lake, runId);
  const header = await files.readHeaderOfStep();
  const starts = round === 0 ? new Map<number, number>() : await files.readStarts(round);
  const check = new RunCheck();
  for await (const mapped of files.mappedParts(header, starts)) check.add(mapped);
  if (check.missing.length > 0) throw await files.missing('map', check.missing);
  const { repairs } = check;
  if (repairs.length === 0) {
    const plan = check.reducePlan();
    const index = await writeIndex(
      host.lake,
      plan.used.map(({ blocks }) => blocks),
      { bucketCount: header.bucketCount, keyOf: (stripe) => files.indexKey('exchange', stripe) },
    );
    await files.putReducePlan({ ...plan, index });
    await files.putFinalStarts(starts);
    return { status: 'whole', round, repairs: [] };
  }
  if (round >= MAX_ROUNDS) {
    const message = `${repairs.length} chains of chunks are still inconsistent after ${MAX_ROUNDS} repairs`;
    throw new TerminalError('too_many_repairs', `${message}; raise batch.chunkBytes`);
  }
  const now = repairs.slice(0, MAX_REPAIRS);
  const after = new Map(starts);
  for (const { taskIndex, knownStart } of now) after.set(taskIndex, knownStart);
  await files.putStarts(round + 1, after);
  return { status: 'repair', round: round + 1, repairs: now };
}

/**
 * The state after the map over buckets: writes what the merge steps read. Throws `TerminalError`
 * where a bucket has no result.
 */
async function checkBuckets(host: BatchHost, runId: string): Promise<{ status: 'whole' }> {
  const files = new RunFiles(host.lake, runId);
  const { bucketCount, rangeCount } = await files.readHeaderOfStep();
  const buckets = await files.readBuckets(bucketCount);
  const sums = buckets.flatMap((bucket) => bucket.sums ?? []);
  const keyOf = (stripe: number) => files.indexKey('sums', stripe);
  const index = await writeIndex(host.lake, sums, { bucketCount: rangeCount, keyOf });
  await files.putMergePlan({ sums, index });
  return { status: 'whole' };
}
