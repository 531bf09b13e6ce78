import { setTimeout as wait } from 'node:timers/promises';
import type { EpochMs } from '../model/time.ts';
import type { Clock } from '../ports/clock.ts';

/** The machine's clock. The only place that reads it. */
export class SystemClock implements Clock {
  now(): EpochMs {
    return Date.now() as EpochMs;
  }

  async sleep(durationMs: number): Promise<void> {
    await wait(durationMs);
  }
}
