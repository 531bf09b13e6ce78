import { cleanUpOnFailure } from '../../shared/runtime/errors.ts';
import { KernelMemory } from '../../shared/runtime/kernel-memory.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { type BatchHost, type ChildStatus, PerRun, runChild } from '../batch-host.ts';
import type { PlanHeader } from '../batch-plan.ts';
import { runsOf, StoredExchange, StoredSlices } from '../exchange/stored-exchange.ts';
import type { ReducePlan, RunFiles } from '../run-files.ts';
import { loadDimensions, reduceContext } from '../stage-settings.ts';
import { BucketReducer } from './reduce-bucket.ts';

/** Footers of exchange objects that are read at once. */
const PARALLEL_READS = 32;

export interface ReduceStepEvent {
  readonly runId: string;
  readonly bucketIndex: number;
}

/** What the buckets of a run share; a process reads it once. */
interface ReduceRun {
  readonly plan: PlanHeader;
  readonly used: ReducePlan['used'];
  readonly reducer: BucketReducer;
}

/** Reduces buckets from objects of the exchange; their window sums go into one as well. */
export function createReduceStep(host: BatchHost, maxHeldBytes: number) {
  const { lake } = host;
  const runs = new PerRun<ReduceRun>();
  return async ({ runId, bucketIndex }: ReduceStepEvent): Promise<ChildStatus> =>
    await runChild(host, { runId, stage: 'reduce', index: bucketIndex }, async (files) => {
      const run = await runs.of(runId, () => openRun(host, files));
      const slices = await slicesOf(host, run, bucketIndex);
      const sums = new StoredExchange(lake, files.sumsKey(bucketIndex), maxHeldBytes);
      await cleanUpOnFailure(
        async () => {
          const result = await run.reducer.reduce(bucketIndex, slices.refs, sums);
          await files.putBucket({ result, runs: await sums.finish() });
        },
        () => sums.abort(),
      );
    });
}

async function openRun(host: BatchHost, files: RunFiles): Promise<ReduceRun> {
  const { landing, lake, config } = host;
  const plan = await files.readHeader();
  const { used, sources, layouts, layoutOf } = await files.readReducePlan();
  const { customers, products } = await loadDimensions(landing, plan, config);
  const context = reduceContext(lake, KernelMemory.create(), {
    plan,
    config,
    sources,
    layouts: layoutOf.map((index) => (index === null ? null : layouts[index])),
    customers: customers.data,
    products: products.data,
  });
  return { plan, used, reducer: new BucketReducer(context) };
}

async function slicesOf(
  { lake }: BatchHost,
  { plan, used }: ReduceRun,
  bucketIndex: number,
): Promise<StoredSlices> {
  const runs = await inParallel(used, PARALLEL_READS, async ({ blocks, sources }) => {
    let before = 0;
    const found = await runsOf(lake, blocks, bucketIndex, plan.bucketCount);
    return found.map((run) => {
      const own = sources.slice(before, before + run.sliceBytes.length);
      before += run.sliceBytes.length;
      return { run, sources: own };
    });
  });
  return new StoredSlices(lake, runs.flat());
}
