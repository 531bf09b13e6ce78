import { RetryableError, ShardNotFoundError } from '../../shared/model/errors.ts';
import type { EpochMs } from '../../shared/model/time.ts';
import type { ReadPosition, ReadResult, StreamRecord } from '../../shared/ports/event-stream.ts';
import { isAfter } from '../../shared/state/sequence-order.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';

/** Reads of a shard that may come back empty although records follow. */
const MAX_EMPTY_READS = 20;

/** Where to read a shard from: after its checkpoint, or where its consumer began. */
export function positionAfter(
  { meta }: Pick<StreamContext, 'meta'>,
  checkpoint: string | null,
): ReadPosition {
  if (checkpoint !== null) return { kind: 'after', sequenceNumber: checkpoint };
  if (meta.start === 'start') return { kind: 'start' };
  return { kind: 'at_time', timeMs: Date.parse(meta.start) as EpochMs };
}

/** How much one call of `readOn` reads. */
interface ReadLimits {
  readonly records: number;
  /** Reads until it gives up on a shard that answers empty; 20 unless given. */
  readonly emptyReads?: number;
}

/**
 * The first records at or after a position; reads on while answers are empty although more follows.
 * Throws `RetryableError` if that does not end, `ShardNotFoundError` as `read` does.
 */
export async function readOn(
  { stream }: Pick<StreamContext, 'stream'>,
  shardId: string,
  position: ReadPosition,
  { records: limit, emptyReads = MAX_EMPTY_READS }: ReadLimits,
): Promise<ReadResult> {
  let from = position;
  let mayHaveLost = false;
  for (let reads = 0; reads < emptyReads; reads++) {
    const result = await stream.read(shardId, from, limit);
    mayHaveLost ||= result.mayHaveLost;
    const isDone = result.records.length > 0 || result.next === null;
    if (isDone || result.millisBehindLatest === 0) return { ...result, mayHaveLost };
    from = result.next;
  }
  throw new RetryableError(
    `${shardId}: ${emptyReads} reads were empty although records are unread`,
  );
}

/** The records between a checkpoint and the first record that was delivered. */
export interface Skipped {
  /** In order; at most as many as were asked for. */
  readonly records: readonly StreamRecord[];
  /** True: after these the delivered record comes next. */
  readonly isAll: boolean;
  /** True: records after the checkpoint left the stream unread. */
  readonly isGap: boolean;
}

/**
 * Reads records that the event source mapping skipped (stream protocol §2.4). One read of one
 * record tells whether there are any.
 */
export async function readSkipped(
  context: StreamContext,
  shardId: string,
  checkpoint: string | null,
  firstDelivered: string,
  limit: number,
): Promise<Skipped> {
  const position = positionAfter(context, checkpoint);
  try {
    const first = await readOn(context, shardId, position, { records: 1 });
    const [record] = first.records;
    if (record === undefined || !isAfter(firstDelivered, record.sequenceNumber)) {
      return { records: [], isAll: true, isGap: checkpoint !== null && first.mayHaveLost };
    }
    // What the first read saw may be gone by the second one, which then says so.
    const { records, mayHaveLost } = await readOn(context, shardId, position, { records: limit });
    const isGap = checkpoint !== null && mayHaveLost;
    const skipped = records.filter(({ sequenceNumber }) => isAfter(firstDelivered, sequenceNumber));
    return { records: skipped, isAll: skipped.length < records.length, isGap };
  } catch (error) {
    if (!(error instanceof ShardNotFoundError)) throw error;
    return { records: [], isAll: true, isGap: checkpoint !== null };
  }
}
