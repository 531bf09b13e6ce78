import type { Clock } from '../../../lambdas/shared/ports/clock.ts';

/** Records that come after much younger ones: the stream may have closed their windows. */
export interface BackInTime {
  count: number;
  /** The first of them. */
  readonly file: string;
  /** Offset of its first byte in the uncompressed file. */
  readonly offset: number;
  readonly timeMs: number;
  /** The latest event time before it. */
  readonly latestMs: number;
}

/**
 * Watches the event times of records in the order in which they are sent, for steps back in time.
 */
export class BackInTimeWatch {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #maxAheadMs: number;
  #latestMs = Number.NEGATIVE_INFINITY;
  found: BackInTime | null = null;

  /** Times beyond `maxAheadMs` from now do not move a watermark further (contract §4). */
  constructor(clock: Clock, limits: { readonly delayMs: number; readonly maxAheadMs: number }) {
    this.#clock = clock;
    this.#delayMs = limits.delayMs;
    this.#maxAheadMs = limits.maxAheadMs;
  }

  /** `timeMs` is NaN if a record has none that can be read. */
  see(timeMs: number, file: string, offset: number): void {
    if (timeMs > this.#latestMs) {
      this.#latestMs = Math.max(this.#latestMs, Math.min(timeMs, this.#horizonMs()));
    } else if (timeMs < this.#latestMs - this.#delayMs) {
      if (this.found !== null) this.found.count += 1;
      else this.found = { count: 1, file, offset, timeMs, latestMs: this.#latestMs };
    }
  }

  #horizonMs(): number {
    return this.#clock.now() + this.#maxAheadMs;
  }
}
