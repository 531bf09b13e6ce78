import { readIndex } from '../exchange/stored-index.ts';
import { StoredSlices } from '../exchange/stored-slices.ts';
import type { BatchHost } from '../run/batch-host.ts';
import type { PlanHeader } from '../run/batch-plan.ts';
import { PerRun } from '../run/per-run.ts';
import { type ChildStatus, runChild } from '../run/run-child.ts';
import type { MergePlan, RunFiles } from '../run/run-files.ts';
import { mergeAggregates } from './merge-aggregates.ts';
import { mergeContext } from './merge-context.ts';

export interface MergeStepEvent {
  readonly runId: string;
  readonly rangeIndex: number;
}

interface MergeRun {
  readonly plan: PlanHeader;
  readonly read: MergePlan;
}

/**
 * A step that merges the window sums of one range of products. Repeated, it writes the same bytes.
 */
export function createMergeStep(host: BatchHost) {
  const { lake, config } = host;
  const runs = new PerRun<MergeRun>();
  return async ({ runId, rangeIndex }: MergeStepEvent): Promise<ChildStatus> =>
    await runChild(host, { runId, stage: 'merge', index: rangeIndex }, async (files) => {
      const { plan, read } = await runs.of(runId, () => openRun(files));
      const sorted = await readSums(host, read, rangeIndex);
      const result = await mergeAggregates(rangeIndex, sorted, mergeContext(lake, plan, config));
      await files.putRange(result);
    });
}

async function openRun(files: RunFiles): Promise<MergeRun> {
  return { plan: await files.readHeaderOfStep(), read: await files.readMergePlan() };
}

async function readSums(
  { lake }: BatchHost,
  { sums, index }: MergePlan,
  rangeIndex: number,
): Promise<Uint8Array[]> {
  const found = await readIndex(lake, sums, index, rangeIndex);
  const extents = found
    .flat()
    .map((extent) => ({ extent, sources: extent.sliceBytes.map(() => 0) }));
  const sorted: Uint8Array[] = [];
  for (const slice of new StoredSlices(lake, extents).refs) {
    const bytes = new Uint8Array(slice.sizeBytes);
    await slice.fetch(bytes);
    sorted.push(bytes);
  }
  return sorted;
}
