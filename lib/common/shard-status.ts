import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { Shard } from '../../lambdas/shared/ports/event-stream.ts';
import { NO_TIME } from '../../lambdas/shared/rules/lateness.ts';
import { type OutcomeCounts, zeroCounts } from '../../lambdas/shared/rules/outcome.ts';
import { readLog } from '../../lambdas/shared/state/fold.ts';
import type { LogEntry } from '../../lambdas/shared/state/log-entry.ts';
import type { ShardHead } from '../../lambdas/shared/state/shard-head.ts';
import { watermarkOfShard } from '../../lambdas/stream/publish/plan/raise-floors.ts';
import { readShards } from '../../lambdas/stream/shards/shard-registry.ts';
import { type ShardUnread, unreadOfShard } from '../../lambdas/stream/shards/unread-of-shard.ts';
import type { StreamSight } from './stream-sight.ts';

/**
 * State of a shard: `unknown` if the stream cannot be read; `new`: reading has not begun; `sealed`:
 * it is over, and everything in it was read.
 */
export type ShardState = 'new' | 'behind' | 'active' | 'idle' | 'sealed' | 'unknown';

export interface ShardStatus {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly state: ShardState;
  /** Why it is not idle, and so holds back the watermark where its own is the smallest. */
  readonly whyNotIdle: string | null;
  readonly checkpoint: string | null;
  readonly lastArrivalMs: EpochMs | null;
  readonly watermarkMs: EpochMs | null;
  /** Null if the stream cannot be looked at, or cannot count as many as are unread. */
  readonly unreadRecords: number | null;
  /** Lower bound; null if the stream cannot be read. */
  readonly unreadAtLeast: number | null;
  /** Age of the oldest unread record; null if the stream cannot be looked at. */
  readonly lagMs: number | null;
  /** Its kind is null if it was cleaned up: published, and its claims have expired. */
  readonly lastEntry: { readonly version: number; readonly kind: LogEntry['kind'] | null } | null;
  readonly counts: Readonly<OutcomeCounts>;
  /** Records whose partition key is another than their order id (contract §1.1). */
  readonly otherKeys: number;
}

/** The status of all shards that the stream lists or the state knows, parents before children. */
export async function readShardStatuses(sight: StreamSight): Promise<ShardStatus[]> {
  const { context } = sight;
  const known = await readShards(context);
  const knownIds = new Set(known.map(({ shardId }) => shardId));
  const listed = await context.stream.listShards();
  const fresh = listed.filter(({ shardId }) => !knownIds.has(shardId));
  const nowMs = await context.stream.now();
  const statuses: ShardStatus[] = [];
  for (const { head, ...shard } of known) {
    statuses.push(await statusOf(sight, shard, head, nowMs));
  }
  for (const shard of fresh) statuses.push(await statusOf(sight, shard, null, nowMs));
  return statuses;
}

async function statusOf(
  sight: StreamSight,
  shard: Shard,
  head: ShardHead | null,
  nowMs: number,
): Promise<ShardStatus> {
  const { context } = sight;
  const checkpoint = head?.checkpoint ?? null;
  const { stream } = sight;
  const place = { shardId: shard.shardId, checkpoint };
  // Null if there is no stream to read.
  const unread = stream && (await unreadOfShard(context, stream, place, nowMs));
  const watermarkMs = head === null ? NO_TIME : watermarkOfShard(context, head);
  const { state, whyNotIdle } = stateOf(sight, head, unread, nowMs);
  return {
    shardId: shard.shardId,
    parents: shard.parentShardIds,
    children: head?.children ?? [],
    state,
    whyNotIdle,
    checkpoint,
    lastArrivalMs: head?.lastArrivalMs ?? null,
    watermarkMs: watermarkMs === NO_TIME ? null : watermarkMs,
    unreadRecords: unread?.isExact === true ? unread.records : null,
    unreadAtLeast: unread?.records ?? null,
    lagMs: unread?.ageMs ?? null,
    lastEntry: await lastEntryOf(sight, shard.shardId, head),
    counts: head?.counts ?? zeroCounts(),
    otherKeys: head?.otherKeys ?? 0,
  };
}

function stateOf(
  { context }: StreamSight,
  head: ShardHead | null,
  unread: ShardUnread | null,
  nowMs: number,
): Pick<ShardStatus, 'state' | 'whyNotIdle'> {
  if (head?.sealed === true) return { state: 'sealed', whyNotIdle: null };
  if (head === null) return { state: 'new', whyNotIdle: 'not read yet' };
  if (unread === null) {
    return { state: 'unknown', whyNotIdle: 'the stream does not exist' };
  }
  if (unread.records !== 0) return { state: 'behind', whyNotIdle: 'records are unread' };
  const silentMs = nowMs - (head.lastArrivalMs ?? head.createdAtMs);
  const { idleAfterMs } = context.config.stream;
  if (silentMs >= idleAfterMs) return { state: 'idle', whyNotIdle: null };
  const silence = `silent for ${Math.round(silentMs / 1_000)} s`;
  return { state: 'active', whyNotIdle: `${silence}, idle after ${idleAfterMs / 1_000} s` };
}

async function lastEntryOf({ context }: StreamSight, shardId: string, head: ShardHead | null) {
  if (head === null || head.version === 0) return null;
  const [entry] = await readLog(context, shardId, head.version, head.version);
  return { version: head.version, kind: entry?.kind ?? null };
}
