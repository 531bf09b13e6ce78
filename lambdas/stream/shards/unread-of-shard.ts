import { ShardNotFoundError } from '../../shared/model/errors.ts';
import type { EventStream } from '../../shared/ports/event-stream.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { type CountingStream, countUnreadOfShard } from './count-unread.ts';
import { positionAfter, readOn } from './skipped-records.ts';

/**
 * Records read per look at a shard. Kinesis cannot count, so for a longer backlog only its age and
 * this lower bound are known. Readers of a shard share its 2 MB per second: orders of usual size
 * take 1 % of one second.
 */
const LOOKED_AT = 100;

/** The records of a shard after its checkpoint. */
export interface ShardUnread {
  readonly records: number;
  /** False: the count is a lower bound. */
  readonly isExact: boolean;
  /** Milliseconds since the arrival of the oldest one; 0 if there is none. */
  readonly ageMs: number;
}

export const NOTHING_UNREAD: ShardUnread = { records: 0, isExact: true, ageMs: 0 };

/**
 * Examines a shard from its checkpoint on, or from where the consumer begins if it has none.
 * Reports nothing unread if the stream no longer has the shard. Throws `RetryableError` if the
 * stream gives no answer at the moment.
 */
export async function unreadOfShard(
  { meta }: Pick<StreamContext, 'meta'>,
  stream: EventStream & Partial<CountingStream>,
  shard: { readonly shardId: string; readonly checkpoint: string | null },
  nowMs: number,
): Promise<ShardUnread> {
  const { shardId, checkpoint } = shard;
  const isCounting = stream.countFrom !== undefined;
  const counted = isCounting
    ? await countUnreadOfShard({ meta }, stream as CountingStream, shardId, checkpoint)
    : null;
  if (counted === 0) return NOTHING_UNREAD;
  try {
    const limit = isCounting ? 1 : LOOKED_AT;
    const position = positionAfter({ meta }, checkpoint);
    const page = await readOn({ stream }, shardId, position, { records: limit });
    const { records, next, millisBehindLatest } = page;
    const [oldest] = records;
    // A count may have been of records that have been removed by age since.
    if (oldest === undefined) return NOTHING_UNREAD;
    const isAll = records.length < limit && (next === null || millisBehindLatest === 0);
    return {
      records: counted ?? records.length,
      isExact: isCounting || isAll,
      ageMs: Math.max(0, nowMs - oldest.arrivalTimeMs),
    };
  } catch (error) {
    if (error instanceof ShardNotFoundError) return NOTHING_UNREAD;
    throw error;
  }
}
