import type { BatchPlan } from '../../../lambdas/batch/run/batch-plan.ts';
import type { ChunkResult } from '../../../lambdas/batch/run/chunk-result.ts';
import type { CsvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';

/** What the reduce steps read, once every chain holds. */
export interface MappedChunks {
  /** Chunks whose records are used, in order of records. */
  readonly used: readonly { readonly chunkIndex: number; readonly inputIndex: number }[];
  /** By input; null where one was rejected. */
  readonly layouts: readonly (CsvLayout | null)[];
}

/** `results` are by chunk index; null for a chunk inside a record of an earlier one. */
export function mappedChunks(
  plan: Pick<BatchPlan, 'inputs' | 'chunks'>,
  results: readonly (ChunkResult | null)[],
): MappedChunks {
  const layouts = plan.inputs.map(({ layout }) => layout);
  const used = plan.chunks.flatMap(({ chunkIndex, inputIndex }) => {
    const result = results[chunkIndex];
    if (result?.status !== 'mapped') return [];
    layouts[inputIndex] ??= result.layout;
    return [{ chunkIndex, inputIndex }];
  });
  return { used, layouts };
}
