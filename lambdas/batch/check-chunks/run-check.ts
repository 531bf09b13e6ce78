import { assert } from '../../shared/model/errors.ts';
import type { ChunkResult } from '../run/chunk-result.ts';
import { InternedLayouts } from '../run/interned-layouts.ts';
import type { MappedPart, MappedTask, ReducePlan, UsedBlocks } from '../run/run-files.ts';
import { type PlannedTask, taskOf } from '../run/stored-plan.ts';
import { ChainFollower } from './check-chunks.ts';

export interface TaskRepair {
  readonly taskIndex: number;
  /** Byte at which its first record starts. */
  readonly knownStart: number;
}

/** Checks the results of all tasks, part by part in order, so that one part is in memory. */
export class RunCheck {
  /** Tasks without result. */
  readonly missing: number[] = [];
  /** Tasks to run again: the first broken link of each input. */
  readonly repairs: TaskRepair[] = [];
  readonly #chains = new ChainFollower();
  readonly #layouts = new InternedLayouts();
  readonly #layoutOf: (number | null)[] = [];
  readonly #sources: string[] = [];
  readonly #used: UsedBlocks[] = [];

  /** Takes the next part; parts must come in order. Fills `missing` and `repairs`. */
  add({ part, tasks }: MappedPart): void {
    part.inputs.forEach(({ key, layout }, index) => {
      const inputIndex = part.firstInput + index;
      this.#sources[inputIndex] = key;
      this.#layoutOf[inputIndex] ??= this.#layouts.indexOf(layout);
    });
    tasks.forEach((mapped, index) => {
      const taskIndex = part.firstTask + index;
      if (mapped === null) this.missing.push(taskIndex);
      else this.#addTask(taskIndex, taskOf(part, taskIndex), mapped);
    });
  }

  /** Once all chains hold. */
  reducePlan(): Omit<ReducePlan, 'index'> {
    return {
      used: this.#used,
      layouts: this.#layouts.all,
      layoutOf: this.#layoutOf,
      sources: this.#sources,
    };
  }

  #addTask(taskIndex: number, { chunks, inputs }: PlannedTask, mapped: MappedTask): void {
    const sources: (number | null)[] = [];
    chunks.forEach((chunk, index) => {
      const { inputIndex } = chunk;
      const result = mapped.results[index];
      const worth = this.#chains.follow(chunk, inputs[index], result);
      const isUsed = worth === 'whole' && result.status === 'mapped';
      if (typeof worth === 'object') {
        // The chunks of a file that was cut are tasks of their own.
        assert(chunks.length === 1, `task ${taskIndex} has one chunk`);
        this.repairs.push({ taskIndex, knownStart: worth.knownStart });
      }
      if (isUsed) this.#layoutOf[inputIndex] ??= this.#layouts.indexOf(result.layout);
      for (let i = 0; i < mapped.blockCounts[index]; i++) sources.push(isUsed ? inputIndex : null);
    });
    const { blocks } = mapped;
    if (blocks !== null && sources.some((source) => source !== null)) {
      this.#used.push({ blocks, sources });
    }
  }
}

/**
 * The results of a task that count, according to the chains: null for a chunk whose range is inside
 * a record of an earlier one.
 */
export function usedResults(
  chains: ChainFollower,
  { chunks, inputs }: PlannedTask,
  { results }: MappedTask,
): (ChunkResult | null)[] {
  return chunks.map((chunk, index) => {
    const worth = chains.follow(chunk, inputs[index], results[index]);
    return worth === 'empty' ? null : results[index];
  });
}
