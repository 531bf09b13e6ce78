import type { PutCondition } from '../../lambdas/shared/ports/object-store.ts';
import type {
  StateItem,
  StateOperation,
  TransactResult,
} from '../../lambdas/shared/ports/state-store.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import type { EpochWriter } from '../../lambdas/stream/publish/write/epoch-writer.ts';
import type { FaultName } from './faults.ts';
import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

/**
 * A mistake that the checkers have to catch (stream protocol §9), made at the ports, so that the
 * product has no switch for it.
 */
export interface Canary {
  /** Faults without which it may go unseen: they are on, as often as can be, and no others. */
  readonly needs?: readonly FaultName[];
  /** The hot spot is where calls are that look like this, whatever the seed says. */
  readonly hotLabel?: string;
  /** Called before anything happens; returns how to take it back. */
  install?(world: World): () => void;
  /** What a process gets instead of an item. */
  get?(world: World, process: SimProcess, item: StateItem | null): StateItem | null | undefined;
  query?(world: World, process: SimProcess, item: StateItem): Promise<StateItem | undefined>;
  /** What is done instead of a transaction. */
  transact?(process: SimProcess, operations: readonly StateOperation[]): StateOperation[] | null;
  afterTransact?(
    world: World,
    process: SimProcess,
    operations: readonly StateOperation[],
  ): Promise<void>;
  /** What a process is told of a transaction. */
  result?(
    process: SimProcess,
    operations: readonly StateOperation[],
    result: TransactResult,
  ): TransactResult | undefined;
  condition?(world: World, key: string): PutCondition | undefined;
  /** True: the put is answered, and takes place later. */
  isPutLater?(key: string): boolean;
  isReadEmpty?(process: SimProcess, limit: number): boolean;
  writer?(context: StreamContext, writer: EpochWriter): EpochWriter;
}

export const NO_CANARY: Canary = {};
