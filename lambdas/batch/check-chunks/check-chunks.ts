import { isDecoded } from '../../shared/ingest/input-kind.ts';
import type { BatchPlan, PlannedChunk, PlannedInput } from '../run/batch-plan.ts';
import type { ChunkResult } from '../run/chunk-result.ts';

export interface ChunkRepair {
  readonly chunkIndex: number;
  /** Byte at which its first record starts. */
  readonly knownStart: number;
}

export interface ChainCheck {
  /**
   * Chunks to run again from a known start: the first broken link of each input. Check again
   * afterwards.
   */
  readonly repairs: readonly ChunkRepair[];
  /** Chunks whose range is inside a record of an earlier one: their results must not be used. */
  readonly empty: ReadonlySet<number>;
}

/**
 * Follows the chain of each input (architecture §3.3): each chunk's first record must start where
 * the previous chunk's last one ended. Otherwise a line end inside quotes was taken for the end of
 * a record. Pass chunks in order; memory does not grow with them.
 */
export class ChainFollower {
  #inputIndex = -1;
  /** Where the input's next record starts; NaN once its chain is broken. */
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

/** Checks the chains of a whole plan at once. `results` are by chunk index. */
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
