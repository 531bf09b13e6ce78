import { inParallel } from '../../shared/runtime/parallel.ts';
import { type BatchHost, type ChildStatus, PerRun, runChild } from '../batch-host.ts';
import type { PlanHeader } from '../batch-plan.ts';
import { runsOf, type StoredBlocks, StoredSlices } from '../exchange/stored-exchange.ts';
import type { RunFiles } from '../run-files.ts';
import { mergeContext } from '../stage-settings.ts';
import { mergeAggregates } from './merge-aggregates.ts';

const PARALLEL_READS = 32;

export interface MergeStepEvent {
  readonly runId: string;
  readonly rangeIndex: number;
}

interface MergeRun {
  readonly plan: PlanHeader;
  /** Window sums by bucket. */
  readonly sums: readonly StoredBlocks[];
}

/** Merges the window sums of ranges of products. */
export function createMergeStep(host: BatchHost) {
  const { lake, config } = host;
  const runs = new PerRun<MergeRun>();
  return async ({ runId, rangeIndex }: MergeStepEvent): Promise<ChildStatus> =>
    await runChild(host, { runId, stage: 'merge', index: rangeIndex }, async (files) => {
      const { plan, sums } = await runs.of(runId, () => openRun(files));
      const sorted = await readSums(host, sums, rangeIndex, plan.rangeCount);
      const result = await mergeAggregates(rangeIndex, sorted, mergeContext(lake, plan, config));
      await files.putRange(result);
    });
}

async function openRun(files: RunFiles): Promise<MergeRun> {
  const plan = await files.readHeader();
  const buckets = await files.readBuckets(plan.bucketCount);
  return { plan, sums: buckets.flatMap(({ runs }) => runs ?? []) };
}

async function readSums(
  { lake }: BatchHost,
  sums: readonly StoredBlocks[],
  rangeIndex: number,
  rangeCount: number,
): Promise<Uint8Array[]> {
  const found = await inParallel(sums, PARALLEL_READS, (stored) =>
    runsOf(lake, stored, rangeIndex, rangeCount),
  );
  const runs = found.flat().map((run) => ({ run, sources: run.sliceBytes.map(() => 0) }));
  const sorted: Uint8Array[] = [];
  for (const { sizeBytes, fetch } of new StoredSlices(lake, runs).refs) {
    const bytes = new Uint8Array(sizeBytes);
    await fetch(bytes);
    sorted.push(bytes);
  }
  return sorted;
}
