import { checkChunks } from '../../lambdas/batch/check-chunks/check-chunks.ts';
import { ChunkMapper } from '../../lambdas/batch/map-chunk/map-chunk.ts';
import type { ChunkResult } from '../../lambdas/batch/run/chunk-result.ts';
import { InputForms } from '../../lambdas/shared/ingest/mapping/input-form.ts';
import { DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';
import { storeOf } from './batch-runs.ts';
import { MemoryObjectStore } from './memory/memory-object-store.ts';
import { planCut, UNCUT } from './staged-runs.ts';

const NO_EXCHANGE = {
  allocate: (sizeBytes: number) => new Uint8Array(sizeBytes),
  keep: async () => {},
};

/** Maps one orders file in chunks, and those again whose start was assumed wrongly. */
export async function mappedChunks(
  file: Uint8Array,
  chunkBytes: number = UNCUT.chunkBytes,
): Promise<ChunkResult[]> {
  const landing = await storeOf([['orders/a.csv', file]]);
  const plan = await planCut(landing, new MemoryObjectStore(), { ...UNCUT, chunkBytes });
  const mapper = new ChunkMapper(landing, new InputForms(DEFAULT_CONFIG), 1);
  const map = (index: number, knownStart: number | null) =>
    mapper.map(plan.chunks[index], plan.inputs[0], knownStart, NO_EXCHANGE);
  const results: ChunkResult[] = [];
  for (const { chunkIndex } of plan.chunks) results.push(await map(chunkIndex, null));
  for (;;) {
    const { repairs, empty } = checkChunks(plan, results);
    if (repairs.length === 0) return results.filter(({ chunkIndex }) => !empty.has(chunkIndex));
    for (const { chunkIndex, knownStart } of repairs) {
      results[chunkIndex] = await map(chunkIndex, knownStart);
    }
  }
}

/** What chunks say of the file together. */
export function totalsOf(chunks: readonly ChunkResult[]) {
  const sum = (count: (chunk: ChunkResult) => number) =>
    chunks.reduce((total, chunk) => total + count(chunk), 0);
  const firsts = chunks.flatMap(({ strayQuotes }) => strayQuotes.firstOffset ?? []);
  return {
    records: sum((chunk) => chunk.readRecords),
    strayQuotes: sum((chunk) => chunk.strayQuotes.records),
    firstStrayQuote: firsts[0] ?? null,
  };
}
