import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { Clock } from '../../lambdas/shared/ports/clock.ts';

/** A clock that shows what it is set to, also an earlier time than before. */
export class SettableClock implements Clock {
  nowMs = 0;

  now(): EpochMs {
    return this.nowMs as EpochMs;
  }

  async sleep(): Promise<void> {
    throw new Error('nobody sleeps here');
  }
}
