import { ShardNotFoundError } from '../../../shared/model/errors.ts';
import type { EpochMs } from '../../../shared/model/time.ts';
import type { StreamRecord } from '../../../shared/ports/event-stream.ts';
import { readHead } from '../../../shared/state/fold.ts';
import type { ShardHead } from '../../../shared/state/shard-head.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { OrderConsumer } from '../../consume/consume-orders.ts';
import { settleShards } from '../../shards/shard-registry.ts';
import { positionAfter, readOn } from '../../shards/skipped-records.ts';

/** Records that are consumed at once. */
const READ_RECORDS = 10_000;

/**
 * Consumes each shard, parents before children, until no record that arrived by `untilMs` is
 * unread, or the time is up; called again, it continues. Returns the number of records read.
 */
export async function consumeToTips(
  context: StreamContext,
  consumer: OrderConsumer,
  untilMs: EpochMs,
  isTimeUp: () => boolean = () => false,
): Promise<number> {
  let records = 0;
  let settled = new Set<string>();
  for (;;) {
    // A parent that was read to its end is sealed here, and then its children are known.
    const shards = await settleShards(context);
    const open = shards.filter(({ shardId, head }) => !head.sealed && !settled.has(shardId));
    if (open.length === 0) return records;
    for (const { shardId } of open) {
      records += await consumeToTip(context, consumer, shardId, { untilMs, isTimeUp });
      if (isTimeUp()) return records;
    }
    settled = new Set([...settled, ...open.map(({ shardId }) => shardId)]);
  }
}

async function consumeToTip(
  context: StreamContext,
  consumer: OrderConsumer,
  shardId: string,
  { untilMs, isTimeUp }: { readonly untilMs: EpochMs; readonly isTimeUp: () => boolean },
): Promise<number> {
  for (let consumed = 0; ; ) {
    const head = await readHead(context, shardId);
    if (head === null || head.sealed || isTimeUp()) return consumed;
    const records = await readBehind(context, shardId, head);
    // Arrival times need not grow: a record left out before one that is taken would be lost.
    const last = records.findLastIndex(({ arrivalTimeMs }) => arrivalTimeMs <= untilMs);
    const wanted = records.slice(0, last + 1);
    if (wanted.length === 0) return consumed;
    const result = await consumer.consume(shardId, wanted);
    if (result.status === 'failed') throw result.error;
    consumed += wanted.length;
  }
}

/** Nothing where the shard is gone by age: the next plan seals it. */
async function readBehind(
  context: StreamContext,
  shardId: string,
  { checkpoint }: ShardHead,
): Promise<readonly StreamRecord[]> {
  try {
    const position = positionAfter(context, checkpoint);
    return (await readOn(context, shardId, position, { records: READ_RECORDS })).records;
  } catch (error) {
    if (error instanceof ShardNotFoundError) return [];
    throw error;
  }
}
