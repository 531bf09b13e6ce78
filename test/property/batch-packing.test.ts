import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TaskPacker } from '../../lambdas/batch/plan-run/task-packer.ts';
import { putPlan } from '../../lambdas/batch/run/stored-plan.ts';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { parseJson } from '../../lambdas/shared/runtime/json.ts';
import { configOf, type Files, keysOf, outcomeOf, storeOf } from '../support/batch-runs.ts';
import { batchHost, batchSteps, executeBatch } from '../support/batch-steps.ts';
import { MemoryObjectStore } from '../support/memory/memory-object-store.ts';
import { messyLanding } from '../support/messy.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { planCut, RUN_ID, runCut, UNCUT } from '../support/staged-runs.ts';

/** How the state machine begins the reason of a step. */
const STEP = /^\w+ step \d+ has no result(, and \d+ more)?: /;

interface Cut {
  readonly chunkBytes: number;
  readonly bucketCount: number;
  readonly rangeCount: number;
  readonly waveBytes: number;
}

/** All objects that a run published, by key; why it failed otherwise. */
async function packedRun(files: Files, cut: Cut, taskBytes: number) {
  const landing = await storeOf(files);
  const lake = new MemoryObjectStore();
  const plan = await planCut(landing, lake, { ...UNCUT, ...cut }).catch((error: unknown) => {
    if (error instanceof TerminalError) return error;
    throw error;
  });
  if (plan instanceof TerminalError) return { failure: plan.message };
  const packer = new TaskPacker(taskBytes);
  plan.inputs.forEach(({ sizeBytes }, inputIndex) => {
    packer.add(plan.chunks.filter((one) => one.inputIndex === inputIndex).length, sizeBytes);
  });
  await putPlan(lake, plan, { taskEnds: packer.taskEnds, limitUsed: 0 });
  const config = configOf({ parquet: { rowGroupRows: UNCUT.rowGroupRows } });
  const steps = batchSteps(batchHost({ landing, lake }, config));
  const { status } = await executeBatch(steps, RUN_ID);
  if (status === 'FAILED') {
    const key = `state/batch/failures/${RUN_ID}.json`;
    const { message } = parseJson<{ message: string }>(await lake.get(key));
    return { failure: message.replace(STEP, '') };
  }
  return { failure: null, published: await publishedOf(lake) };
}

async function embeddedRun(files: Files, cut: Cut) {
  const landing = await storeOf(files);
  const outcome = await outcomeOf(() => runCut(landing, { ...UNCUT, ...cut }));
  if (outcome.failure !== null) return { failure: outcome.message };
  const { lake } = await runCut(landing, { ...UNCUT, ...cut });
  return { failure: null, published: await publishedOf(lake) };
}

async function publishedOf(lake: ObjectStore): Promise<Map<string, string>> {
  const objects = new Map<string, string>();
  for (const key of await keysOf(lake)) {
    const isPlan = key.startsWith('state/batch/plans/');
    if (!isPlan) objects.set(key, Buffer.from(await lake.get(key)).toString('base64'));
  }
  return objects;
}

it(
  'any packing publishes what the embedded run publishes, byte for byte',
  async () => {
    const cuts = fc.record({
      chunkBytes: fc.oneof(fc.constant(2 ** 30), fc.integer({ min: 100, max: 4_000 })),
      bucketCount: fc.integer({ min: 1, max: 4 }),
      rangeCount: fc.integer({ min: 1, max: 3 }),
      waveBytes: fc.oneof(fc.constant(2 ** 30), fc.constantFrom(500, 5_000)),
    });
    const taskBytes = fc.constantFrom(1, 1_100_000, 2_200_000, 2 ** 40);
    await fc.assert(
      fc.asyncProperty(
        messyLanding({ fileCountMax: 8 }),
        cuts,
        taskBytes,
        async (files, cut, packed) => {
          expect(await packedRun(files, cut, packed)).toEqual(await embeddedRun(files, cut));
        },
      ),
      { seed, ...runs(15) },
    );
  },
  LIMIT_MS,
);
