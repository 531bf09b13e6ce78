import { ShardNotFoundError } from '../../shared/model/errors.ts';
import type { ReadPosition } from '../../shared/ports/event-stream.ts';
import { readHead } from '../../shared/state/fold.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { positionAfter } from './skipped-records.ts';

/** Streams that can count the records after a position; Kinesis cannot. */
export interface CountingStream {
  countFrom(shardId: string, position: ReadPosition): Promise<number>;
}

/** Number of records after the checkpoints of all shards. */
export async function countUnread(context: StreamContext, stream: CountingStream): Promise<number> {
  let records = 0;
  for (const { shardId } of await context.stream.listShards()) {
    const head = await readHead(context, shardId);
    records += await countUnreadOfShard(context, stream, shardId, head?.checkpoint ?? null);
  }
  return records;
}

/** Number of records after a shard's checkpoint; 0 if the stream no longer has the shard. */
export async function countUnreadOfShard(
  context: Pick<StreamContext, 'meta'>,
  stream: CountingStream,
  shardId: string,
  checkpoint: string | null,
): Promise<number> {
  try {
    return await stream.countFrom(shardId, positionAfter(context, checkpoint));
  } catch (error) {
    if (error instanceof ShardNotFoundError) return 0;
    throw error;
  }
}
