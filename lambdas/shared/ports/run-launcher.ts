import type { EpochMs } from '../model/time.ts';

export interface RunStart {
  readonly runId: string;
  readonly startedAtMs: EpochMs;
  /** Reads the raw archive of a consumer instead of the orders files in landing. */
  readonly fromRaw?: { readonly consumer: string };
}

/** A call can be ordered so far ahead. */
export const MAX_WAKE_MS = 900_000;

/** What sets batch runs going. */
export interface RunLauncher {
  /** Repeated for the same run, it starts nothing more. */
  launch(run: RunStart): Promise<void>;
  /** Calls the starter again at that time or soon after; at the latest in `MAX_WAKE_MS`. */
  wakeAt(timeMs: EpochMs): Promise<void>;
}
