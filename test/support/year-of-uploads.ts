import {
  decideStart,
  IDLE_STARTER,
  type StarterEvent,
  type StarterSettings,
  type StarterState,
} from '../../lambdas/batch/start-run/decide-start.ts';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import { TICK_EVERY_MS } from './starter-world.ts';

export const DAY_MS = 24 * 3_600_000;
export const YEAR_MS = 365 * DAY_MS;

/** Notifications that one call of the starter gets, and how long they are gathered. */
const MESSAGES_PER_CALL = 100;
const GATHERED_FOR_MS = 2_000;

export interface YearOfRuns {
  readonly runs: number;
  /** On the day that has most. */
  readonly runsPerDayMax: number;
  /** From an upload to the start of the run that reads it, and to the end of that run. */
  readonly startedAfterMsMax: number;
  readonly publishedAfterMsMax: number;
  readonly uploads: number;
}

/**
 * The starter over a year of uploads, whose times grow, from midnight of its first day on.
 * `runMsOf` says how long a run over so many files takes.
 */
export function simulateYear(
  uploadsMs: readonly number[],
  settings: StarterSettings,
  runMsOf: (fileCount: number) => number,
): YearOfRuns {
  const year = new Year(uploadsMs, settings, runMsOf);
  year.run();
  return year.result();
}

class Year {
  readonly #uploadsMs: readonly number[];
  readonly #settings: StarterSettings;
  readonly #runMsOf: (fileCount: number) => number;
  readonly #runsPerDay = new Map<number, number>();
  #state: StarterState = IDLE_STARTER;
  #wakesMs: number[] = [];
  #end: { readonly atMs: number; readonly runId: string } | null = null;
  /** Uploads that are told, and that a run has read. */
  #told = 0;
  #read = 0;
  #runs = 0;
  #startedAfterMsMax = 0;
  #publishedAfterMsMax = 0;

  constructor(
    uploadsMs: readonly number[],
    settings: StarterSettings,
    runMsOf: (fileCount: number) => number,
  ) {
    this.#uploadsMs = uploadsMs;
    this.#settings = settings;
    this.#runMsOf = runMsOf;
  }

  run(): void {
    let tickMs = 0;
    // The last uploads of the year are read on the day after it.
    while (tickMs < YEAR_MS + DAY_MS) {
      const uploadMs = this.#uploadsMs[this.#told] ?? Number.POSITIVE_INFINITY;
      const wakeMs = this.#wakesMs[0] ?? Number.POSITIVE_INFINITY;
      const endMs = this.#end?.atMs ?? Number.POSITIVE_INFINITY;
      const nowMs = Math.min(uploadMs + GATHERED_FOR_MS, wakeMs, endMs, tickMs);
      if (nowMs === endMs) this.#call(nowMs, [this.#takeEnd()]);
      else if (nowMs === wakeMs) this.#call(nowMs, [this.#takeWake()]);
      else if (nowMs === tickMs) {
        this.#call(nowMs, [{ kind: 'tick' }]);
        tickMs += TICK_EVERY_MS;
      } else this.#call(nowMs, this.#takeUploads(nowMs));
    }
  }

  result(): YearOfRuns {
    return {
      runs: this.#runs,
      runsPerDayMax: Math.max(...this.#runsPerDay.values()),
      startedAfterMsMax: this.#startedAfterMsMax,
      publishedAfterMsMax: this.#publishedAfterMsMax,
      uploads: this.#read,
    };
  }

  #takeEnd(): StarterEvent {
    const runId = this.#end?.runId ?? '';
    this.#end = null;
    return { kind: 'ended', runId };
  }

  #takeWake(): StarterEvent {
    this.#wakesMs.shift();
    return { kind: 'tick' };
  }

  #takeUploads(nowMs: number): StarterEvent[] {
    const events: StarterEvent[] = [];
    while (events.length < MESSAGES_PER_CALL && this.#uploadsMs[this.#told] <= nowMs) {
      // Notifications have seconds.
      const atMs = Math.floor(this.#uploadsMs[this.#told++] / 1_000) * 1_000;
      events.push({ kind: 'upload', atMs: atMs as EpochMs });
    }
    return events;
  }

  #call(nowMs: number, events: readonly StarterEvent[]): void {
    const at = nowMs as EpochMs;
    const newRunId = `run-${this.#runs}`;
    const settings = this.#settings;
    const decision = decideStart(this.#state, events, { nowMs: at, settings, newRunId });
    this.#state = decision.state;
    if (decision.wakeAtMs !== null) {
      this.#wakesMs.push(decision.wakeAtMs);
      this.#wakesMs.sort((a, b) => a - b);
    }
    if (decision.launch !== null) this.#launch(nowMs, decision.launch.runId);
  }

  #launch(nowMs: number, runId: string): void {
    if (this.#end !== null) throw new Error(`${runId} begins while a run is under way`);
    const first = this.#read;
    while (this.#uploadsMs[this.#read] <= nowMs) this.#read += 1;
    const endMs = nowMs + this.#runMsOf(this.#read);
    this.#end = { atMs: endMs, runId };
    this.#runs += 1;
    const day = Math.floor(nowMs / DAY_MS);
    this.#runsPerDay.set(day, (this.#runsPerDay.get(day) ?? 0) + 1);
    if (this.#read > first) {
      const oldestMs = this.#uploadsMs[first];
      this.#startedAfterMsMax = Math.max(this.#startedAfterMsMax, nowMs - oldestMs);
      this.#publishedAfterMsMax = Math.max(this.#publishedAfterMsMax, endMs - oldestMs);
    }
    const { running } = this.#state;
    if (running === null) throw new Error(`${runId} is launched and not under way`);
    this.#state = { ...this.#state, running: { ...running, launchedAtMs: nowMs as EpochMs } };
  }
}
