import type { LogEntry } from '../../../lambdas/shared/state/log-entry.ts';
import type { ShardHead } from '../../../lambdas/shared/state/shard-head.ts';
import type { ModelOutcome, ShardModel } from './shard-model.ts';

/** What the checkers saw happen; nothing is forgotten when the product cleans up. */
export interface SeenRecord extends ModelOutcome {
  /** Where the stream held it. */
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly data: Uint8Array;
}

export interface SeenEntry {
  readonly entry: LogEntry;
  readonly records: readonly SeenRecord[];
  /** Of its shard behind it, by the model; null: none yet. */
  readonly watermarkMs: number | null;
  /** The state still holds it. */
  isLive: boolean;
}

export interface SeenShard {
  readonly shardId: string;
  readonly parentIds: readonly string[];
  /** Version 1 is at index 0. */
  readonly entries: SeenEntry[];
  readonly model: ShardModel;
  /** With which it began. */
  readonly startFloorMs: number | null;
  head: ShardHead;
}

/** The watermark behind a version; that of the beginning for 0. */
export function watermarkBehind(shard: SeenShard, version: number): number | null {
  return version === 0 ? shard.startFloorMs : shard.entries[version - 1].watermarkMs;
}

/** In order of the log: those of versions in `(from, to]`. */
export function recordsOf({ entries }: SeenShard, from: number, to: number): SeenRecord[] {
  return entries.slice(from, to).flatMap(({ records }) => records);
}

/** -Infinity stands for no time in a HEAD. */
export function orNull(timeMs: number): number | null {
  return timeMs === Number.NEGATIVE_INFINITY ? null : timeMs;
}

/** Whether a watermark has reached a time; none never has. */
export function hasReached(watermarkMs: number | null, timeMs: number): boolean {
  return watermarkMs !== null && watermarkMs >= timeMs;
}
