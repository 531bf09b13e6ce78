import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { Clock } from '../../lambdas/shared/ports/clock.ts';
import type { Random } from '../../lib/embedded/generate/random.ts';
import { expectThat, Violation } from './violation.ts';

/** Whoever asks for operations: it can stop for ever, or for a while. */
export interface Actor {
  readonly name: string;
  isDead: boolean;
  /** Nothing of it goes on before. */
  suspendedUntilMs: number;
}

/** One call of a port that waits for its turn. */
export interface Operation {
  readonly actor: Actor;
  readonly label: string;
  /** Not before, by the world's clock. */
  readyAtMs: number;
  /** Its effect; null once it took place and only the answer is on its way. */
  effect: (() => Promise<unknown>) | null;
  /** Hands the answer over. */
  answer: (() => void) | null;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export interface SchedulerOptions {
  readonly random: Random;
  readonly startAtMs: number;
  /** Mean time between two steps. */
  readonly meanStepMs: number;
  /** Share of steps in which the actor of the step before goes on, if it can. */
  readonly stickiness: number;
}

/** Steps of one seed; more of them mean that nothing comes to an end. */
const MAX_STEPS = 150_000;
const TRACE_LENGTH = 40;

/** Decides before each operation what happens to it; see `faults.ts`. */
export type StepHook = (operation: Operation) => 'go' | 'gone' | 'later';

/**
 * Time and order of everything (style §4): each call of a port waits here, and the seed picks which
 * one takes effect next. What is not a call of a port, a timer for instance, belongs to the world.
 */
export class Scheduler implements Clock {
  readonly #random: Random;
  readonly #options: SchedulerOptions;
  #nowMs: number;
  #operations: Operation[] = [];
  #timers: Timer[] = [];
  #timerCount = 0;
  #last: Actor | null = null;
  #hash = 0x811c9dc5;
  readonly #trace: string[] = [];
  steps = 0;
  hook: StepHook = () => 'go';
  /** What went wrong outside a step: the next step throws it. */
  failure: unknown = null;

  constructor(options: SchedulerOptions) {
    this.#random = options.random;
    this.#options = options;
    this.#nowMs = options.startAtMs;
  }

  now(): EpochMs {
    return this.#nowMs as EpochMs;
  }

  /** Only the stores of the world would sleep, and they do not. */
  sleep(): Promise<void> {
    throw new Error('the world does not sleep');
  }

  at(atMs: number, run: () => void): void {
    this.#timerCount += 1;
    this.#timers.push({ atMs: Math.ceil(atMs), order: this.#timerCount, run });
  }

  after(durationMs: number, run: () => void): void {
    this.at(this.#nowMs + durationMs, run);
  }

  /** Resolves when the operation had its turn; never for an actor that is dead by then. */
  ask<T>(actor: Actor, label: string, effect: () => Promise<T>, readyAtMs = 0): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (actor.isDead) return;
      const operation: Operation = {
        actor,
        label,
        readyAtMs,
        effect,
        answer: null,
        resolve: resolve as (value: unknown) => void,
        reject,
      };
      this.#operations.push(operation);
    });
  }

  /** Takes what a dead actor still waits for away. */
  forget(actor: Actor): void {
    this.#operations = this.#operations.filter((operation) => operation.actor !== actor);
  }

  /** Operations that wait, and actors behind them that are not suspended. */
  get waiting(): readonly Operation[] {
    return this.#operations;
  }

  /** Runs until nothing is left to do or `isOver`. */
  async run(isOver: () => boolean): Promise<void> {
    for (;;) {
      await settle();
      this.#throwFailure();
      if (isOver()) return;
      if (this.#runTimer()) continue;
      const ready = this.#operations.filter(
        ({ actor, readyAtMs }) => actor.suspendedUntilMs <= this.#nowMs && readyAtMs <= this.#nowMs,
      );
      if (ready.length > 0) await this.#step(this.#pick(ready));
      else if (!this.#skipAhead()) return;
    }
  }

  note(text: string): void {
    const line = `${this.#nowMs} ${text}`;
    let hash = this.#hash;
    for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 0x01000193);
    this.#hash = hash;
    this.#trace.push(line);
    if (this.#trace.length > TRACE_LENGTH) this.#trace.shift();
  }

  /** Equal for equal schedules. */
  get traceHash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  /** The last steps, as people read them. */
  get trace(): readonly string[] {
    return this.#trace.map((line) => {
      const end = line.indexOf(' ');
      return `${new Date(Number(line.slice(0, end))).toISOString()}${line.slice(end)}`;
    });
  }

  #pick(ready: readonly Operation[]): Operation {
    if (this.#last !== null && this.#random.chance(this.#options.stickiness)) {
      const same = ready.filter(({ actor }) => actor === this.#last);
      if (same.length > 0) return same[this.#random.below(same.length)];
    }
    return ready[this.#random.below(ready.length)];
  }

  async #step(operation: Operation): Promise<void> {
    this.steps += 1;
    expectThat(this.steps < MAX_STEPS, 'progress', () => `no end after ${MAX_STEPS} steps`);
    this.#last = operation.actor;
    const { meanStepMs } = this.#options;
    if (operation.effect !== null) {
      const decision = this.hook(operation);
      if (decision !== 'go') return;
      this.note(`${operation.actor.name} ${operation.label}`);
      await takeEffect(operation);
      this.#throwFailure();
    }
    const { actor, answer, readyAtMs } = operation;
    // The hook may have put the answer off; then it comes in a later step.
    const isOff = actor.isDead || Math.max(actor.suspendedUntilMs, readyAtMs) > this.#nowMs;
    if (answer !== null && !isOff) {
      this.#operations.splice(this.#operations.indexOf(operation), 1);
      answer();
    }
    this.#nowMs += Math.floor(this.#random.exponential() * meanStepMs);
  }

  /** True where a timer was due. */
  #runTimer(): boolean {
    const next = this.#nextTimer();
    if (next === undefined || next.atMs > this.#nowMs) return false;
    this.#timers.splice(this.#timers.indexOf(next), 1);
    next.run();
    return true;
  }

  #nextTimer(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      const isEarlier =
        next === undefined ||
        timer.atMs < next.atMs ||
        (timer.atMs === next.atMs && timer.order < next.order);
      if (isEarlier) next = timer;
    }
    return next;
  }

  /** To the next time at which something can happen; false where there is none. */
  #skipAhead(): boolean {
    let nextMs = this.#nextTimer()?.atMs ?? Number.POSITIVE_INFINITY;
    for (const { actor, readyAtMs } of this.#operations) {
      nextMs = Math.min(nextMs, Math.max(actor.suspendedUntilMs, readyAtMs));
    }
    if (nextMs === Number.POSITIVE_INFINITY) return false;
    this.#nowMs = Math.max(this.#nowMs, Math.ceil(nextMs));
    return true;
  }

  #throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }
}

/** The effect happens; its answer waits in the operation. */
async function takeEffect(operation: Operation): Promise<void> {
  const { effect, resolve, reject } = operation;
  operation.effect = null;
  try {
    const value = await effect?.();
    operation.answer = () => resolve(value);
  } catch (error) {
    if (error instanceof Violation) throw error;
    operation.answer = () => reject(error);
  }
}

/** Lets every promise go on that waits for no operation: ticks come after all of them. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
