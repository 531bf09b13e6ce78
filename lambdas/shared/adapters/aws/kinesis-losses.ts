import { NEXT_LIFE_MS } from '../../ports/event-stream.ts';
import type { KinesisCalls } from './kinesis-calls.ts';

/** Kinesis keeps no record for less: below it no question has to be asked. */
const RETENTION_MS_MIN = 24 * 3_600_000;

/**
 * True if records that a reader from a shard's start, or from a time on, should have got may have
 * expired. False if the stream, the time or the shard's opening is younger than the retention. A
 * retention that was shortened and lengthened again is not noticed.
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
 * True if records may have expired since an earlier read that was `behindMs` from the tip: at least
 * the retention, less the lifetime of a `next` token.
 */
export async function mayHaveTrimmedSince(calls: KinesisCalls, behindMs: number): Promise<boolean> {
  if (behindMs < RETENTION_MS_MIN - NEXT_LIFE_MS) return false;
  const { retentionMs } = await calls.summary();
  return behindMs >= retentionMs - NEXT_LIFE_MS;
}
