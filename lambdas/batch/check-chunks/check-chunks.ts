import { isDecoded } from '../../shared/ingest/input-kind.ts';
import type { BatchPlan } from '../batch-plan.ts';
import type { ChunkResult } from '../map-chunk/chunk-result.ts';

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
 * record. `results` are by chunk index.
 */
export function checkChunks(plan: BatchPlan, results: readonly (ChunkResult | null)[]): ChainCheck {
  const repairs: ChunkRepair[] = [];
  const empty = new Set<number>();
  /** By input: where its next record starts; NaN once its chain is broken. */
  const expected = plan.inputs.map((input) => input.dataOffset);
  for (const { chunkIndex, inputIndex, endByte } of plan.chunks) {
    const knownStart = expected[inputIndex];
    if (isDecoded(plan.inputs[inputIndex].kind) || Number.isNaN(knownStart)) continue;
    const result = results[chunkIndex];
    if (knownStart >= endByte) {
      empty.add(chunkIndex);
    } else if (result?.status === 'mapped' && result.firstRecordOffset === knownStart) {
      expected[inputIndex] = result.nextRecordOffset ?? Number.NaN;
    } else {
      repairs.push({ chunkIndex, knownStart });
      expected[inputIndex] = Number.NaN;
    }
  }
  return { repairs, empty };
}
