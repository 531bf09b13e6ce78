import type { EpochMs } from '../model/time.ts';

/** Windows are tumbling and aligned to 1970-01-01T00:00Z (contract §4). */

/** Start of the window `[start, end)` that holds an instant. */
export function windowStart(timeMs: number, windowLengthMs: number): EpochMs {
  return (Math.floor(timeMs / windowLengthMs) * windowLengthMs) as EpochMs;
}

/** End of the window that holds an instant: the first one after it. */
export function windowEnd(timeMs: number, windowLengthMs: number): EpochMs {
  return (windowStart(timeMs, windowLengthMs) + windowLengthMs) as EpochMs;
}
