import { checkChunks } from '../../../lambdas/batch/check-chunks/check-chunks.ts';
import type { BatchPlan } from '../../../lambdas/batch/run/batch-plan.ts';
import type { BucketResult } from '../../../lambdas/batch/run/bucket-result.ts';
import type { ChunkResult } from '../../../lambdas/batch/run/chunk-result.ts';
import type { RangeResult } from '../../../lambdas/batch/run/range-result.ts';
import { mappedChunks } from './chunks-to-reduce.ts';
import { type ExchangeBudget, release } from './exchange-memory.ts';
import type { MapOutput, StageOutput, StageTask } from './stage-runner.ts';
import type { StagePool } from './worker-pool.ts';

export interface BatchProgress {
  readonly stage: 'plan' | 'map' | 'reduce' | 'merge' | 'publish';
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'buckets' | 'ranges' | 'files';
}

export interface StageOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BatchProgress) => void;
}

export interface StageResults {
  readonly chunks: readonly (ChunkResult | null)[];
  readonly buckets: readonly BucketResult[];
  readonly ranges: readonly RangeResult[];
}

/**
 * Runs map, check and repair, reduce and merge on the pool. Throws the first stage's error, or the
 * signal's reason.
 */
export async function runStages(
  plan: BatchPlan,
  pool: StagePool,
  budget: ExchangeBudget,
  options: StageOptions,
): Promise<StageResults> {
  const mapped = await mapAll(plan, pool, budget, options);
  const results = mapped.map((output) => output?.result ?? null);
  const { used, layouts } = mappedChunks(plan, results);
  const chunks = used.flatMap(({ chunkIndex, inputIndex }) => {
    const blocks = mapped[chunkIndex]?.blocks ?? [];
    return blocks.length === 0 ? [] : [{ inputIndex, blocks }];
  });
  const bucketIndexes = Array.from({ length: plan.bucketCount }, (_, index) => index);
  const reduced = await runAll(
    pool,
    chunks.length === 0
      ? []
      : bucketIndexes.map(
          (bucketIndex) => ({ kind: 'reduce', bucketIndex, chunks, layouts }) as const,
        ),
    options,
    (done, total) => options.onProgress?.({ stage: 'reduce', done, total, unit: 'buckets' }),
  );
  const sums = reduced.flatMap((output) => output.sums);
  const rangeIndexes = Array.from({ length: plan.rangeCount }, (_, index) => index);
  const ranges = await runAll(
    pool,
    rangeIndexes.map((rangeIndex) => {
      return { kind: 'merge', rangeIndex, sums } as const;
    }),
    options,
    (done, total) => options.onProgress?.({ stage: 'merge', done, total, unit: 'ranges' }),
  );
  options.onProgress?.({ stage: 'publish', done: 0, total: 1, unit: 'files' });
  const buckets = reduced.map(({ result }) => result);
  return { chunks: results, buckets, ranges };
}

/** Runs every chunk, and again those whose start was assumed wrongly, until each chain holds. */
async function mapAll(
  plan: BatchPlan,
  pool: StagePool,
  budget: ExchangeBudget,
  options: StageOptions,
): Promise<(MapOutput | null)[]> {
  const total = plan.chunks.reduce((sum, chunk) => sum + chunk.endByte - chunk.startByte, 0);
  let done = 0;
  const report = (chunkIndex: number) => {
    const { startByte, endByte } = plan.chunks[chunkIndex];
    done += endByte - startByte;
    options.onProgress?.({ stage: 'map', done, total, unit: 'bytes' });
  };
  const first = plan.chunks.map(
    ({ chunkIndex }) => ({ kind: 'map', chunkIndex, knownStart: null, attempt: 0 }) as const,
  );
  const outputs: (MapOutput | null)[] = await runAll(pool, first, options, (_done, _total, index) =>
    report(index),
  );
  outputs.forEach((output, chunkIndex) => {
    if (output === null || output.result.status !== 'rejected') return;
    drop(outputs, chunkIndex, budget);
    outputs[chunkIndex] = { result: output.result, blocks: [] };
  });
  for (let attempt = 1; ; attempt++) {
    const { repairs, empty } = checkChunks(
      plan,
      outputs.map((output) => output?.result ?? null),
    );
    if (repairs.length === 0) {
      for (const chunkIndex of empty) drop(outputs, chunkIndex, budget);
      return outputs;
    }
    for (const { chunkIndex } of repairs) drop(outputs, chunkIndex, budget);
    const tasks = repairs.map((repair) => ({ kind: 'map', ...repair, attempt }) as const);
    const repaired = await runAll(pool, tasks, options, () => {});
    repairs.forEach(({ chunkIndex }, index) => {
      outputs[chunkIndex] = repaired[index];
    });
  }
}

function drop(outputs: (MapOutput | null)[], chunkIndex: number, budget: ExchangeBudget): void {
  release(outputs[chunkIndex]?.blocks ?? [], budget);
  outputs[chunkIndex] = null;
}

/**
 * Runs as many tasks at once as the pool has threads; stops at the first error or at the signal.
 */
async function runAll<Task extends StageTask>(
  pool: StagePool,
  tasks: readonly Task[],
  { signal }: StageOptions,
  onDone: (done: number, total: number, index: number) => void,
): Promise<StageOutput<Task>[]> {
  const outputs: StageOutput<Task>[] = [];
  let next = 0;
  let done = 0;
  let hasFailed = false;
  const lane = async () => {
    while (next < tasks.length && !hasFailed) {
      signal?.throwIfAborted();
      const index = next++;
      outputs[index] = await pool.run(tasks[index]);
      onDone(++done, tasks.length, index);
    }
  };
  const lanes = Array.from({ length: Math.min(pool.size, tasks.length) }, lane);
  try {
    await Promise.race([Promise.all(lanes), aborted(signal)]);
  } catch (error) {
    hasFailed = true;
    throw error;
  }
  return outputs;
}

/** Rejects when the signal is aborted. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
