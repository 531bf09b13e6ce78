import type { EpochMs } from '../../shared/model/time.ts';
import { MAX_WAKE_MS, type RunStart } from '../../shared/ports/run-launcher.ts';

/** What the starter knows. Absent items are null. */
export interface StarterState {
  /** The newest upload that no run covers, by the store's clock. */
  readonly uploadedAtMs: EpochMs | null;
  /** The oldest upload that no run covers; null exactly when there is no newest one. */
  readonly firstUploadedAtMs: EpochMs | null;
  /** A run was requested, whether or not there are uploads. */
  readonly isRequested: boolean;
  /** Consumers over whose raw archive a run was requested, in order of the requests. */
  readonly rawRequests?: readonly string[];
  /** The run under way. */
  readonly running: RunningRun | null;
  /** Start of the last run, which includes all earlier uploads. */
  readonly lastStartedAtMs: EpochMs | null;
  /** The starter will be called at this time. */
  readonly wakeAtMs: EpochMs | null;
}

export interface RunningRun extends RunStart {
  /** When its launch was answered; null: not yet, and it may have been lost. */
  readonly launchedAtMs: EpochMs | null;
  /** The oldest upload that it covers; null if it was only asked for. */
  readonly firstUploadedAtMs: EpochMs | null;
}

export const IDLE_STARTER: StarterState = {
  uploadedAtMs: null,
  firstUploadedAtMs: null,
  isRequested: false,
  running: null,
  lastStartedAtMs: null,
  wakeAtMs: null,
};

/** True if an upload or a request waits for a run. */
export function isRunPending({ uploadedAtMs, isRequested, rawRequests = [] }: StarterState) {
  return uploadedAtMs !== null || isRequested || rawRequests.length > 0;
}

export type StarterEvent =
  | { readonly kind: 'upload'; readonly atMs: EpochMs }
  /** A run is wanted now, over landing or the raw archive of a consumer. */
  | { readonly kind: 'request'; readonly fromRaw?: { readonly consumer: string } }
  | { readonly kind: 'ended'; readonly runId: string }
  /** Time went on. */
  | { readonly kind: 'tick' };

export interface StarterSettings {
  /** A run begins this long after the last upload. */
  readonly quietForMs: number;
  /** Uploads that go on and on hold a run back no longer than this, from the first of them. */
  readonly maxWaitMs: number;
  /** Minimum time between the starts of two runs. */
  readonly minIntervalMs: number;
  /** After this long a launched run has ended: its state machine has this time limit. */
  readonly maxRunMs: number;
}

export interface StartDecision {
  readonly state: StarterState;
  /** Launch it; it is `state.running`. */
  readonly launch: RunStart | null;
  /** Waiting time of the oldest upload that no launched run covers; 0 if there is none. */
  readonly waitMs: number;
  /** Have the starter called then. */
  readonly wakeAtMs: EpochMs | null;
}

/**
 * Times of notifications are cut to seconds and come from another clock: an upload this short
 * before a start may have been after it.
 */
const CLOCK_SLACK_MS = 5_000;

/**
 * Decides whether a run starts (architecture §3). One run at a time: it begins `quietForMs` after
 * the last upload, at most `maxWaitMs` after the first one not covered, and at least
 * `minIntervalMs` after the previous start; uploads during a run cause exactly one more.
 * Notifications may be duplicated, late and in any order: an upload that a run has listed no longer
 * counts. An unanswered launch is repeated under its id, since it may have happened and no second
 * run may start beside it. `newRunId` names the run if one starts.
 */
