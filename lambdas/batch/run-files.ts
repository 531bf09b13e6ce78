import type { ObjectStore } from '../shared/ports/object-store.ts';
import { ObjectNotFoundError, TerminalError } from '../shared/runtime/errors.ts';
import { compactJsonBytes, parseJson } from '../shared/runtime/json.ts';
import { inParallel } from '../shared/runtime/parallel.ts';
import { type BatchPlan, planKey, workPrefix } from './batch-plan.ts';
import type { StoredBlocks } from './exchange/stored-exchange.ts';
import type { ChunkResult } from './map-chunk/chunk-result.ts';
import type { RangeResult } from './merge-aggregates/merge-aggregates.ts';
import type { BucketResult } from './reduce-bucket/bucket-parts.ts';
import type { MappedChunks } from './stage-settings.ts';

/** Objects that are read at once. */
const PARALLEL_READS = 32;

/** Where the steps of a run are processes of their own, they tell each other through these. */
export interface MappedChunk {
  readonly result: ChunkResult;
  /** Null where the chunk has no records. */
  readonly blocks: StoredBlocks | null;
}

export interface ReducedBucket {
  readonly result: BucketResult;
  /** Window sums, a slice per range of products. */
  readonly runs: StoredBlocks | null;
}

/** What the reduce steps read, and from where. */
export interface ReducePlan extends MappedChunks {
  /** By position in `used`. */
  readonly blocks: readonly (StoredBlocks | null)[];
}

/**
 * Where the first record of each chunk was looked for: null where that was assumed, otherwise what
 * the chain says. By chunk index.
 */
export type KnownStarts = readonly (number | null)[];

export type ChildStage = 'map' | 'reduce' | 'merge';

/** Why a step of a run ended without a result. */
export interface StepFailure {
  readonly stage: ChildStage;
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/**
 * The objects below `work/<runId>/`. Each has one writer's content: a step that is repeated writes
 * the same bytes under the same key.
 */
export class RunFiles {
  readonly #lake: ObjectStore;
  readonly #runId: string;
  readonly #prefix: string;

  constructor(lake: ObjectStore, runId: string) {
    this.#lake = lake;
    this.#runId = runId;
    this.#prefix = workPrefix(runId);
  }

  /** Of the blocks of a chunk. The start of its first record tells two attempts apart. */
  exchangeKey(chunkIndex: number, knownStart: number | null): string {
    return `${this.#prefix}exchange/${chunkIndex}-${startText(knownStart)}.bin`;
  }

  sumsKey(bucketIndex: number): string {
    return `${this.#prefix}sums/${bucketIndex}.bin`;
  }

