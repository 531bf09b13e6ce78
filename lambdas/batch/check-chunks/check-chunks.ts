import { isDecoded } from '../../shared/ingest/input-kind.ts';
import type { BatchPlan, PlannedChunk, PlannedInput } from '../run/batch-plan.ts';
import type { ChunkResult } from '../run/chunk-result.ts';

export interface ChunkRepair {
  readonly chunkIndex: number;
  /** Where its first record starts. */
  readonly knownStart: number;
}

export interface ChainCheck {
  /**
   * Chunks to run again from a known start: the first broken link of each input. Check again
   * afterwards.
   */
  readonly repairs: readonly ChunkRepair[];
  /**
   * Chunks whose range lies inside a record of an earlier one: what they found is not to be used.
   */
  readonly empty: ReadonlySet<number>;
}

/**
 * Follows the chain of each input (architecture §3.3): the record after the last one of a chunk is
 * the first one of the next. Where it is not, a line end inside quotes was taken for the end of a
 * record. Chunks come in their order; what is kept does not grow with them.
 */
export class ChainFollower {
  #inputIndex = -1;
  /** Where the next record of the input starts; NaN once its chain is broken. */
  #expected = Number.NaN;

  /** What the result of the next chunk is worth: as it is, nothing, or to be had once more. */
  follow(
    { inputIndex, endByte }: PlannedChunk,
    { kind, dataOffset }: PlannedInput,
    result: ChunkResult | null,
  ): 'whole' | 'empty' | { readonly knownStart: number } {
    if (inputIndex !== this.#inputIndex) {
      this.#inputIndex = inputIndex;
      this.#expected = dataOffset;
    }
    const knownStart = this.#expected;
    if (isDecoded(kind) || Number.isNaN(knownStart)) return 'whole';
    if (knownStart >= endByte) return 'empty';
    if (result?.status === 'mapped' && result.firstRecordOffset === knownStart) {
      this.#expected = result.nextRecordOffset ?? Number.NaN;
      return 'whole';
    }
    this.#expected = Number.NaN;
    return { knownStart };
  }
}

/** The same for all chunks of a plan. `results` are by chunk index. */
export function checkChunks(
  { inputs, chunks }: Pick<BatchPlan, 'inputs' | 'chunks'>,
  results: readonly (ChunkResult | null)[],
): ChainCheck {
  const repairs: ChunkRepair[] = [];
  const empty = new Set<number>();
  const chains = new ChainFollower();
  for (const chunk of chunks) {
    const { chunkIndex, inputIndex } = chunk;
    const worth = chains.follow(chunk, inputs[inputIndex], results[chunkIndex]);
    if (worth === 'empty') empty.add(chunkIndex);
    else if (worth !== 'whole') repairs.push({ chunkIndex, knownStart: worth.knownStart });
  }
  return { repairs, empty };
}
