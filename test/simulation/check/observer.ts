import type { StateOperation } from '../../../lambdas/shared/ports/state-store.ts';
import type { SimProcess } from '../sim-process.ts';
import type { World } from '../world.ts';
import { EpochChecker } from './epoch-checker.ts';
import { LogChecker } from './log-checker.ts';

const SHARD_KEY = /#SHARD#(.+)$/;

/** Sees every change of the state and of the lake at the moment it happens, and has it checked. */
export class Observer {
  readonly logs: LogChecker;
  readonly epochs: EpochChecker;

  constructor(world: World) {
    this.logs = new LogChecker(world);
    this.epochs = new EpochChecker(world, this.logs);
  }

  async onTransaction(process: SimProcess, operations: readonly StateOperation[]): Promise<void> {
    const byShard = new Map<string, StateOperation[]>();
    for (const operation of operations) {
      const { pk } = operation.key;
      const shardId = SHARD_KEY.exec(pk)?.[1];
      if (shardId !== undefined) {
        byShard.set(shardId, [...(byShard.get(shardId) ?? []), operation]);
      } else if (pk.endsWith('#EPOCH')) {
        await this.epochs.onEpochHead(process);
      }
    }
    for (const [shardId, ofShard] of byShard) {
      await this.logs.onShard(process, shardId, ofShard, this.epochs);
    }
  }

  async onPut(process: SimProcess, key: string, body: Uint8Array): Promise<void> {
    await this.epochs.onPut(process, key, body);
  }
}
