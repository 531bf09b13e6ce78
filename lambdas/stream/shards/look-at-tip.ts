import { RetryableError } from '../../shared/model/errors.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { readHead } from '../../shared/state/fold.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { NOTHING_UNREAD, type ShardUnread, unreadOfShard } from './unread-of-shard.ts';

const PARALLEL_SHARDS = 8;

/** Other readers of a shard may have used up its reads of this second. */
const ATTEMPTS = 3;
const AGAIN_AFTER_MS = 1_000;

/** What of a stream no log entry covers. */
export interface StreamUnread {
  readonly records: number;
  /** False: the count is a lower bound. */
  readonly isExact: boolean;
  /** Seconds since the arrival of the oldest one; 0 if there is none. */
  readonly oldestAgeSec: number;
  /** The shard of the oldest one. */
  readonly oldestIn: string | null;
  /** Shards with unread records. */
  readonly shards: number;
  /** Shards that gave no answer: what is unread in them is not known. */
  readonly unknownShards: number;
}

/**
 * Compares the tip of each shard with its log, without asking the consumer, so that a slow, failing
 * or stopped one is noticed. A shard without HEAD, which has not been read yet, counts from where
 * the consumer begins; a sealed one has been read to its end. Reads each shard once, at most 100
 * records, and changes nothing.
 */
export async function lookAtTip(context: StreamContext): Promise<StreamUnread> {
  const { stream } = context;
  const nowMs = await stream.now();
  const looks = await inParallel(await stream.listShards(), PARALLEL_SHARDS, async (shard) => ({
    shardId: shard.shardId,
    unread: await lookAtShard(context, shard.shardId, nowMs),
  }));
  const known = looks.flatMap(({ shardId, unread }) => (unread ? { shardId, ...unread } : []));
  const behind = known.filter(({ records }) => records > 0);
  const [oldest] = behind.toSorted((a, b) => b.ageMs - a.ageMs);
  return {
    records: behind.reduce((sum, { records }) => sum + records, 0),
    isExact: known.length === looks.length && known.every(({ isExact }) => isExact),
    oldestAgeSec: Math.round((oldest?.ageMs ?? 0) / 1_000),
    oldestIn: oldest?.shardId ?? null,
    shards: behind.length,
    unknownShards: looks.length - known.length,
  };
}

/**
 * Emits the unread records as metrics. Leaves out the age if a shard gave no answer: its records
 * may be the oldest.
 */
export function tellUnread(
  unread: StreamUnread,
  gauge: (name: 'UnreadAge' | 'UnreadRecordsAtLeast', value: number) => void,
): void {
  gauge('UnreadRecordsAtLeast', unread.records);
  if (unread.unknownShards === 0) gauge('UnreadAge', unread.oldestAgeSec);
}

/** Null if the stream gives no answer at the moment. */
async function lookAtShard(
  context: StreamContext,
  shardId: string,
  nowMs: number,
): Promise<ShardUnread | null> {
  const head = await readHead(context, shardId);
  if (head?.sealed === true) return NOTHING_UNREAD;
  const shard = { shardId, checkpoint: head?.checkpoint ?? null };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return await unreadOfShard(context, context.stream, shard, nowMs);
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      if (attempt < ATTEMPTS) await context.clock.sleep(AGAIN_AFTER_MS);
    }
  }
  return null;
}
