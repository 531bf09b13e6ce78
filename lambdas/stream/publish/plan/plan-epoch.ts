import { configHash } from '../../../shared/model/config-hash.ts';
import { assert } from '../../../shared/model/errors.ts';
import type { EpochMs } from '../../../shared/model/time.ts';
import { NO_TIME, watermarkOf } from '../../../shared/rules/lateness.ts';
import { jsonBytes } from '../../../shared/runtime/json.ts';
import type { EpochHead } from '../../../shared/state/epoch-head.ts';
import {
  type EpochPlan,
  PLAN_FORMAT,
  type PlannedEntry,
  type PlannedShard,
} from '../../../shared/state/epoch-plan.ts';
import { isWhole, readLog } from '../../../shared/state/fold.ts';
import type { LogEntry } from '../../../shared/state/log-entry.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import { type KnownShard, settleShards } from '../../shards/shard-registry.ts';
import type { EpochDimensions, PlannedDimensions } from './epoch-dimensions.ts';
import { type Drain, raiseFloors, watermarkOfShard } from './raise-floors.ts';

export interface PlanEpochOptions {
  readonly drain?: Drain;
  /** Entries of one shard that the epoch takes at most; otherwise `stream.maxEntriesPerEpoch`. */
  readonly maxEntries?: number;
}

export type PlannedEpoch =
  | { readonly status: 'planned'; readonly plan: EpochPlan; readonly key: string }
  /** No entry is new and the watermark has not moved. */
  | { readonly status: 'nothing_new'; readonly shards: readonly KnownShard[] }
  /** A log that is read lacks entries: another publisher is ahead. */
  | { readonly status: 'superseded' };

/**
 * Fixes what the next epoch holds (stream protocol §3, P1–P8): each shard's log entries since the
 * previous plan, the stream's watermark, taken only after all floors were raised, and dimensions
 * already read. Puts the plan under its own key; `setPlanned` decides whether it counts.
 */
export async function planEpoch(
  context: StreamContext,
  head: EpochHead,
  previous: EpochPlan | null,
  dimensions: EpochDimensions,
  options: PlanEpochOptions = {},
): Promise<PlannedEpoch> {
  const found = await settleShards(context);
  const fromOf = (shardId: string) =>
    previous?.shards.find(({ shard }) => shard === shardId)?.to_version ?? 0;
  const holders = holdersOf(found, fromOf);
  const shards = await raiseFloors(context, found, { holders, drain: options.drain ?? null });
  const { maxEntries = context.config.stream.maxEntriesPerEpoch } = options;
  const cuts: ShardCut[] = [];
  for (const shard of shards) {
    const cut = await cutShard(context, shard, fromOf(shard.shardId), maxEntries);
    if (cut === null) return { status: 'superseded' };
    cuts.push(cut);
  }
  const watermarkMs = watermarkOfStream(cuts);
  const hasEntries = cuts.some(({ planned }) => planned.entries.length > 0);
  if (!hasEntries && watermarkMs === (previous?.watermarkMs ?? null)) {
    return { status: 'nothing_new', shards };
  }
  const read = await dimensions.plan(previous);
  const plan = { ...completePlan(context, head, previous, cuts, watermarkMs), ...read };
  const key = context.lakeKeys.plan(plan.epoch, context.randomness.id());
  await context.lake.put(key, jsonBytes(plan), { ifNoneMatch: true });
  return { status: 'planned', plan, key };
}

/** Shards that, once sealed, still count: entries are left to plan, or a child has no HEAD yet. */
function holdersOf(
  shards: readonly KnownShard[],
  fromOf: (shardId: string) => number,
): ReadonlySet<string> {
  const known = new Set(shards.map(({ shardId }) => shardId));
  const holding = shards.filter(({ shardId, head }) => {
    const isPlanned = fromOf(shardId) === head.version;
    return !isPlanned || !head.children.every((childId) => known.has(childId));
  });
  return new Set(holding.map(({ shardId }) => shardId));
}

