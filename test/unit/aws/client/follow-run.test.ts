import { describe, expect, it } from 'vitest';
import { failureKey } from '../../../../lambdas/batch/end-run/end-step.ts';
import { planKey } from '../../../../lambdas/batch/run/batch-plan.ts';
import type { BatchExecution } from '../../../../lib/aws/client/batch-executions.ts';
import { followRun, knownRuns, type RunStep } from '../../../../lib/aws/client/follow-run.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { MemoryStateStore } from '../../../support/memory/memory-state-store.ts';
import { skippingClock } from '../../../support/stubbed-aws.ts';

const OLD = '20260101T000000Z-00000000';
const OTHER = '20260102T000000Z-11111111';
const OURS = '20260102T001000Z-22222222';

const execution = (runId: string, status = 'RUNNING', stoppedAtMs: number | null = null) =>
  ({ runId, status, startedAtMs: 1_000, stoppedAtMs }) satisfies BatchExecution;

class World {
  readonly lake = Object.assign(new MemoryObjectStore(), { bucket: 'the-lake' });
  readonly clock = skippingClock();
  readonly state = new MemoryStateStore({ clock: this.clock });
  readonly steps: RunStep[] = [];
  /** What is listed, and what happens, each time that it is asked. */
  script: (() => Promise<BatchExecution[]>)[] = [];
  #last: BatchExecution[] = [];

  readonly executions = {
    latest: async () => {
      this.#last = (await this.script.shift()?.()) ?? this.#last;
      return this.#last;
    },
    find: async (runId: string) => {
      const found = await this.executions.latest();
      return found.find((one) => one.runId === runId) ?? null;
    },
  };

  async put(key: string, value: unknown): Promise<void> {
    await this.lake.put(key, Buffer.from(JSON.stringify(value)));
  }

  async plan(runId: string, key: string): Promise<void> {
    const chunks = [{ chunkIndex: 0 }, { chunkIndex: 1 }];
    const inputs = [{ key, etag: 'e' }];
    await this.put(planKey(runId), { runId, inputs, chunks, bucketCount: 3, rangeCount: 1 });
  }

  async follow(signal = new AbortController().signal) {
    return await followRun(this, {
      isWanted: ({ inputs }) => inputs.some(({ key }) => key === 'orders/ours.csv'),
      before: new Set([OLD]),
      pollMs: 1_000,
      clock: this.clock,
      signal,
      onStep: (step) => this.steps.push(step),
    });
  }
}

describe('followRun', () => {
  it('follows the run that reads the files to its publication, stage by stage', async () => {
    const world = new World();
    world.script = [
      async () => [execution(OLD, 'SUCCEEDED')],
      async () => {
        await world.plan(OTHER, 'orders/others.csv');
        return [execution(OTHER), execution(OLD, 'SUCCEEDED')];
      },
      async () => {
        await world.plan(OURS, 'orders/ours.csv');
        return [execution(OURS), execution(OTHER, 'SUCCEEDED')];
      },
      async () => {
        // Again after a repair: one chunk.
        await world.put(`work/${OURS}/mapped/0-assumed.json`, {});
        await world.put(`work/${OURS}/mapped/0-17.json`, {});
        return [execution(OURS)];
      },
      async () => {
        await world.put(`work/${OURS}/mapped/1-assumed.json`, {});
        await world.put(`work/${OURS}/reduced/2.json`, {});
        return [execution(OURS)];
      },
      async () => {
        await world.put(`manifests/batch/${OURS}.json`, { run_id: OURS, status: 'published' });
        return [execution(OURS, 'SUCCEEDED', 9_000)];
      },
    ];

    const run = await world.follow();

    expect(run).toEqual({
      runId: OURS,
      manifestKey: `manifests/batch/${OURS}.json`,
      manifest: { run_id: OURS, status: 'published' },
      durationMs: 8_000,
    });
    expect(world.steps.map(({ stage, done, total }) => `${stage} ${done}/${total}`)).toEqual([
      'wait 0/0',
      'wait 0/0',
      'map 1/2',
      'reduce 1/3',
    ]);
  });

  it('fails with what the run recorded, also where its plan is gone with it', async () => {
    const world = new World();
    await world.put(failureKey(OURS), { error: 'TerminalError', message: 'all files rejected' });
    world.script = [async () => [execution(OURS, 'FAILED', 2_000)]];
    await expect(world.follow()).rejects.toMatchObject({
      code: 'run_failed',
      message:
        `run ${OURS} failed, nothing is published: TerminalError: all files rejected ` +
        `(state/batch/failures/${OURS}.json in bucket the-lake)`,
    });
  });

  it('fails when it was stopped before it could record anything', async () => {
    const world = new World();
    await world.plan(OURS, 'orders/ours.csv');
    world.script = [async () => [execution(OURS, 'TIMED_OUT', 2_000)]];
    await expect(world.follow()).rejects.toThrow('nothing is published: timed_out: see its exec');
  });

  it('fails when no run begins and none is due', async () => {
    const world = new World();
    world.script = [async () => [execution(OLD, 'FAILED', 2_000)]];
    await expect(world.follow()).rejects.toMatchObject({
      code: 'run_not_started',
      message: expect.stringContaining('npx tandem batch --target aws'),
    });
  });

  it('ends when it is interrupted', async () => {
    const stopped = new AbortController();
    const world = new World();
    world.script = [
      async () => {
        stopped.abort();
        return [];
      },
    ];
    await expect(world.follow(stopped.signal)).rejects.toThrow('abort');
  });
});

it('knows runs by their ids', async () => {
  const world = new World();
  world.script = [async () => [execution(OLD), execution(OTHER)]];
  expect(await knownRuns(world)).toEqual(new Set([OLD, OTHER]));
});
