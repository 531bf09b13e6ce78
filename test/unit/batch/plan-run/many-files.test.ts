import { describe, expect, it } from 'vitest';
import { planStep } from '../../../../lambdas/batch/plan-run/plan-step.ts';
import { readHeader, readWholePlan } from '../../../../lambdas/batch/run/stored-plan.ts';
import type { EpochMs } from '../../../../lambdas/shared/model/time.ts';
import type { Clock } from '../../../../lambdas/shared/ports/clock.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { configOf, keysOf } from '../../../support/batch-runs.ts';
import {
  batchHost,
  batchSteps,
  executeBatch,
  STEP_LIMITS,
  type Step,
} from '../../../support/batch-steps.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { currentOf } from '../../../support/small-landing.ts';
import { RUN_ID } from '../../../support/staged-runs.ts';
import { TinyFiles } from '../../../support/tiny-files.ts';

/** As on AWS: a task of tiny files is one group of the exchange. */
const HELD_BYTES = STEP_LIMITS.functionMemoryBytes * 0.15;

const NEXT_RUN_ID = '20260131T130000Z-00000001';

/** A whole run over so many files, and the requests to the lake by step. */
async function runOf(files: number, memory: ObjectStore = new MemoryObjectStore(), id = RUN_ID) {
  const landing = new TinyFiles(files);
  const requests: Record<string, number> = {};
  let current = '';
  const lake = hookedStore(memory, () => {
    requests[current] = (requests[current] ?? 0) + 1;
  });
  const steps = batchSteps(batchHost({ landing, lake }, configOf()), HELD_BYTES);
  const counted = Object.fromEntries(
    Object.entries(steps).map(([name, step]): [string, Step] => [
      name,
      async (event) => {
        current = name;
        return await step(event);
      },
    ]),
  ) as typeof steps;
  const { status, visited } = await executeBatch(counted, id);
  expect(status).toBe('SUCCEEDED');
  return { landing, lake: memory, requests, visited };
}

describe('a run over many files', () => {
  it('reads each of them twice: to look at it, and its records', async () => {
    const { landing, lake } = await runOf(3_000);

    expect(landing.requests).toEqual({ list: 3, get: 6_000 });
    expect((await currentOf(lake)).counts).toMatchObject({ read: 3_000, active: 3_000 });
  });

  it('looks at none that the run before knows', async () => {
    const { lake } = await runOf(3_000);
    const { landing } = await runOf(3_010, lake, NEXT_RUN_ID);

    expect(landing.requests.get).toBe(3_010 + 10);
    const plan = await readWholePlan(lake, NEXT_RUN_ID);
    expect(plan.inputs.slice(0, 3_000)).toEqual((await readWholePlan(lake, RUN_ID)).inputs);
  });

  it('asks the lake for tasks and parts of the plan, not for files', async () => {
    const few = await runOf(2_000);
    const many = await runOf(8_000);

    expect((await readHeader(few.lake, RUN_ID)).taskCount).toBe(32);
    expect((await readHeader(many.lake, RUN_ID)).taskCount).toBe(127);
    for (const name of ['planRun', 'mapChunk', 'checkChunks', 'reduceBucket', 'publishRun']) {
      expect(many.requests[name] / few.requests[name]).toBeLessThan(4.5);
      expect(many.requests[name]).toBeLessThan(127 * 8);
    }
    // A range of each task; the tables have 28 days, however many files there are.
    expect(many.requests.reduceBucket - few.requests.reduceBucket).toBe(127 - 32);
  });
});

describe('a plan whose time is up', () => {
  it('goes on with the next call where it was', async () => {
    const files = new TinyFiles(12_000);
    const lake = new MemoryObjectStore();
    let nowMs = 0;
    const clock: Clock = { now: () => nowMs as EpochMs, sleep: async () => {} };
    const landing = hookedStore(files, (operation) => {
      if (operation === 'get') nowMs += 200;
    });
    const host = { ...batchHost({ landing, lake }, configOf()), clock };
    const event = { runId: RUN_ID, createdAt: '2026-01-31T12:00:00.000Z' };
    const statuses: string[] = [];
    while (statuses.at(-1) !== 'planned') {
      const { status } = await planStep(host, STEP_LIMITS, event);
      statuses.push(status);
    }

    expect(statuses).toEqual(['more', 'more', 'planned']);
    expect(files.requests.get).toBe(12_000);
    expect((await readHeader(lake, RUN_ID)).inputCount).toBe(12_000);
    expect(await keysOf(lake, `work/${RUN_ID}/looks/`)).toHaveLength(3);
  });

  it('comes to an end however long it takes to list what is known', async () => {
    const { lake } = await runOf(11_000);
    let nowMs = 0;
    const files = new TinyFiles(11_010);
    const landing = hookedStore(files, (operation) => {
      if (operation === 'list') nowMs += 800_000;
    });
    const clock: Clock = { now: () => nowMs as EpochMs, sleep: async () => {} };
    const host = { ...batchHost({ landing, lake }, configOf()), clock };

    const { status } = await planStep(host, STEP_LIMITS, {
      runId: NEXT_RUN_ID,
      createdAt: '2026-01-31T13:00:00.000Z',
    });

    expect(status).toBe('planned');
    expect(files.requests.get).toBe(10);
  });

  it('is asked for again by the state machine', async () => {
    const landing = new TinyFiles(10);
    const lake = new MemoryObjectStore();
    const steps = batchSteps(batchHost({ landing, lake }, configOf()));
    let calls = 0;
    const planRun: Step = async (event) => {
      const answer = (await steps.planRun(event)) as object;
      calls += 1;
      return calls < 3 ? { ...answer, status: 'more' } : answer;
    };

    const { status, visited } = await executeBatch({ ...steps, planRun }, RUN_ID);

    expect(status).toBe('SUCCEEDED');
    expect(visited.filter((name) => name === 'PlanRun')).toHaveLength(3);
  });
});
