import type { EpochMs } from '../model/time.ts';

export interface RunStart {
  readonly runId: string;
  readonly startedAtMs: EpochMs;
}

/** What sets batch runs going. */
export interface RunLauncher {
  /** Repeated for the same run, it starts nothing more. */
  launch(run: RunStart): Promise<void>;
  /** Calls the starter again at that time or soon after; at the latest in 15 minutes. */
  wakeAt(timeMs: EpochMs): Promise<void>;
}
