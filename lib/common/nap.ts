import type { Clock } from '../../lambdas/shared/ports/clock.ts';

/** Longest time until a signal is noticed. */
const SLICE_MS = 50;

/** Sleeps for `durationMs`, or until the signal comes. Does not throw. */
export async function nap(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  const endAtMs = clock.now() + durationMs;
  while (!signal.aborted) {
    const leftMs = endAtMs - clock.now();
    if (leftMs <= 0) return;
    await clock.sleep(Math.min(SLICE_MS, leftMs));
  }
}
