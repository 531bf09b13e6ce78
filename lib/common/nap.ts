import type { Clock } from '../../lambdas/shared/ports/clock.ts';

/** A signal is heard after so long at the latest. */
const SLICE_MS = 50;

/** Sleeps for so long, or until the signal comes. */
export async function nap(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  const endAtMs = clock.now() + durationMs;
  while (!signal.aborted) {
    const leftMs = endAtMs - clock.now();
    if (leftMs <= 0) return;
    await clock.sleep(Math.min(SLICE_MS, leftMs));
  }
}