export function decideStart(
  before: StarterState,
  events: readonly StarterEvent[],
  { nowMs, settings, newRunId }: { nowMs: EpochMs; settings: StarterSettings; newRunId: string },
): StartDecision {
  const state = events.reduce((known, event) => withEvent(known, event, nowMs), before);
  const { running } = state;
  const waitMs = waitOf(state, nowMs);
  if (running !== null && !isOver(running, settings, nowMs)) {
    return {
      state,
      launch: running.launchedAtMs === null ? running : null,
      waitMs,
      wakeAtMs: null,
    };
  }
  const idle = { ...state, running: null };
  const [consumer, ...rawRequests] = idle.rawRequests ?? [];
  if (consumer !== undefined) {
    // It covers no upload: all other requests and uploads wait for the next run.
    const launch = { runId: newRunId, startedAtMs: nowMs, fromRaw: { consumer } };
    const running = { ...launch, launchedAtMs: null, firstUploadedAtMs: null };
    return { state: { ...idle, rawRequests, running }, launch, waitMs, wakeAtMs: null };
  }
  const dueAtMs = dueAt(idle, settings);
  if (dueAtMs === null) return { state: idle, launch: null, waitMs, wakeAtMs: null };
  if (dueAtMs > nowMs) return { ...withWake(idle, dueAtMs, nowMs), waitMs };
  const launch = { runId: newRunId, startedAtMs: nowMs };
  const { firstUploadedAtMs } = idle;
  const started = {
    ...IDLE_STARTER,
    running: { ...launch, launchedAtMs: null, firstUploadedAtMs },
    lastStartedAtMs: nowMs,
  };
  return { state: started, launch, waitMs, wakeAtMs: null };
}

function isOver(
  { launchedAtMs }: RunningRun,
  { maxRunMs }: StarterSettings,
  nowMs: EpochMs,
): boolean {
  return launchedAtMs !== null && nowMs - launchedAtMs >= maxRunMs;
}

function waitOf({ running, firstUploadedAtMs }: StarterState, nowMs: EpochMs): number {
  const isUncertain = running !== null && running.launchedAtMs === null;
  const covered = isUncertain ? running.firstUploadedAtMs : null;
  const oldestMs = covered ?? firstUploadedAtMs;
  return oldestMs === null ? 0 : Math.max(0, nowMs - oldestMs);
}

function withEvent(state: StarterState, event: StarterEvent, nowMs: EpochMs): StarterState {
  switch (event.kind) {
    case 'upload': {
      // A clock that goes ahead must not hold runs back.
      const atMs = Math.min(event.atMs, nowMs) as EpochMs;
      const { lastStartedAtMs, uploadedAtMs, firstUploadedAtMs } = state;
      const isListed = lastStartedAtMs !== null && atMs + CLOCK_SLACK_MS <= lastStartedAtMs;
      if (isListed) return state;
      return {
        ...state,
        uploadedAtMs: Math.max(atMs, uploadedAtMs ?? atMs) as EpochMs,
        firstUploadedAtMs: Math.min(atMs, firstUploadedAtMs ?? atMs) as EpochMs,
      };
    }
    case 'request':
      return event.fromRaw === undefined
        ? { ...state, isRequested: true }
        : withRawRequest(state, event.fromRaw.consumer);
    case 'ended':
      return state.running?.runId === event.runId ? { ...state, running: null } : state;
    case 'tick':
      return state;
  }
}

/** A repeated request asks for the same run. */
function withRawRequest(state: StarterState, consumer: string): StarterState {
  const known = state.rawRequests ?? [];
  return known.includes(consumer) ? state : { ...state, rawRequests: [...known, consumer] };
}

/** When a run may begin; null if nothing asks for one. */
function dueAt(
  { uploadedAtMs, firstUploadedAtMs, isRequested, lastStartedAtMs }: StarterState,
  { quietForMs, maxWaitMs, minIntervalMs }: StarterSettings,
): EpochMs | null {
  if (isRequested) return 0 as EpochMs;
  if (uploadedAtMs === null || firstUploadedAtMs === null) return null;
  const wantedMs = Math.min(uploadedAtMs + quietForMs, firstUploadedAtMs + maxWaitMs);
  const earliestMs = lastStartedAtMs === null ? 0 : lastStartedAtMs + minIntervalMs;
  return Math.max(wantedMs, earliestMs) as EpochMs;
}

/** One call at a time is on its way; when it comes too early, it asks for the next. */
function withWake(
  state: StarterState,
  dueAtMs: EpochMs,
  nowMs: EpochMs,
): Omit<StartDecision, 'waitMs'> {
  const { wakeAtMs } = state;
  const isComing = wakeAtMs !== null && wakeAtMs > nowMs && wakeAtMs <= dueAtMs;
  if (isComing) return { state, launch: null, wakeAtMs: null };
  // What is due later than a call can be ordered for takes several.
  const nextAtMs = Math.min(dueAtMs, nowMs + MAX_WAKE_MS) as EpochMs;
  return { state: { ...state, wakeAtMs: nextAtMs }, launch: null, wakeAtMs: nextAtMs };
}
