import { describe, expect, it } from 'vitest';
import { type BatchPlan, planKey } from '../../../../lambdas/batch/run/batch-plan.ts';
import {
  partIndexOf,
  planParts,
  putPlan,
  readHeader,
  readPart,
  readWholePlan,
  taskOf,
} from '../../../../lambdas/batch/run/stored-plan.ts';
import { csvLayout } from '../../../../lambdas/shared/ingest/csv-layout.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { jsonBytes } from '../../../../lambdas/shared/runtime/json.ts';
import { keysOf, storeOf } from '../../../support/batch-runs.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { SMALL_LANDING } from '../../../support/small-landing.ts';
import { planCut, RUN_ID, UNCUT } from '../../../support/staged-runs.ts';

const LAYOUTS = [csvLayout([0, 1, 2]), csvLayout([2, 1, 0]), null];

/** So many files of one chunk, and in their middle one of 1,500 chunks. */
async function largePlan(files: number): Promise<BatchPlan> {
  const some = await planCut(await storeOf(SMALL_LANDING), new MemoryObjectStore(), UNCUT);
  const inputs = Array.from({ length: files }, (_, index) => ({
    key: `orders/${String(index).padStart(6, '0')}.csv`,
    etag: `etag-${index}`,
    sizeBytes: 1_500,
    kind: 'csv' as const,
    layout: LAYOUTS[index % 3],
    dataOffset: 0,
  }));
  const middle = Math.floor(files / 2);
  const ends = inputs.flatMap((_, inputIndex) =>
    Array.from({ length: inputIndex === middle ? 1_500 : 1 }, (_ignored, index) => ({
      inputIndex,
      startByte: index,
      endByte: inputIndex === middle ? index + 1 : 1_500,
    })),
  );
  return { ...some, inputs, chunks: ends.map((chunk, chunkIndex) => ({ chunkIndex, ...chunk })) };
}

/** Tasks of so many files, but for the chunks of the large one. */
function tasksOf({ chunks }: BatchPlan, filesPerTask: number): number[] {
  const large = new Set(chunks.filter(({ startByte }) => startByte > 0).map((c) => c.inputIndex));
  const taskEnds: number[] = [];
  let files = 0;
  chunks.forEach(({ inputIndex }, index) => {
    const isLarge = large.has(inputIndex);
    files = isLarge ? 0 : files + 1;
    if (isLarge || files === 1 || files > filesPerTask) taskEnds.push(index + 1);
    else taskEnds[taskEnds.length - 1] = index + 1;
    if (files > filesPerTask) files = 1;
  });
  return taskEnds;
}

async function storedLake(plan: BatchPlan, taskEnds: readonly number[]): Promise<ObjectStore> {
  const lake = new MemoryObjectStore();
  await putPlan(lake, plan, { taskEnds, limitUsed: 1 });
  return lake;
}

describe('a plan of many chunks', () => {
  it('is stored in parts, and read as it was', async () => {
    const plan = await largePlan(3_000);
    const taskEnds = tasksOf(plan, 70);
    const lake = await storedLake(plan, taskEnds);

    const header = await readHeader(lake, RUN_ID);
    expect(header).toMatchObject({
      inputCount: 3_000,
      chunkCount: 4_499,
      taskCount: taskEnds.length,
      limitUsed: 1,
    });
    expect(header.parts.length).toBeGreaterThan(3);
    expect(await readWholePlan(lake, RUN_ID)).toEqual(plan);
    const ends: number[] = [];
    for await (const part of planParts(lake, header, async (one) => one)) {
      ends.push(...part.taskEnds);
    }
    expect(ends).toEqual(taskEnds);
  });

  it('gives each task its chunks and their inputs out of one part', async () => {
    const plan = await largePlan(3_000);
    const taskEnds = tasksOf(plan, 70);
    const lake = await storedLake(plan, taskEnds);
    const header = await readHeader(lake, RUN_ID);

    for (const [taskIndex, end] of taskEnds.entries()) {
      if (taskIndex % 37 !== 0 && taskIndex !== taskEnds.length - 1) continue;
      const part = await readPart(lake, header, partIndexOf(header, taskIndex));
      const chunks = plan.chunks.slice(taskEnds[taskIndex - 1] ?? 0, end);
      expect(taskOf(part, taskIndex)).toEqual({
        chunks,
        inputs: chunks.map(({ inputIndex }) => plan.inputs[inputIndex]),
      });
    }
  });

  it('is never mixed with the parts of another attempt', async () => {
    const plan = await largePlan(1_100);
    const lake = await storedLake(plan, tasksOf(plan, 70));
    const other = { ...plan, inputs: plan.inputs.map((input) => ({ ...input, etag: 'new' })) };

    const putting = putPlan(lake, other, { taskEnds: tasksOf(plan, 70), limitUsed: 1 });

    await expect(putting).rejects.toMatchObject({ name: 'TerminalError' });
    expect(await readWholePlan(lake, RUN_ID)).toEqual(plan);
  });
});

describe('a plan of few chunks', () => {
  it('is one object', async () => {
    const plan = await planCut(await storeOf(SMALL_LANDING), new MemoryObjectStore(), UNCUT);
    const lake = await storedLake(plan, [plan.chunks.length]);

    expect(await keysOf(lake)).toEqual([planKey(RUN_ID)]);
    expect(await readWholePlan(lake, RUN_ID)).toEqual(plan);
    expect(await readHeader(lake, RUN_ID)).toMatchObject({ taskCount: 1, parts: [] });
  });

  it('of an embedded run or an earlier version has a task for each chunk', async () => {
    const plan = await planCut(await storeOf(SMALL_LANDING), new MemoryObjectStore(), {
      ...UNCUT,
      chunkBytes: 40,
    });
    const lake = new MemoryObjectStore();
    await lake.put(planKey(RUN_ID), jsonBytes({ ...plan, planFormat: 2 }));

    const header = await readHeader(lake, RUN_ID);
    expect(header.taskCount).toBe(plan.chunks.length);
    expect(plan.chunks.length).toBeGreaterThan(2);
    expect(taskOf(await readPart(lake, header, 0), 1).chunks).toEqual([plan.chunks[1]]);
  });
});
