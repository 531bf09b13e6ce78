import { RetryableError, TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { ShardPublisher } from '../../lambdas/shared/ports/shard-publisher.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import { shardStep } from '../../lambdas/stream/publish/shard-function/shard-step.ts';
import { InlineEpochWriter } from '../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { runIn } from './environments.ts';
import { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

interface ShardEnvironment {
  readonly process: SimProcess;
  readonly context: StreamContext;
  readonly writer: InlineEpochWriter;
}

/** Publishes each shard of an epoch in a process of its own, which may stop or hang by itself. */
export class ShardProcesses implements ShardPublisher {
  readonly #world: World;
  readonly #context: StreamContext;
  /** They answered, and keep their dimensions. */
  readonly #idle: ShardEnvironment[] = [];

  constructor(world: World, context: StreamContext) {
    this.#world = world;
    this.#context = context;
  }

  /** Waits for the process, but for one that hangs only so long. */
  publish(shard: { readonly planKey: string; readonly shardIndex: number }): Promise<void> {
    const world = this.#world;
    const environment = this.#idle.pop() ?? this.#make();
    const { process, context, writer } = environment;
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new RetryableError(`${process.name} ${why}`));
      runIn(
        world,
        process,
        () => shardStep(context, writer, shard),
        (ending) => {
          if (ending.status !== 'died') this.#idle.push(environment);
          if (ending.status === 'answered') resolve();
          else if (ending.status === 'failed') reject(asTold(ending.error));
          else fail('died');
        },
      );
      world.scheduler.after(world.settings.timeoutMs, () => fail('does not answer'));
    });
  }

  #make(): ShardEnvironment {
    const process = new SimProcess(this.#world, 'shard', this.#context.codeVersion);
    const context = { ...this.#context, ...process.ports };
    const memory = this.#world.memory.takePublish(context.config.parquet.rowGroupRows);
    return { process, context, writer: new InlineEpochWriter(context, memory) };
  }
}

/** From another process only the kind of an error comes back. */
function asTold(error: unknown): unknown {
  const isTerminal = error instanceof TerminalError;
  return isTerminal ? new TerminalError('shard_failed', error.message) : error;
}
