import { assert, TerminalError } from '../../shared/runtime/errors.ts';
import type { BatchHost } from '../batch-host.ts';
import type { BatchPlan } from '../batch-plan.ts';
import { type KnownStarts, type MappedChunk, RunFiles } from '../run-files.ts';
import { mappedChunks } from '../stage-settings.ts';
import { type ChunkRepair, checkChunks } from './check-chunks.ts';

/**
 * Repairs in one round: the list of them is a payload of at most 256 KiB. The others come in the
 * next round.
 */
const MAX_REPAIRS = 4_000;

/** Rounds of a run; each of them mends one border of each file. */
const MAX_ROUNDS = 1_000;

/** The state after a map: over chunks, or over buckets. */
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
  readonly repairs: readonly ChunkRepair[];
}

export async function checkAfterMap(
  host: BatchHost,
  event: CheckEvent,
): Promise<CheckStepResult | { status: 'whole' }> {
  return event.stage === 'map'
    ? await checkStep(host, event)
    : await checkBuckets(host, event.runId);
}

/**
 * The state after each map over chunks: fails where a chunk has no result, follows the chains, and
 * says which chunks to run again from a known start. Once all chains hold it writes what the reduce
 * steps read. Repeated, it answers the same. Throws `TerminalError`: that of a failed step,
 * `too_many_repairs`.
 */
async function checkStep(
  host: BatchHost,
  { runId, round }: CheckStepEvent,
): Promise<CheckStepResult> {
  const files = new RunFiles(host.lake, runId);
  const plan = await files.readPlan();
  const starts = round === 0 ? plan.chunks.map(() => null) : await files.readStarts(round);
  assert(starts !== null, `round ${round} of ${runId} was planned`);
  const mapped = await files.readChunks(starts);
  // A gzip file that cannot be used is mapped no further; it is in the results all the same.
  const results = mapped.map(({ result }) => result);
  const { repairs, empty } = checkChunks(plan, results);
  if (repairs.length === 0) {
    await putReducePlan(files, plan, mapped, empty);
    return { status: 'whole', round, repairs: [] };
  }
  if (round >= MAX_ROUNDS) {
    const message = `${repairs.length} chains do not hold after ${MAX_ROUNDS} rounds of repair`;
    throw new TerminalError('too_many_repairs', `${message}; raise batch.chunkBytes`);
  }
  const now = repairs.slice(0, MAX_REPAIRS);
  await files.putStarts(round + 1, repaired(starts, now));
  return { status: 'repair', round: round + 1, repairs: now };
}

/** The state after the map over buckets. Throws `TerminalError` where one has no result. */
async function checkBuckets(host: BatchHost, runId: string): Promise<{ status: 'whole' }> {
  const files = new RunFiles(host.lake, runId);
  const { bucketCount } = await files.readPlan();
  await files.readBuckets(bucketCount);
  return { status: 'whole' };
}

function repaired(starts: KnownStarts, repairs: readonly ChunkRepair[]): KnownStarts {
  const after = [...starts];
  for (const { chunkIndex, knownStart } of repairs) after[chunkIndex] = knownStart;
  return after;
}

async function putReducePlan(
  files: RunFiles,
  plan: BatchPlan,
  mapped: readonly MappedChunk[],
  empty: ReadonlySet<number>,
): Promise<void> {
  const results = mapped.map(({ result }, index) => (empty.has(index) ? null : result));
  const { used, layouts } = mappedChunks(plan, results);
  const blocks = used.map(({ chunkIndex }) => mapped[chunkIndex].blocks);
  await files.putChunkResults(results);
  await files.putReducePlan({ used, layouts, blocks });
}
