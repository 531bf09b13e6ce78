import { type OutcomeCounts, zeroCounts } from '../../../lambdas/shared/model/outcome.ts';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import type { Shard } from '../../../lambdas/shared/ports/event-stream.ts';
import { ShardNotFoundError } from '../../../lambdas/shared/runtime/errors.ts';
import { readLog } from '../../../lambdas/shared/state/fold.ts';
import type { LogEntry } from '../../../lambdas/shared/state/log-entry.ts';
import type { ShardHead } from '../../../lambdas/shared/state/shard-head.ts';
import { NO_TIME } from '../../../lambdas/shared/windowing/stream-times.ts';
import { positionAfter, readOn } from '../../../lambdas/stream/consume-orders/skipped-records.ts';
import { watermarkOfShard } from '../../../lambdas/stream/plan-epoch/raise-floors.ts';
import { readShards } from '../../../lambdas/stream/plan-epoch/shard-registry.ts';
import type { StreamSight } from './stream-sight.ts';
import { type CountingStream, unreadOfShard } from './unread-records.ts';

/**
 * How a shard stands: `unknown` where the stream cannot be looked at; `new`: nobody has begun to
 * read it; `sealed`: it is over, and everything in it was read.
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
  /** Null where the stream cannot be looked at, or cannot count and some are unread. */
  readonly unreadRecords: number | null;
  /** Age of the oldest unread record; null where the stream cannot be looked at. */
  readonly lagMs: number | null;
  /** Its kind is null where it is cleaned up: published, and its claims have expired. */
  readonly lastEntry: { readonly version: number; readonly kind: LogEntry['kind'] | null } | null;
  readonly counts: Readonly<OutcomeCounts>;
  /** Records whose partition key is another than their order id (contract §1.1). */
  readonly otherKeys: number;
}

/** All shards that the stream lists or the state knows, parents before children. */
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
  const unread = await unreadOf(sight, shard.shardId, checkpoint, nowMs);
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
    unreadRecords: unread?.records ?? null,
    lagMs: unread?.lagMs ?? null,
    lastEntry: await lastEntryOf(sight, shard.shardId, head),
    counts: head?.counts ?? zeroCounts(),
    otherKeys: head?.otherKeys ?? 0,
  };
}

interface Unread {
  /** Null: some, and the stream cannot count them. */
  readonly records: number | null;
  readonly lagMs: number;
}

const NOTHING_UNREAD: Unread = { records: 0, lagMs: 0 };

/** Null where there is no stream to look at. */
async function unreadOf(
  { context, stream }: StreamSight,
  shardId: string,
  checkpoint: string | null,
  nowMs: number,
): Promise<Unread | null> {
  if (stream === null) return null;
  const { countFrom } = stream;
  const records =
    countFrom === undefined
      ? null
      : await unreadOfShard(context, stream as CountingStream, shardId, checkpoint);
  if (records === 0) return NOTHING_UNREAD;
  try {
    const first = await readOn({ stream }, shardId, positionAfter(context, checkpoint), 1);
    const [oldest] = first.records;
    if (oldest === undefined && records === null) return NOTHING_UNREAD;
    return { records, lagMs: nowMs - (oldest?.arrivalTimeMs ?? nowMs) };
  } catch (error) {
    if (error instanceof ShardNotFoundError) return NOTHING_UNREAD;
    throw error;
  }
}

function stateOf(
  { context }: StreamSight,
  head: ShardHead | null,
  unread: Unread | null,
  nowMs: number,
): Pick<ShardStatus, 'state' | 'whyNotIdle'> {
  if (head?.sealed === true) return { state: 'sealed', whyNotIdle: null };
  if (head === null) return { state: 'new', whyNotIdle: 'nobody has begun to read it' };
  if (unread === null) {
    return { state: 'unknown', whyNotIdle: 'there is no stream to look at' };
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
