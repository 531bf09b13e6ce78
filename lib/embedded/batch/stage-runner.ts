import { createMapper } from '../../../lambdas/batch/map-chunk/create-mapper.ts';
import type { ChunkMapper } from '../../../lambdas/batch/map-chunk/map-chunk.ts';
import { mergeAggregates } from '../../../lambdas/batch/merge-aggregates/merge-aggregates.ts';
import { mergeContext } from '../../../lambdas/batch/merge-aggregates/merge-context.ts';
import { BucketReducer } from '../../../lambdas/batch/reduce-bucket/reduce-bucket.ts';
import { reduceContext } from '../../../lambdas/batch/reduce-bucket/reduce-context.ts';
import type { BatchPlan } from '../../../lambdas/batch/run/batch-plan.ts';
import type { BucketResult } from '../../../lambdas/batch/run/bucket-result.ts';
import type { ChunkResult } from '../../../lambdas/batch/run/chunk-result.ts';
import type { RangeResult } from '../../../lambdas/batch/run/range-result.ts';
import type { DimensionData } from '../../../lambdas/shared/dimensions/joined-dimension.ts';
import type { CsvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { cleanUpOnFailure } from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import {
  BlockExchange,
  type ExchangeBlock,
  ExchangeBudget,
  SpillBuffer,
  sliceOf,
} from './exchange-memory.ts';

/** What every thread of a run is given; it can be handed to a thread as it is. */
export interface StageSettings {
  readonly plan: BatchPlan;
  readonly config: Config;
  readonly customers: DimensionData;
  readonly products: DimensionData;
  readonly budgetCounter: Int32Array;
  /** Memory of all threads' kernels, and of the exchange. */
  readonly kernelMemory: WebAssembly.Memory;
}

/** A chunk's blocks and the index of its input. */
export interface MappedBlocks {
  readonly inputIndex: number;
  readonly blocks: readonly ExchangeBlock[];
}

export type StageTask =
  | {
      readonly kind: 'map';
      readonly chunkIndex: number;
      readonly knownStart: number | null;
      readonly attempt: number;
    }
  | {
      readonly kind: 'reduce';
      readonly bucketIndex: number;
      /** In order of records. */
      readonly chunks: readonly MappedBlocks[];
      /** For each input its layout; null if it was rejected. */
      readonly layouts: readonly (CsvLayout | null)[];
    }
  | {
      readonly kind: 'merge';
      readonly rangeIndex: number;
      /** One or more per bucket; their slices are ranges. */
      readonly sums: readonly ExchangeBlock[];
    };

export interface MapOutput {
  readonly result: ChunkResult;
  readonly blocks: readonly ExchangeBlock[];
}

export interface ReduceOutput {
  readonly result: BucketResult;
  /** Window sums, a slice per range of products. */
  readonly sums: readonly ExchangeBlock[];
}

export type StageOutput<Task extends StageTask> = Task extends { kind: 'map' }
  ? MapOutput
  : Task extends { kind: 'reduce' }
    ? ReduceOutput
    : RangeResult;

/** Runs the stages of a batch in one thread: the main one or a worker. */
export class StageRunner {
  readonly #landing: ObjectStore;
  readonly #lake: ObjectStore;
  readonly #settings: StageSettings;
  readonly #budget: ExchangeBudget;
  readonly #memory: KernelMemory;
  readonly #spillBuffer = new SpillBuffer();
  /** The memory of mapping is let go before reducing begins. */
  #mapper: ChunkMapper | null = null;
  #reducer: BucketReducer | null = null;

  constructor(landing: ObjectStore, lake: ObjectStore, settings: StageSettings) {
    this.#landing = landing;
    this.#lake = lake;
    this.#settings = settings;
    this.#memory = new KernelMemory(settings.kernelMemory);
    this.#budget = new ExchangeBudget(settings.budgetCounter);
  }

  /** Runs one task in this thread. Throws the stage's errors. */
  async run<Task extends StageTask>(task: Task): Promise<StageOutput<Task>>;
  async run(task: StageTask): Promise<MapOutput | ReduceOutput | RangeResult> {
    switch (task.kind) {
      case 'map':
        return await this.#map(task);
      case 'reduce':
        return await this.#reduce(task);
      case 'merge':
        return await this.#merge(task);
    }
  }

  async #map(task: StageTask & { kind: 'map' }): Promise<MapOutput> {
    const { plan, config } = this.#settings;
    this.#mapper ??= createMapper(this.#landing, plan, config);
    const chunk = plan.chunks[task.chunkIndex];
    const exchange = this.#exchange(`${task.chunkIndex}-${task.attempt}`);
    const mapper = this.#mapper;
    return await cleanUpOnFailure(
      async () => {
        const input = plan.inputs[chunk.inputIndex];
        const result = await mapper.map(chunk, input, task.knownStart, exchange);
        return { result, blocks: await exchange.finish() };
      },
      () => exchange.abort(),
    );
  }

  async #reduce(task: StageTask & { kind: 'reduce' }): Promise<ReduceOutput> {
    const { plan, config, customers, products } = this.#settings;
    this.#mapper = null;
    const { layouts } = task;
    this.#reducer ??= new BucketReducer(
      reduceContext(this.#lake, this.#memory, {
        ...{ plan, config, layouts, customers, products },
        sources: plan.inputs.map(({ key }) => key),
      }),
    );
    const slices = task.chunks.flatMap(({ inputIndex, blocks }) =>
      blocks.map((block) => sliceOf(this.#lake, this.#memory, block, task.bucketIndex, inputIndex)),
    );
    const reducer = this.#reducer;
    const sums = this.#exchange(`sums-${task.bucketIndex}`);
    return await cleanUpOnFailure(
      async () => {
        const result = await reducer.reduce(task.bucketIndex, slices, sums);
        return { result, sums: await sums.finish() };
      },
      () => sums.abort(),
    );
  }

  async #merge(task: StageTask & { kind: 'merge' }): Promise<RangeResult> {
    const { plan, config } = this.#settings;
    const lists: Uint8Array[] = [];
    for (const block of task.sums) {
      const { inMemory, sizeBytes, fetch } = sliceOf(
        this.#lake,
        this.#memory,
        block,
        task.rangeIndex,
        0,
      );
      const bytes = inMemory ?? new Uint8Array(sizeBytes);
      if (inMemory === null) await fetch(bytes);
      lists.push(bytes);
    }
    return await mergeAggregates(task.rangeIndex, lists, mergeContext(this.#lake, plan, config));
  }

  #exchange(name: string): BlockExchange {
    return new BlockExchange(this.#lake, {
      runId: this.#settings.plan.runId,
      name,
      budget: this.#budget,
      memory: this.#memory,
      spillBuffer: this.#spillBuffer,
    });
  }
}
