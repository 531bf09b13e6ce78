import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/** A clock that moves only when told to. */
export class VirtualClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(startAtMs = 0) {
    this.#nowMs = startAtMs;
  }

  now(): EpochMs {
    return this.#nowMs as EpochMs;
  }

  sleep(durationMs: number): Promise<void> {
    if (!(durationMs >= 0)) throw new RangeError(`sleep of ${durationMs} ms: expected 0 or more`);
    if (durationMs === 0) return Promise.resolve();
    return new Promise((wake) => {
      this.#sleepers.push({ wakeAtMs: this.#nowMs + durationMs, wake });
    });
  }

  /** How many sleep now. */
  get sleeperCount(): number {
    return this.#sleepers.length;
  }

  /**
   * Wakes everyone whose time has come, in order of that time, then of the calls. Each one runs
   * until it waits again, at its own wake time, before the next one is woken: a loop of short
   * sleeps takes all its turns.
   */
  async advance(durationMs: number): Promise<void> {
    if (!(durationMs >= 0)) throw new RangeError(`advance by ${durationMs} ms: expected 0 or more`);
    const endAtMs = this.#nowMs + durationMs;
    await settle();
    for (;;) {
      const next = this.#earliest();
      if (next === undefined || next.wakeAtMs > endAtMs) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#nowMs = next.wakeAtMs;
      next.wake();
      await settle();
    }
    this.#nowMs = endAtMs;
  }

  #earliest(): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (earliest === undefined || sleeper.wakeAtMs < earliest.wakeAtMs) earliest = sleeper;
    }
    return earliest;
  }
}

/** Lets every promise that can go on without I/O go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
