import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { Clock } from '../../lambdas/shared/ports/clock.ts';
import type { Randomness } from '../../lambdas/shared/ports/randomness.ts';
import type { StreamPorts } from '../../lambdas/shared/state/stream-context.ts';
import { gatedLake, gatedLanding } from './gated-lake.ts';
import { gatedState } from './gated-state.ts';
import { gatedStream } from './gated-stream.ts';
import type { Actor } from './scheduler.ts';
import type { World } from './world.ts';

export type ProcessKind = 'consumer' | 'publisher' | 'drain' | 'redrive' | 'shard';

const HEX_DIGITS = 16;

/**
 * A process of the product: it sees the world through ports whose every call waits for the
 * scheduler. Once dead it never goes on, whatever it waited for.
 */
export class SimProcess implements Actor {
  readonly name: string;
  readonly kind: ProcessKind;
  readonly codeVersion: string;
  /** Of its newest run. */
  startedAtMs: number;
  readonly ports: StreamPorts;
  isDead = false;
  suspendedUntilMs = 0;
  /** It was suspended for long once. */
  hasHung = false;
  /** Queries do not show its next transaction before that is answered. */
  isHiding = false;
  /** Of its clock, against that of the world. */
  clockOffsetMs = 0;
  /** Told once, when it dies. */
  onDeath: () => void = () => {};
  readonly #world: World;

  constructor(world: World, kind: ProcessKind, codeVersion = 'v1') {
    this.#world = world;
    this.kind = kind;
    this.codeVersion = codeVersion;
    this.name = `${kind}-${world.nextProcessNumber()}${codeVersion === 'v1' ? '' : codeVersion}`;
    this.startedAtMs = world.scheduler.now();
    world.processes.push(this);
    this.ports = {
      state: gatedState(world, this),
      lake: gatedLake(world, this),
      landing: gatedLanding(world, this),
      stream: gatedStream(world, this),
      clock: this.#clock(),
      randomness: this.#randomness(),
      metrics: { count: (name) => world.scheduler.note(`${this.name} metric ${name}`) },
    };
  }

  ask<T>(label: string, effect: () => Promise<T>, readyAtMs = 0): Promise<T> {
    return this.#world.scheduler.ask(this, label, effect, readyAtMs);
  }

  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#world.scheduler.forget(this);
    this.onDeath();
  }

  #clock(): Clock {
    const { scheduler } = this.#world;
    return {
      now: () => (scheduler.now() + this.clockOffsetMs) as EpochMs,
      sleep: (durationMs) =>
        this.ask('wakes', () => Promise.resolve(), scheduler.now() + durationMs),
    };
  }

  #randomness(): Randomness {
    const { ids } = this.#world.randoms;
    return {
      fraction: () => ids.uint32() / 2 ** 32,
      id: () => {
        const digits = `${this.#world.nextId().toString(16)}${ids.uint32().toString(16)}`;
        return digits.padStart(HEX_DIGITS, '0');
      },
    };
  }
}