  async readPlan(): Promise<BatchPlan> {
    return parseJson<BatchPlan>(await this.#lake.get(planKey(this.#runId)));
  }

  async putChunk(mapped: MappedChunk, knownStart: number | null): Promise<void> {
    await this.#put(this.#chunkKey(mapped.result.chunkIndex, knownStart), mapped);
  }

  /** By chunk index. Throws `TerminalError` `step_failed` where a chunk has no result. */
  async readChunks(starts: KnownStarts): Promise<MappedChunk[]> {
    const keys = starts.map((start, chunkIndex) => this.#chunkKey(chunkIndex, start));
    return await this.#readAll<MappedChunk>('map', keys);
  }

  /** After `round` repairs; null before the first look at the chains. */
  async readStarts(round: number): Promise<KnownStarts | null> {
    return await this.#find<KnownStarts>(`starts/${round}.json`);
  }

  async putStarts(round: number, starts: KnownStarts): Promise<void> {
    await this.#put(`starts/${round}.json`, starts);
  }

  async putReducePlan(plan: ReducePlan): Promise<void> {
    await this.#put('reduce-plan.json', plan);
  }

  async readReducePlan(): Promise<ReducePlan> {
    return await this.#read<ReducePlan>('reduce-plan.json');
  }

  /** What the map steps said, by chunk index, for the publication. */
  async putChunkResults(results: readonly (ChunkResult | null)[]): Promise<void> {
    await this.#put('chunk-results.json', results);
  }

  async readChunkResults(): Promise<(ChunkResult | null)[]> {
    return await this.#read('chunk-results.json');
  }

  async putBucket({ result, runs }: ReducedBucket): Promise<void> {
    const byDay = [...result.byDay].map(([day, sum]) => [day, textSum(sum)]);
    const plain = { ...result, byDay, byHour: result.byHour.map(textSum) };
    await this.#put(`reduced/${result.bucketIndex}.json`, { result: plain, runs });
  }

  async readBuckets(bucketCount: number): Promise<ReducedBucket[]> {
    const keys = indexes(bucketCount).map((index) => `reduced/${index}.json`);
    const stored = await this.#readAll<StoredBucket>('reduce', keys);
    return stored.map(({ result, runs }) => {
      const byDay = new Map(result.byDay.map(([day, sum]) => [day, exactSum(sum)]));
      return { runs, result: { ...result, byDay, byHour: result.byHour.map(exactSum) } };
    });
  }

  async putRange(result: RangeResult): Promise<void> {
    const top = result.top.map((total) => ({ ...total, cents: String(total.cents) }));
    await this.#put(`merged/${result.rangeIndex}.json`, { ...result, top });
  }

  async readRanges(rangeCount: number): Promise<RangeResult[]> {
    const keys = indexes(rangeCount).map((index) => `merged/${index}.json`);
    const stored = await this.#readAll<StoredRange>('merge', keys);
    return stored.map((result) => ({
      ...result,
      top: result.top.map((total) => ({ ...total, cents: BigInt(total.cents) })),
    }));
  }

  /** Steps of a stage that have stored their result, however often they ran. */
  async countResults(stage: ChildStage): Promise<number> {
    const folder = { map: 'mapped', reduce: 'reduced', merge: 'merged' }[stage];
    const prefix = `${this.#prefix}${folder}/`;
    const steps = new Set<number>();
    for await (const { key } of this.#lake.list(prefix)) {
      steps.add(Number.parseInt(key.slice(prefix.length), 10));
    }
    return steps.size;
  }

  async putFailure(failure: StepFailure): Promise<void> {
    await this.#put(`failures/${failure.stage}-${failure.index}.json`, failure);
  }

  #chunkKey(chunkIndex: number, knownStart: number | null): string {
    return `mapped/${chunkIndex}-${startText(knownStart)}.json`;
  }

  async #put(name: string, value: unknown): Promise<void> {
    await this.#lake.put(this.#prefix + name, compactJsonBytes(value));
  }

  async #read<T>(name: string): Promise<T> {
    return parseJson<T>(await this.#lake.get(this.#prefix + name));
  }

  async #find<T>(name: string): Promise<T | null> {
    try {
      return await this.#read<T>(name);
    } catch (error) {
      if (error instanceof ObjectNotFoundError) return null;
      throw error;
    }
  }

  /** Results of all steps of a stage; names those that have none, with their reason. */
  async #readAll<T>(stage: ChildStage, names: readonly string[]): Promise<T[]> {
    const found = await inParallel(names, PARALLEL_READS, (name) => this.#find<T>(name));
    const missing = found.flatMap((result, index) => (result === null ? [index] : []));
    if (missing.length === 0) return found as T[];
    const failure = await this.#find<StepFailure>(`failures/${stage}-${missing[0]}.json`);
    const reason = failure?.message ?? 'see the execution of the state machine';
    const others = missing.length === 1 ? '' : `, and ${missing.length - 1} more`;
    const message = `${stage} step ${missing[0]} has no result${others}: ${reason}`;
    throw new TerminalError(failure?.code ?? 'step_failed', message);
  }
}

interface TextSum {
  readonly orders: number;
  readonly cents: string;
}

/** As JSON holds them: 64-bit sums are text. */
interface StoredBucket {
  readonly result: Omit<BucketResult, 'byDay' | 'byHour'> & {
    readonly byDay: readonly [number, TextSum][];
    readonly byHour: readonly TextSum[];
  };
  readonly runs: StoredBlocks | null;
}

type StoredRange = Omit<RangeResult, 'top'> & {
  readonly top: readonly { readonly productId: string; orders: number; cents: string }[];
};

function textSum({ orders, cents }: { readonly orders: number; readonly cents: bigint }): TextSum {
  return { orders, cents: String(cents) };
}

function exactSum({ orders, cents }: TextSum): { orders: number; cents: bigint } {
  return { orders, cents: BigInt(cents) };
}

function startText(knownStart: number | null): string {
  return knownStart === null ? 'assumed' : String(knownStart);
}

export function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
