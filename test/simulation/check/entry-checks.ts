import type { FenceEntry, SealEntry } from '../../../lambdas/shared/state/log-entry.ts';
import type { SimProcess } from '../sim-process.ts';
import { expectThat } from '../violation.ts';
import type { ShardHistory } from '../world.ts';
import type { SeenShard } from './seen.ts';

/** Records behind a checkpoint that the stream still holds. */
function unread({ head: { checkpoint } }: SeenShard, history: ShardHistory) {
  const { records, trimmedCount, isGone } = history;
  if (isGone) return [];
  const at = records.findIndex(({ sequenceNumber }) => sequenceNumber === checkpoint);
  return records.slice(Math.max(at + 1, trimmedCount));
}

/** Stream protocol §4: stalled or behind is never idle, and floors rise by whole windows. */
export function checkFence(
  shard: SeenShard,
  { version, floorMs }: FenceEntry,
  about: {
    readonly process: SimProcess;
    readonly history: ShardHistory;
    readonly windowLengthMs: number;
  },
): void {
  const { shardId, model } = shard;
  const { process, history, windowLengthMs } = about;
  const isWhole = floorMs % windowLengthMs === 0;
  expectThat(isWhole, 'fence', () => `floor ${floorMs} of ${shardId} is within a window`);
  const isRaise = model.watermarkMs === null || floorMs > model.watermarkMs;
  expectThat(isRaise, 'fence', () => `fence ${version} of ${shardId} raises nothing`);
  const waiting = unread(shard, history).filter(
    ({ arrivalTimeMs }) => arrivalTimeMs < process.startedAtMs,
  );
  expectThat(waiting.length === 0, 'fence', () => {
    return `${shardId} is fenced as idle though ${waiting.length} records wait`;
  });
}

/** Nothing is left behind a seal but what nobody can read any more. */
export function checkSeal(shard: SeenShard, entry: SealEntry, history: ShardHistory): void {
  const { shardId } = shard;
  expectThat(history.isClosed, 'seal', () => `${shardId} is sealed and still open`);
  const left = unread(shard, history).length;
  expectThat(left === 0, '1', () => `${shardId} is sealed while ${left} records are unread`);
  const mayHaveEnded = entry.endReached || history.isGone;
  expectThat(mayHaveEnded, 'seal', () => `${shardId} can be read to its end and was not`);
}
