import type { EpochMs } from '../model/time.ts';
import { windowEnd } from './windows.ts';

/**
 * The times of a stream (contract §4), fixed when it begins. Lengths in milliseconds; windows are
 * tumbling and aligned to 1970-01-01T00:00Z.
 */
export interface StreamTimes {
  readonly windowLengthMs: number;
  readonly watermarkDelayMs: number;
  readonly dedupeHorizonMs: number;
  readonly maxAheadMs: number;
}

/** Below every instant: a watermark of a shard that has no record and no floor. */
export const NO_TIME = Number.NEGATIVE_INFINITY as EpochMs;

/** What decides a shard's watermark; `NO_TIME` where it has none. */
export interface ShardTimes {
  /** Maximum over counted and duplicate records, each capped by `cappedTime`. */
  readonly maxEventTimeMs: EpochMs;
  /** Raised by fences, inherited from parents. */
  readonly floorMs: EpochMs;
}

/** How far a shard's event time is taken as complete; it never moves back (contract §4). */
export function watermarkOf({ maxEventTimeMs, floorMs }: ShardTimes, delayMs: number): EpochMs {
  return Math.max(floorMs, maxEventTimeMs - delayMs) as EpochMs;
}

/**
 * A record counts as long as its window is open, however old it is: late once the window's end is
 * at or before the watermark (contract §4).
 */
export function isLate(timeMs: number, watermarkMs: number, windowLengthMs: number): boolean {
  return windowEnd(timeMs, windowLengthMs) <= watermarkMs;
}

/**
 * Caps an event time at arrival + maxAhead, so that one wrong clock cannot close future windows.
 */
export function cappedTime(timeMs: number, arrivalTimeMs: number, maxAheadMs: number): EpochMs {
  return Math.min(timeMs, arrivalTimeMs + maxAheadMs) as EpochMs;
}
