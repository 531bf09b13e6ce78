import type { EpochMs } from '../../shared/model/time.ts';
import type { RunStart } from '../../shared/ports/run-launcher.ts';

/** What the starter knows. Absent items are null. */
export interface StarterState {
  /** The newest upload that no run covers, by the store's clock. */
  readonly uploadedAtMs: EpochMs | null;
  /** Somebody asked for a run, whatever was uploaded. */
  readonly isRequested: boolean;
  /** The run under way. `isLaunched`: its launch was answered. */
  readonly running: (RunStart & { readonly isLaunched: boolean }) | null;
  /** When the last run was started. What was uploaded before is in it. */
  readonly lastStartedAtMs: EpochMs | null;
  /** The starter will be called at this time. */
  readonly wakeAtMs: EpochMs | null;
}

export const IDLE_STARTER: StarterState = {
  uploadedAtMs: null,
  isRequested: false,
  running: null,
  lastStartedAtMs: null,
  wakeAtMs: null,
};

export type StarterEvent =
  | { readonly kind: 'upload'; readonly atMs: EpochMs }
  /** A run is wanted now. */
  | { readonly kind: 'request' }
  | { readonly kind: 'ended'; readonly runId: string }
  /** Time went on. */
  | { readonly kind: 'tick' };

export interface StarterSettings {
  /** A run begins so long after the last upload. */
  readonly quietForMs: number;
  /** Runs begin at least so long after one another. */
  readonly minIntervalMs: number;
  /** A run that is older is over: its state machine has this limit. */
  readonly maxRunMs: number;
}

export interface StartDecision {
  readonly state: StarterState;
  /** Launch it; it is `state.running`. */
  readonly launch: RunStart | null;
  /** Have the starter called then. */
  readonly wakeAtMs: EpochMs | null;
}

/**
 * Times of notifications are cut to seconds and come from another clock: an upload this short
 * before a start may have been after it.
 */
const CLOCK_SLACK_MS = 5_000;

/**
 * Decides whether a run starts (architecture §3). One run at a time; it begins `quietForMs` after
 * the last upload and `minIntervalMs` after the start of the one before; uploads while it runs
 * cause exactly one more. Notifications may come twice, late and in any order: an upload that a run
 * has listed counts no more, whenever its notification comes. `newRunId` names the run that is
 * started, if one is.
 */
export function decideStart(
  before: StarterState,
  events: readonly StarterEvent[],
  { nowMs, settings, newRunId }: { nowMs: EpochMs; settings: StarterSettings; newRunId: string },
): StartDecision {
  const state = events.reduce((known, event) => withEvent(known, event, nowMs), before);
  const { running } = state;
  if (running !== null && nowMs - running.startedAtMs < settings.maxRunMs) {
    // Its launch may have got lost.
    return { state, launch: running.isLaunched ? null : running, wakeAtMs: null };
  }
  const idle = { ...state, running: null };
  const dueAtMs = dueAt(idle, settings);
  if (dueAtMs === null) return { state: idle, launch: null, wakeAtMs: null };
  if (dueAtMs > nowMs) return withWake(idle, dueAtMs, nowMs);
  const launch = { runId: newRunId, startedAtMs: nowMs };
  const started = {
    ...IDLE_STARTER,
    running: { ...launch, isLaunched: false },
    lastStartedAtMs: nowMs,
  };
  return { state: started, launch, wakeAtMs: null };
}

function withEvent(state: StarterState, event: StarterEvent, nowMs: EpochMs): StarterState {
  switch (event.kind) {
    case 'upload': {
      // A clock that goes ahead must not hold runs back.
      const atMs = Math.min(event.atMs, nowMs) as EpochMs;
      const { lastStartedAtMs, uploadedAtMs } = state;
      const isListed = lastStartedAtMs !== null && atMs + CLOCK_SLACK_MS <= lastStartedAtMs;
      if (isListed || (uploadedAtMs !== null && uploadedAtMs >= atMs)) return state;
      return { ...state, uploadedAtMs: atMs };
    }
    case 'request':
      return { ...state, isRequested: true };
    case 'ended':
      return state.running?.runId === event.runId ? { ...state, running: null } : state;
    case 'tick':
      return state;
  }
}

/** When a run may begin; null where nothing asks for one. */
function dueAt(
  { uploadedAtMs, isRequested, lastStartedAtMs }: StarterState,
  { quietForMs, minIntervalMs }: StarterSettings,
): EpochMs | null {
  if (isRequested) return 0 as EpochMs;
  if (uploadedAtMs === null) return null;
  const earliestMs = (lastStartedAtMs ?? 0) + (lastStartedAtMs === null ? 0 : minIntervalMs);
  return Math.max(uploadedAtMs + quietForMs, earliestMs) as EpochMs;
}

/** One call at a time is on its way; when it comes too early, it asks for the next. */
function withWake(state: StarterState, dueAtMs: EpochMs, nowMs: EpochMs): StartDecision {
  const { wakeAtMs } = state;
  const isComing = wakeAtMs !== null && wakeAtMs > nowMs && wakeAtMs <= dueAtMs;
  if (isComing) return { state, launch: null, wakeAtMs: null };
  return { state: { ...state, wakeAtMs: dueAtMs }, launch: null, wakeAtMs: dueAtMs };
}
