import type { StreamRecord } from '../../lambdas/shared/ports/event-stream.ts';
import { TerminalError } from '../../lambdas/shared/runtime/errors.ts';
import {
  openStreamContext,
  type StreamContext,
} from '../../lambdas/shared/state/stream-context.ts';
import {
  type ConsumeResult,
  OrderConsumer,
} from '../../lambdas/stream/consume-orders/consume-orders.ts';
import { isExpected } from './expected-errors.ts';
import { configOfVersion } from './settings.ts';
import { type ProcessKind, SimProcess } from './sim-process.ts';
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
  #consumer: OrderConsumer | null = null;

  constructor(world: World) {
    this.#world = world;
    this.process = new SimProcess(world, 'consumer' satisfies ProcessKind);
  }

  invoke(
    shardId: string,
    records: readonly StreamRecord[],
    onEnd: (ending: Ending<ConsumeResult>) => void,
  ): void {
    const main = async () => {
      this.#consumer ??= new OrderConsumer(await openContext(this.#world, this.process));
      const result = await this.#consumer.consume(shardId, records);
      if (result.status === 'failed' && !isExpected(result.error, this.process, this.#world.faults))
        throw result.error;
      return result;
    };
    runIn(this.#world, this.process, main, onEnd);
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
