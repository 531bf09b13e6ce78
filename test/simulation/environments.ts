import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { StreamRecord } from '../../lambdas/shared/ports/event-stream.ts';
import {
  openStreamContext,
  type StreamContext,
} from '../../lambdas/shared/state/stream-context.ts';
import type { ConsumeMemory } from '../../lambdas/stream/consume/append-records.ts';
import { OrderConsumer } from '../../lambdas/stream/consume/consume-orders.ts';
import {
  type ConsumeAnswer,
  createConsumeStep,
} from '../../lambdas/stream/consume/consume-step.ts';
import { isExpected } from './expected-errors.ts';
import { eventRecord } from './messages.ts';
import { configOfVersion } from './settings.ts';
import { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

export async function openContext(world: World, process: SimProcess): Promise<StreamContext> {
  const { codeVersion } = process;
  const config = configOfVersion(world.settings.config, codeVersion);
  return await openStreamContext(process.ports, { consumer: 'default', codeVersion, config });
}

/** How a call of a process ended. */
export type Ending<T> =
  | { readonly status: 'answered'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'died' };

/**
 * Runs something in a process and tells `onEnd` once how it ended: not at all where the process
 * hangs. An error that nobody provided for is a violation.
 */
export function runIn<T>(
  world: World,
  process: SimProcess,
  main: () => Promise<T>,
  onEnd: (ending: Ending<T>) => void,
): void {
  let hasEnded = false;
  const end = (ending: Ending<T>) => {
    if (hasEnded) return;
    hasEnded = true;
    onEnd(ending);
  };
  process.onDeath = () => end({ status: 'died' });
  main().then(
    (value) => {
      if (!process.isDead) end({ status: 'answered', value });
    },
    (error: unknown) => {
      if (process.isDead) return;
      if (!isExpected(error, process, world.faults)) world.scheduler.failure = error;
      world.scheduler.note(`${process.name} fails: ${String(error)}`);
      end({ status: 'failed', error });
    },
  );
}

/** One execution environment of the consumer's function: it keeps its folds between batches. */
export class Environment {
  readonly process: SimProcess;
  readonly #world: World;
  readonly #step: ReturnType<typeof createConsumeStep>;
  readonly #memories: ConsumeMemory[] = [];

  constructor(world: World) {
    this.#world = world;
    this.process = new SimProcess(world, 'consumer');
    const { scheduler } = world;
    this.#step = createConsumeStep(
      () => openContext(world, this.process),
      (cause) => {
        if (cause === null) scheduler.note(`${this.process.name} has no time left`);
      },
      (context) => this.#makeConsumer(context),
    );
  }

  invoke(
    shardId: string,
    records: readonly StreamRecord[],
    onEnd: (ending: Ending<ConsumeAnswer>) => void,
  ): void {
    const { settings, memory } = this.#world;
    const event = { Records: records.map((record) => eventRecord(shardId, record)) };
    const deadline = { remainingMs: () => settings.functionMs };
    const end = (ending: Ending<ConsumeAnswer>) => {
      // Dead ones never go on; one that hangs may, and keeps its memory.
      if (this.process.isDead) for (const own of this.#memories.splice(0)) memory.giveConsume(own);
      onEnd(ending);
    };
    runIn(this.#world, this.process, () => this.#step(event, deadline), end);
  }

  #makeConsumer(context: StreamContext): OrderConsumer {
    const memory = this.#world.memory.takeConsume(context);
    this.#memories.push(memory);
    return new OrderConsumer(context, memory);
  }
}

/** Environments that wait for a batch. Any of them may get any shard. */
export class EnvironmentPool {
  readonly #world: World;
  readonly #idle: Environment[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  take(): Environment {
    const { actors } = this.#world.randoms;
    this.#dropDead();
    const isCold = this.#idle.length === 0 || actors.chance(0.03);
    if (isCold) return new Environment(this.#world);
    return this.#idle.splice(actors.below(this.#idle.length), 1)[0];
  }

  /** Only one that has answered: one that hangs may go on at any time. */
  giveBack(environment: Environment): void {
    this.#idle.push(environment);
  }

  #dropDead(): void {
    const living = this.#idle.filter(({ process }) => !process.isDead);
    this.#idle.splice(0, this.#idle.length, ...living);
  }
}

/** A shard is sealed, and its records come again: nobody can help but by a redrive. */
export function isSealed(error: unknown): boolean {
  return error instanceof TerminalError && error.code === 'ShardSealed';
}
