import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import { ObjectNotFoundError, TerminalError } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { compactJsonBytes, parseJson } from '../../shared/runtime/json.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { EXCHANGE_FORMAT } from '../exchange/slice-layout.ts';
import type { StoredBlocks } from '../exchange/stored-exchange.ts';
import type { IndexStripe } from '../exchange/stored-index.ts';
import { workPrefix } from './batch-plan.ts';
import type { ChunkResult } from './chunk-result.ts';
import type { RangeResult } from './range-result.ts';
import { type PlanPart, planParts, readHeader, type StoredHeader } from './stored-plan.ts';
import {
  mergedRange,
  type ReducedBucket,
  reducedBucket,
  type StoredBucket,
  type StoredRange,
  storedBucket,
  storedRange,
} from './stored-results.ts';

/** Objects read at once, for each part of a plan; several parts are read in parallel. */
const PARALLEL_READS = 32;
const PARALLEL_READS_OF_PART = 8;

/**
 * What the map step says of a task. Where the steps of a run are processes of their own, they tell
 * each other through such objects.
 */
export interface MappedTask {
  /** Results of the task's chunks, in order. */
  readonly results: readonly ChunkResult[];
  /** Null if the task has no records. */
  readonly blocks: StoredBlocks | null;
  /** How many of the blocks are of each chunk, in their order. */
  readonly blockCounts: readonly number[];
}

export interface MappedPart {
  readonly part: PlanPart;
  /** The part's tasks, in order; null for one without a result. */
  readonly tasks: readonly (MappedTask | null)[];
}

/** An object of the exchange that the reduce steps read. */
export interface UsedBlocks {
  readonly blocks: StoredBlocks;
  /** For each block, the index of its input; null if the block is not to be used. */
  readonly sources: readonly (number | null)[];
}

/** What the reduce steps read, and from where. */
export interface ReducePlan {
  /** In order of records. */
  readonly used: readonly UsedBlocks[];
  /** Index of the blocks, by bucket. */
  readonly index: readonly IndexStripe[];
  /** The layouts that `layoutOf` numbers. */
  readonly layouts: readonly CsvLayout[];
  /** For each input, its index in `layouts`; null if it was rejected, or holds events. */
  readonly layoutOf: readonly (number | null)[];
  /** Keys of the inputs. */
  readonly sources: readonly string[];
}

/** What the merge steps read. */
export interface MergePlan {
  /** Window sums by bucket. */
  readonly sums: readonly StoredBlocks[];
  /** Index of the sums, by range of products. */
  readonly index: readonly IndexStripe[];
}

/**
 * Where a task's first record starts, according to the chain; tasks that are missing assumed it.
 */
export type KnownStarts = ReadonlyMap<number, number>;

export type ChildStage = 'map' | 'reduce' | 'merge';

/** Why a step of a run ended without a result. */
export interface StepFailure {
  readonly stage: ChildStage;
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/**
 * The objects below `work/<runId>/`. Each has one writer's content: a repeated step writes the same
 * bytes under the same key.
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

  /** Key of a task's blocks. The start of its first record tells two attempts apart. */
  exchangeKey(taskIndex: number, knownStart: number | null): string {
    return `${this.#prefix}exchange/${taskIndex}-${startText(knownStart)}.bin`;
  }

  sumsKey(bucketIndex: number): string {
    return `${this.#prefix}sums/${bucketIndex}.bin`;
  }

  indexKey(of: 'exchange' | 'sums', stripe: number): string {
    return `${this.#prefix}index/${of}-${stripe}.bin`;
  }

