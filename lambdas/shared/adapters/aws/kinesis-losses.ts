import { NEXT_LIFE_MS } from '../../ports/event-stream.ts';
import type { KinesisCalls } from './kinesis-calls.ts';

/** Kinesis keeps no record for less: below it no question has to be asked. */
const RETENTION_MS_MIN = 24 * 3_600_000;

/**
 * Whether records that a reader from the start of a shard, or from a time on, would have got may be
 * gone by age. Not where the stream is younger than its retention, nor where the time is, nor where
 * the shard was opened later than the oldest records that are kept. A retention that was shortened
 * and made longer again is not noticed.
 */
export async function mayHaveTrimmed(
  calls: KinesisCalls,
  shardId: string,
  fromMs: number | null,
): Promise<boolean> {
  const { createdAtMs, retentionMs, nowMs } = await calls.summary();
  const horizonMs = nowMs - retentionMs;
  if (createdAtMs > horizonMs || (fromMs !== null && fromMs > horizonMs)) return false;
  const oldest = await calls.shards({ Type: 'AT_TRIM_HORIZON' });
  return oldest.some((shard) => shard.shardId === shardId);
}

/**
 * Whether records behind an earlier read may have gone since: where it was as far behind as the
 * retention, less the life of what it answered as `next`.
 */
export async function mayHaveTrimmedSince(calls: KinesisCalls, behindMs: number): Promise<boolean> {
  if (behindMs < RETENTION_MS_MIN - NEXT_LIFE_MS) return false;
  const { retentionMs } = await calls.summary();
  return behindMs >= retentionMs - NEXT_LIFE_MS;
}
