import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import { findEpochHead, findPlan } from '../../lambdas/shared/state/epoch-head.ts';
import { readSnapshot } from '../../lambdas/shared/state/epoch-snapshot.ts';
import { readLog } from '../../lambdas/shared/state/fold.ts';
import { manifestChain } from '../../lambdas/shared/state/manifest-chain.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';
import { endOfStream } from '../../lambdas/stream/publish/plan/raise-floors.ts';
import { readShards } from '../../lambdas/stream/shards/shard-registry.ts';
import { currentManifest } from './current-manifest.ts';
import { readShardStatuses, type ShardStatus } from './shard-status.ts';
import type { StreamSight } from './stream-sight.ts';

/** Records that left the stream before anybody read them (stream protocol §7). */
export interface StreamGap {
  readonly shardId: string;
  /** Version of the log entry that says so. */
  readonly version: number;
  /** Sequence number before the gap; null: the shard could not be read to its end. */
  readonly after: string | null;
}

export interface PlannedEpochStatus {
  readonly epoch: number;
  readonly ageMs: number;
  readonly codeVersion: string;
  /** False: another version planned it; null: it is not known which version publishes. */
  readonly isOurs: boolean | null;
}

export interface WindowStatus {
  readonly startMs: number;
  readonly orders: number;
}

export interface StreamStatus {
  readonly stream: string;
  readonly consumer: string;
  readonly hasStream: boolean;
  readonly isBegun: boolean;
  readonly differences: readonly string[];
  readonly manifest: StreamManifest | null;
  readonly manifestKey: string | null;
  readonly planned: PlannedEpochStatus | null;
  readonly shards: readonly ShardStatus[];
  /** The shard whose watermark is the smallest, where others are further. */
  readonly heldBackBy: ShardStatus | null;
  readonly gaps: readonly StreamGap[];
  /** Why the manifests could not be looked through for gaps; null: they could. */
  readonly damage: string | null;
  readonly openWindows: readonly WindowStatus[];
  /** E: where a drain ends; null while nothing was counted. */
  readonly endMs: EpochMs | null;
  /** Open windows at or after E, opened by event times far ahead of their arrival. */
  readonly windowsAhead: readonly WindowStatus[];
}

/** Manifests that are looked through for gaps, from the newest back. */
const MAX_MANIFESTS = 1_000;

/** The status of a consumer, for operators (stream protocol §10). Changes nothing. */
export async function readStreamStatus(sight: StreamSight): Promise<StreamStatus> {
  const { context, stream, isBegun, differences } = sight;
  const manifest = await currentManifest(context);
  const shards = await readShardStatuses(sight);
  const openWindows = manifest === null ? [] : await readOpenWindows(context, manifest.epoch);
  const end = endOfStream(context, await readShards(context));
  const endMs = Number.isFinite(end) ? end : null;
  return {
    stream: context.stream.name,
    consumer: context.consumer,
    hasStream: stream !== null,
    isBegun,
    differences,
    manifest,
    manifestKey: manifest === null ? null : context.lakeKeys.manifest(manifest.epoch),
    planned: await readPlanned(sight),
    shards,
    heldBackBy: heldBackBy(shards),
    ...(await readGaps(context, manifest)),
    openWindows,
    endMs,
    windowsAhead: endMs === null ? [] : openWindows.filter(({ startMs }) => startMs >= endMs),
  };
}

async function readPlanned({
  context,
  isPublisher,
}: StreamSight): Promise<PlannedEpochStatus | null> {
  const { plannedPlan } = await findEpochHead(context);
  if (plannedPlan === null) return null;
  const plan = await findPlan(context, plannedPlan);
  // The next publication plans again if it cannot be read.
  if (plan === null) return null;
  const { epoch, createdAt, codeVersion } = plan;
  const ageMs = context.clock.now() - Date.parse(createdAt);
  const isOurs = isPublisher ? codeVersion === context.codeVersion : null;
  return { epoch, ageMs, codeVersion, isOurs };
}

async function readOpenWindows(
  { lake, lakeKeys }: StreamContext,
  epoch: number,
): Promise<WindowStatus[]> {
  const { windows } = await readSnapshot(lake, lakeKeys.snapshot(epoch), epoch);
  return windows.map(({ start_ms: startMs, products }) => ({
    startMs,
    orders: products.reduce((sum, [, orders]) => sum + orders, 0),
  }));
}

/** Sealed shards count until all their children have begun (stream protocol §3, P6). */
function heldBackBy(shards: readonly ShardStatus[]): ShardStatus | null {
  const begun = new Set(
    shards.filter(({ state }) => state !== 'new').map(({ shardId }) => shardId),
  );
  const counting = shards.filter(
    ({ state, children }) => state !== 'sealed' || !children.every((id) => begun.has(id)),
  );
  const timeOf = ({ watermarkMs }: ShardStatus) => watermarkMs ?? Number.NEGATIVE_INFINITY;
  const inOrder = counting.toSorted((a, b) => timeOf(a) - timeOf(b));
  const [slowest] = inOrder;
  const fastest = inOrder.at(-1);
  if (slowest === undefined || fastest === undefined) return null;
  return timeOf(slowest) < timeOf(fastest) ? slowest : null;
}

/** Gaps of published entries, from manifests, and of entries that still wait in the logs. */
async function readGaps(
  context: StreamContext,
  newest: StreamManifest | null,
): Promise<Pick<StreamStatus, 'gaps' | 'damage'>> {
  let damage: string | null = null;
  const gaps = new Map<string, StreamGap>();
  const add = (gap: StreamGap) => gaps.set(`${gap.shardId} ${gap.version}`, gap);
  for (const { shardId, head } of await readShards(context)) {
    for (const entry of await readLog(context, shardId, head.claimsFrom, head.version)) {
      const { version } = entry;
      if (entry.kind === 'seal' && !entry.endReached) add({ shardId, version, after: null });
      const after = 'gapAfter' in entry ? entry.gapAfter : null;
      if (after !== null) add({ shardId, version, after });
    }
  }
  try {
    for (const { shard: shardId, entries } of await newestInputs(context, newest)) {
      for (const { version, gap_after: after, end_reached: endReached } of entries) {
        if (after !== null || endReached === false) add({ shardId, version, after });
      }
    }
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    damage = error.message;
  }
  const inOrder = [...gaps.values()].sort((a, b) =>
    a.shardId === b.shardId ? a.version - b.version : a.shardId < b.shardId ? -1 : 1,
  );
  return { gaps: inOrder, damage };
}

async function newestInputs({ lake }: StreamContext, newest: StreamManifest | null) {
  const inputs: StreamManifest['inputs'][number][] = [];
  if (newest === null) return inputs;
  let left = MAX_MANIFESTS;
  for await (const manifest of manifestChain(lake, newest)) {
    inputs.push(...manifest.inputs);
    left -= 1;
    if (left === 0) break;
  }
  return inputs;
}
