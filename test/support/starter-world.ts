import type { StarterEvent, StarterSettings } from '../../lambdas/batch/start-run/decide-start.ts';
import { startStep } from '../../lambdas/batch/start-run/start-step.ts';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import {
  MAX_WAKE_MS,
  type RunLauncher,
  type RunStart,
} from '../../lambdas/shared/ports/run-launcher.ts';
import { MemoryStateStore } from './memory/memory-state-store.ts';
import { VirtualClock } from './memory/virtual-clock.ts';
import { CountingRandomness } from './stream-world.ts';

/** The starter is called so often, whatever happens. */
export const TICK_EVERY_MS = 300_000;
/** A message that was not handled comes again after this. */
const COMES_AGAIN_AFTER_MS = 360_000;

/** What goes wrong with one launch. */
export type LaunchFault = 'none' | 'not_launched' | 'answer_lost';

/** What the world does beside the uploads; lists are gone through again and again. */
export interface StarterFaults {
  readonly runMs: readonly number[];
  readonly launches: readonly LaunchFault[];
  /** Whether a call that the starter ordered comes. */
  readonly wakes: readonly boolean[];
  /** Whether the end of a run is told. */
  readonly ends: readonly boolean[];
}

export interface WorldRun extends RunStart {
  /** When it really began and ended. */
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  /** When the starter knows that it is over. */
  knownOverAtMs: number;
}

interface Told {
  readonly atMs: number;
  readonly event: StarterEvent;
}

/** The starter with a world that uploads, notifies, loses calls and runs. */
export class StarterWorld implements RunLauncher {
  readonly clock = new VirtualClock(1_000_000_000_000);
  readonly runs = new Map<string, WorldRun>();
  /** As it was told with each call. */
  readonly waitsMs: number[] = [];
  readonly #state = new MemoryStateStore({ clock: this.clock });
  readonly #randomness = new CountingRandomness();
  readonly #settings: StarterSettings;
  readonly #faults: StarterFaults;
  #agenda: Told[] = [];
  #calls = { launches: 0, wakes: 0 };

  constructor(settings: StarterSettings, faults: StarterFaults) {
    this.#settings = settings;
    this.#faults = faults;
  }

  async launch(run: RunStart): Promise<void> {
    const { launches, runMs, ends } = this.#faults;
    const nowMs = this.clock.now();
    const fault = launches[this.#calls.launches++ % launches.length];
    if (fault === 'not_launched') throw new Error('not launched');
    if (!this.runs.has(run.runId)) {
      const count = this.runs.size;
      const endedAtMs = nowMs + runMs[count % runMs.length];
      const isTold = ends[count % ends.length];
      const knownOverAtMs = isTold ? endedAtMs : Number.POSITIVE_INFINITY;
      this.runs.set(run.runId, { ...run, beganAtMs: nowMs, endedAtMs, knownOverAtMs });
      if (isTold) this.at(endedAtMs, { kind: 'ended', runId: run.runId });
    }
    if (fault === 'answer_lost') throw new Error('no answer');
    const known = this.runs.get(run.runId) as WorldRun;
    known.knownOverAtMs = Math.min(known.knownOverAtMs, nowMs + this.#settings.maxRunMs);
  }

  async wakeAt(timeMs: EpochMs): Promise<void> {
    const { wakes } = this.#faults;
    const atMs = Math.min(timeMs, this.clock.now() + MAX_WAKE_MS);
    if (wakes[this.#calls.wakes++ % wakes.length]) this.at(atMs, { kind: 'tick' });
  }

  at(atMs: number, event: StarterEvent): void {
    const index = this.#agenda.findLastIndex((told) => told.atMs <= atMs);
    this.#agenda.splice(index + 1, 0, { atMs, event });
  }

  /** With a tick every five minutes, until then. */
  async runUntil(endAtMs: number): Promise<void> {
    const startMs: number = this.clock.now();
    for (let atMs = startMs; atMs <= endAtMs; atMs += TICK_EVERY_MS) {
      this.at(atMs, { kind: 'tick' });
    }
    for (let next = this.#agenda.shift(); next !== undefined; next = this.#agenda.shift()) {
      if (next.atMs > endAtMs) return;
      const waitMs = next.atMs - this.clock.now();
      if (waitMs > 0) await this.clock.advance(waitMs);
      await this.#call(next.event);
    }
  }

  async #call(event: StarterEvent): Promise<void> {
    const ports = {
      state: this.#state,
      launcher: this,
      clock: this.clock,
      randomness: this.#randomness,
      settings: this.#settings,
      tellWait: (waitMs: number) => this.waitsMs.push(waitMs),
    };
    try {
      await startStep(ports, [event]);
    } catch {
      this.at(this.clock.now() + COMES_AGAIN_AFTER_MS, event);
    }
  }
}
