import { PreconditionFailedError, TerminalError } from '../../../shared/model/errors.ts';
import { jsonBytes } from '../../../shared/runtime/json.ts';
import { readCurrentPointer } from '../../../shared/state/current-pointer.ts';
import { type EpochHead, readEpochHead, readPlan } from '../../../shared/state/epoch-head.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import { readHead } from '../../../shared/state/fold.ts';
import { epochOfKey } from '../../../shared/state/lake-keys.ts';
import { readStreamManifest } from '../../../shared/state/manifest-chain.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import { transact } from '../../../shared/state/transact.ts';
import { cleanLogs } from './clean-logs.ts';
import { cleanObjects } from './clean-objects.ts';

/** Clean old objects once every this many epochs, because it lists folders. */
const EPOCHS_PER_CLEANING = 50;

/**
 * Finishes what an earlier publisher may have left after its commit (stream protocol §3, R): points
 * CURRENT at the committed epoch and removes logs and objects no longer needed. Each step is
 * conditional and repeatable. Throws `TerminalError` `StateBehindLake`, `lake_taken`.
 */
export async function rollForward(
  context: StreamContext,
): Promise<{ head: EpochHead; plan: EpochPlan | null }> {
  const head = await readEpochHead(context);
  await moveCurrent(context, head);
  if (head.committedPlan === null) return { head, plan: null };
  const plan = await readPlan(context, head.committedPlan);
  await notePublished(context, plan);
  await cleanLogs(context, plan);
  if (plan.epoch % EPOCHS_PER_CLEANING === 0) await cleanObjects(context, head);
  return { head, plan };
}

/** R2: CURRENT never moves back, and never ahead of EPOCH HEAD. */
async function moveCurrent(context: StreamContext, { committedEpoch }: EpochHead): Promise<void> {
  const { lake, lakeKeys } = context;
  for (;;) {
    const current = await readCurrentPointer(lake, lakeKeys.current);
    const currentEpoch = current === null ? 0 : epochOfKey(current.manifestKey);
    if (currentEpoch === committedEpoch) return;
    if (current !== null && currentEpoch > committedEpoch) {
      const again = await readEpochHead(context);
      // Another publisher has committed since, and takes care of CURRENT.
      if (again.committedEpoch >= currentEpoch) return;
      throw await behindLake(context, current.manifestKey, again.committedEpoch);
    }
    const bytes = jsonBytes({ manifest: lakeKeys.manifest(committedEpoch) });
    const condition = current === null ? { ifNoneMatch: true as const } : { ifMatch: current.etag };
    try {
      await lake.put(lakeKeys.current, bytes, condition);
      return;
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }
}

async function behindLake(
  { lake, lakeKeys, stream, consumer }: StreamContext,
  manifestKey: string,
  committedEpoch: number,
): Promise<TerminalError> {
  const manifest = await readStreamManifest(lake, manifestKey);
  if (manifest.stream !== stream.name) {
    const message = `the lake holds stream ${manifest.stream} for consumer ${consumer}`;
    return new TerminalError('lake_taken', `${message}; use another lake for ${stream.name}`);
  }
  const message = `${lakeKeys.current} names epoch ${manifest.epoch}, but the state epoch ${committedEpoch}`;
  const way = 'restore the newer state, or replay under a new --consumer name';
  return new TerminalError('StateBehindLake', `${message}; ${way}`);
}

/** R3: serves clean-up only; a plan never starts from it. */
async function notePublished(context: StreamContext, plan: EpochPlan): Promise<void> {
  for (const { shard, to_version: toVersion } of plan.shards) {
    for (;;) {
      const head = await readHead(context, shard);
      if (head === null || head.publishedThrough >= toVersion) break;
      const status = await transact(context, [
        {
          kind: 'update',
          key: context.keys.head(shard),
          set: { publishedThrough: toVersion },
          tests: [{ attribute: 'publishedThrough', equals: head.publishedThrough }],
        },
      ]);
      if (status === 'committed') break;
    }
  }
}