  /** The plan without its parts, of whichever version. */
  async readHeader(): Promise<StoredHeader> {
    return await readHeader(this.#lake, this.#runId);
  }

  /**
   * The plan without its parts, for a step of the run. Throws `TerminalError`
   * `run_of_other_version` where the run was planned by a version whose exchange has another form:
   * the step would misread it.
   */
  async readHeaderOfStep(): Promise<StoredHeader> {
    const header = await this.readHeader();
    if (header.exchangeFormat === EXCHANGE_FORMAT) return header;
    const message =
      `run ${this.#runId} was planned by version ${header.codeVersion} of Tandem, and another was ` +
      'deployed since; its tables were not changed; start it again: npx tandem batch --target aws';
    throw new TerminalError('run_of_other_version', message);
  }

  async putTask(
    mapped: MappedTask,
    task: { readonly taskIndex: number; readonly knownStart: number | null },
  ): Promise<void> {
    await this.#put(taskName(task.taskIndex, task.knownStart), mapped);
  }

  /**
   * The parts of the plan in order, each with the results of its tasks; null for a task that has
   * none.
   */
  mappedParts(header: StoredHeader, starts: KnownStarts): AsyncGenerator<MappedPart> {
    return planParts(this.#lake, header, async (part) => {
      const names = part.taskEnds.map((_, index) => {
        const taskIndex = part.firstTask + index;
        return taskName(taskIndex, starts.get(taskIndex) ?? null);
      });
      const tasks = await inParallel(names, PARALLEL_READS_OF_PART, (name) => {
        return this.#find<MappedTask>(name);
      });
      return { part, tasks };
    });
  }

  /**
   * Reads the known starts after `round` repairs. Throws `ObjectNotFoundError` if there was no such
   * round.
   */
  async readStarts(round: number): Promise<KnownStarts> {
    return new Map(await this.#read<[number, number][]>(`starts/${round}.json`));
  }

  async putStarts(round: number, starts: KnownStarts): Promise<void> {
    await this.#put(`starts/${round}.json`, [...starts]);
  }

  /**
   * The known starts with which all chains hold; null before that, and once the run was published.
   */
  async findFinalStarts(): Promise<KnownStarts | null> {
    const starts = await this.#find<[number, number][]>('starts/final.json');
    return starts === null ? null : new Map(starts);
  }

  async putFinalStarts(starts: KnownStarts): Promise<void> {
    await this.#put('starts/final.json', [...starts]);
  }

  async putReducePlan(plan: ReducePlan): Promise<void> {
    await this.#put('reduce-plan.json', plan);
  }

  async readReducePlan(): Promise<ReducePlan> {
    return await this.#read<ReducePlan>('reduce-plan.json');
  }

  async putMergePlan(plan: MergePlan): Promise<void> {
    await this.#put('merge-plan.json', plan);
  }

  async readMergePlan(): Promise<MergePlan> {
    return await this.#read<MergePlan>('merge-plan.json');
  }

  async putBucket({ result, sums }: ReducedBucket): Promise<void> {
    await this.#put(`reduced/${result.bucketIndex}.json`, storedBucket({ result, sums }));
  }

  async readBuckets(bucketCount: number): Promise<ReducedBucket[]> {
    const keys = indexes(bucketCount).map((index) => `reduced/${index}.json`);
    const stored = await this.#readAll<StoredBucket>('reduce', keys);
    return stored.map(reducedBucket);
  }

  async putRange(result: RangeResult): Promise<void> {
    await this.#put(`merged/${result.rangeIndex}.json`, storedRange(result));
  }

  async readRanges(rangeCount: number): Promise<RangeResult[]> {
    const keys = indexes(rangeCount).map((index) => `merged/${index}.json`);
    const stored = await this.#readAll<StoredRange>('merge', keys);
    return stored.map(mergedRange);
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
    if (missing.length > 0) throw await this.missing(stage, missing);
    return found as T[];
  }

  /** The error of steps that left no result: the recorded one of the first, `step_failed`. */
  async missing(stage: ChildStage, indexes: readonly number[]): Promise<TerminalError> {
    const [first] = indexes;
    const failure = await this.#find<StepFailure>(`failures/${stage}-${first}.json`);
    const reason = failure?.message ?? 'see the execution of the state machine';
    const others = indexes.length === 1 ? '' : `, and ${indexes.length - 1} more`;
    const message = `${stage} step ${first} has no result${others}: ${reason}`;
    return new TerminalError(failure?.code ?? 'step_failed', message);
  }
}

function taskName(taskIndex: number, knownStart: number | null): string {
  return `mapped/${taskIndex}-${startText(knownStart)}.json`;
}

function startText(knownStart: number | null): string {
  return knownStart === null ? 'assumed' : String(knownStart);
}

/** The indexes 0 to `count - 1`. */
export function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