/** What an epoch takes from one shard, and the shard's watermark after that. */
interface ShardCut {
  readonly shard: KnownShard;
  readonly planned: PlannedShard;
  readonly watermarkMs: EpochMs;
}

/** Null if an entry is missing (P5). */
async function cutShard(
  context: StreamContext,
  shard: KnownShard,
  from: number,
  maxEntries: number,
): Promise<ShardCut | null> {
  const { shardId, parentShardIds, hashKeyRange, head } = shard;
  const to = Math.min(head.version, from + maxEntries);
  if (to < from) return null;
  const entries = await readLog(context, shardId, from + 1, to);
  if (!isWhole(entries, from + 1, to)) return null;
  const last = entries.at(-1);
  const isCapped = to < head.version && last !== undefined;
  return {
    shard,
    planned: {
      shard: shardId,
      parents: parentShardIds,
      hash_key_range: hashKeyRange,
      from_version: from,
      to_version: to,
      entries: entries.map(plannedEntry),
    },
    watermarkMs: isCapped
      ? watermarkOf(last, context.times.watermarkDelayMs)
      : watermarkOfShard(context, head),
  };
}

function plannedEntry(entry: LogEntry): PlannedEntry {
  const hasRecords = entry.kind === 'records' || entry.kind === 'redrive';
  return {
    version: entry.version,
    kind: entry.kind,
    segment: hasRecords ? entry.segment.key : null,
    sha256: hasRecords ? entry.segment.sha256 : null,
    first_sequence_number: hasRecords ? entry.firstSequenceNumber : null,
    last_sequence_number: hasRecords ? entry.lastSequenceNumber : null,
    floor: entry.kind === 'fence' ? new Date(entry.floorMs).toISOString() : null,
    source_shard: hasRecords ? entry.sourceShard : null,
    gap_after: hasRecords ? entry.gapAfter : null,
    end_reached: entry.kind === 'seal' ? entry.endReached : null,
  };
}

/**
 * G, the smallest watermark (P6). A sealed shard counts until its last entry is planned and all its
 * children are: they begin with a floor that is at least its watermark.
 */
function watermarkOfStream(cuts: readonly ShardCut[]): number | null {
  const planned = new Set(cuts.map(({ shard }) => shard.shardId));
  const counting = cuts.filter(({ shard: { head }, planned: { to_version: to } }) => {
    const isOver = head.sealed && to === head.version;
    return !isOver || !head.children.every((childId) => planned.has(childId));
  });
  if (counting.length === 0) return null;
  const smallest = Math.min(...counting.map(({ watermarkMs }) => watermarkMs));
  return smallest === NO_TIME ? null : smallest;
}

/** All of a plan but what is read. */
function completePlan(
  context: StreamContext,
  head: EpochHead,
  previous: EpochPlan | null,
  cuts: readonly ShardCut[],
  watermarkMs: number | null,
): Omit<EpochPlan, keyof PlannedDimensions> {
  const { lakeKeys, times, config, codeVersion, consumer, stream, clock } = context;
  const previousWatermarkMs = previous?.watermarkMs ?? null;
  assert(
    previousWatermarkMs === null || (watermarkMs !== null && watermarkMs >= previousWatermarkMs),
    `the watermark of the stream moves back from ${previousWatermarkMs} to ${watermarkMs}`,
  );
  return {
    planFormat: PLAN_FORMAT,
    // A number is used once: that of a plan that was given up is burned.
    epoch: Math.max(head.committedEpoch, head.plannedEpoch ?? 0) + 1,
    stream: stream.name,
    consumer,
    createdAt: new Date(clock.now()).toISOString(),
    codeVersion,
    configHash: configHash(config),
    previous: head.committedEpoch === 0 ? null : lakeKeys.manifest(head.committedEpoch),
    previousEpoch: head.committedEpoch,
    shards: cuts.map(({ planned }) => planned),
    watermarkMs,
    previousWatermarkMs,
    windowLengthMs: times.windowLengthMs,
  };
}
