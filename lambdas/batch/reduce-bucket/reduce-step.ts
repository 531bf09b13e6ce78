import { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import { cleanUpOnFailure } from '../../shared/model/errors.ts';
import { StoredExchange } from '../exchange/stored-exchange.ts';
import { readIndex } from '../exchange/stored-index.ts';
import { StoredSlices } from '../exchange/stored-slices.ts';
import type { BatchHost } from '../run/batch-host.ts';
import { loadDimensions } from '../run/load-dimensions.ts';
import { PerRun } from '../run/per-run.ts';
import { type ChildStatus, runChild } from '../run/run-child.ts';
import type { ReducePlan, RunFiles } from '../run/run-files.ts';
import { BucketReducer } from './reduce-bucket.ts';
import { reduceContext } from './reduce-context.ts';

export interface ReduceStepEvent {
  readonly runId: string;
  readonly bucketIndex: number;
}

/** What the buckets of a run share; a process reads it once. */
interface ReduceRun {
  readonly read: Pick<ReducePlan, 'used' | 'index'>;
  readonly reducer: BucketReducer;
}

/** Reduces buckets from objects of the exchange; their window sums go into one as well. */
export function createReduceStep(host: BatchHost, maxHeldBytes: number) {
  const { lake } = host;
  const runs = new PerRun<ReduceRun>();
  return async ({ runId, bucketIndex }: ReduceStepEvent): Promise<ChildStatus> =>
    await runChild(host, { runId, stage: 'reduce', index: bucketIndex }, async (files) => {
      const run = await runs.of(runId, () => openRun(host, files));
      const slices = await slicesOf(host, run.read, bucketIndex);
      const sums = new StoredExchange(lake, files.sumsKey(bucketIndex), maxHeldBytes);
      await cleanUpOnFailure(
        async () => {
          const result = await run.reducer.reduce(bucketIndex, slices.refs, sums);
          await files.putBucket({ result, sums: await sums.finish() });
        },
        () => sums.abort(),
      );
    });
}

async function openRun(host: BatchHost, files: RunFiles): Promise<ReduceRun> {
  const { landing, lake, config } = host;
  const plan = await files.readHeaderOfStep();
  const { used, index, sources, layouts, layoutOf } = await files.readReducePlan();
  const { customers, products } = await loadDimensions(landing, plan, config);
  const context = reduceContext(lake, KernelMemory.create(), {
    plan,
    config,
    sources,
    layouts: layoutOf.map((index) => (index === null ? null : layouts[index])),
    customers: customers.data,
    products: products.data,
  });
  return { read: { used, index }, reducer: new BucketReducer(context) };
}

async function slicesOf(
  { lake }: BatchHost,
  { used, index }: ReduceRun['read'],
  bucketIndex: number,
): Promise<StoredSlices> {
  const objects = used.map(({ blocks }) => blocks);
  const found = await readIndex(lake, objects, index, bucketIndex);
  const named = found.flatMap((extents, object) => {
    let before = 0;
    return extents.map((extent) => {
      const sources = used[object].sources.slice(before, before + extent.sliceBytes.length);
      before += extent.sliceBytes.length;
      return { extent, sources };
    });
  });
  return new StoredSlices(lake, named);
}
