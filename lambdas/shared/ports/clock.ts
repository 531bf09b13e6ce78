import type { EpochMs } from '../model/time.ts';

/** Everything that decides takes the time from here, so that a test can say what time it is. */
export interface Clock {
  now(): EpochMs;
  sleep(durationMs: number): Promise<void>;
}
