import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { endStep, failureKey } from '../../../lambdas/batch/end-run/end-step.ts';
import { TaskPacker } from '../../../lambdas/batch/plan-run/task-packer.ts';
import { manifestKey, planKey } from '../../../lambdas/batch/run/batch-plan.ts';
import { putPlan } from '../../../lambdas/batch/run/stored-plan.ts';
import { RetryableError, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { configOf, keysOf, ordersCsv, storeOf } from '../../support/batch-runs.ts';
import { batchHost, batchSteps, executeBatch, type Step } from '../../support/batch-steps.ts';
import { batchDefinition } from '../../support/batch-workflow.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { currentOf, failureOf, orderLine, SMALL_LANDING } from '../../support/small-landing.ts';
import { type Cutting, planCut, RUN_ID, runCut, UNCUT } from '../../support/staged-runs.ts';

const lines = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => orderLine(`${prefix}${index % 300}`));
/** Each id holds line ends: chunks that begin inside one are repaired. */
const quoted = Array.from({ length: 30 }, (_, index) => orderLine(`"q${'\n'.repeat(40)}${index}"`));

const CUSTOMERS =
  'customer_id,customer_name,customer_email,customer_segment,registration_date\n' +
  'c1,Ada,ada@example.org,gold,2020-01-01\n';

/** Good files, one of them gzip and one with quoted line ends, small ones, and three rejected. */
const LANDING: readonly (readonly [string, string | Uint8Array])[] = [
  ...SMALL_LANDING,
  ['orders/b.csv.gz', gzipSync(ordersCsv(lines('g', 400)))],
  ['orders/b1.csv', ordersCsv([orderLine('b1')])],
  ['orders/b2.csv.gz', gzipSync('cut short').subarray(0, 12)],
  ['orders/b3.csv', ordersCsv([orderLine('g7'), 'bad'])],
  ['orders/c.csv', ordersCsv([...lines('o', 150), ...quoted])],
  ['orders/d.csv', 'no,header\n'],
  ['orders/e.csv.gz', gzipSync('cut short').subarray(0, 12)],
  ['customers/c.csv', CUSTOMERS],
];

const CUT: Cutting = {
  ...UNCUT,
  chunkBytes: 150,
  bucketCount: 3,
  rangeCount: 2,
  waveBytes: 6_000,
  rowGroupRows: 64,
};

async function contentOf(lake: ObjectStore): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const key of await keysOf(lake)) {
    if (key !== planKey(RUN_ID)) files.set(key, Buffer.from(await lake.get(key)).toString('hex'));
  }
  return files;
}

/** A lake whose next run has this plan. */
async function plannedLake(landing: ObjectStore, cut: Cutting): Promise<ObjectStore> {
  const lake = new MemoryObjectStore();
  const plan = await planCut(landing, lake, cut);
  const packer = new TaskPacker(2 ** 30);
  plan.inputs.forEach((_, index) => {
    packer.add(plan.chunks.filter(({ inputIndex }) => inputIndex === index).length, 0);
  });
  await putPlan(lake, plan, { taskEnds: packer.taskEnds, limitUsed: 0 });
  return lake;
}

const config = configOf({ parquet: { rowGroupRows: CUT.rowGroupRows } });

describe('a run of the state machine', () => {
  it('publishes what the embedded run with the same plan publishes, byte for byte', async () => {
    const landing = await storeOf(LANDING);
    const embedded = await runCut(landing, CUT);
    const lake = await plannedLake(landing, CUT);

    const steps = batchSteps(batchHost({ landing, lake }, config));
    const execution = await executeBatch(steps, RUN_ID);

    expect(execution.status).toBe('SUCCEEDED');
    expect(execution.visited).toContain('RepairChunks');
    expect(await contentOf(lake)).toEqual(await contentOf(embedded.lake));
    expect(embedded.manifest.counts.read).toBe(587);
  });

  it('plans by itself and removes what it needed on the way', async () => {
    const landing = await storeOf(LANDING);
    const lake = new MemoryObjectStore();

    const execution = await executeBatch(batchSteps(batchHost({ landing, lake }, config)), RUN_ID);

    expect(execution.status).toBe('SUCCEEDED');
    expect((await currentOf(lake)).counts.read).toBe(587);
    expect(await keysOf(lake, 'work/')).toEqual([]);
  });

  it('answers with what it published, and the same when it is asked again', async () => {
    const landing = await storeOf(LANDING);
    const lake = await plannedLake(landing, CUT);
    const steps = batchSteps(batchHost({ landing, lake }, config));
    const answers: unknown[] = [];
    const publishRun: Step = async (event) => {
      answers.push(await steps.publishRun(event), await steps.publishRun(event));
      return answers[0];
    };

    await executeBatch({ ...steps, publishRun }, RUN_ID);

    const { counts, revenue } = await currentOf(lake);
    expect(answers[0]).toEqual({
      status: 'published_with_rejected_files',
      counts,
      revenue,
      manifest: manifestKey(RUN_ID),
      warnings: [{ code: 'files_rejected', count: 3 }],
    });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('ends without a publication where no orders file was uploaded', async () => {
    const landing = await storeOf([['products/p.csv', 'product_id,product_name\np1,Tea\n']]);
    const lake = new MemoryObjectStore();

    const execution = await executeBatch(batchSteps(batchHost({ landing, lake }, config)), RUN_ID);

    expect(execution.visited.slice(-4)).toEqual(['EndRun', 'TellStarter', 'HasFailed', 'RunEnded']);
    expect(await keysOf(lake)).toEqual([]);
  });
});

describe('the definition', () => {
  it('takes from the plan how many children of a map run side by side', () => {
    const text = JSON.stringify(batchDefinition());
    expect(text.match(/"MaxConcurrencyPath":"\$\.plan\.maxConcurrency"/g)).toHaveLength(4);
  });
});

describe('a step that fails', () => {
  /** As the real one, but its first calls fail: before it did anything, or after it did all. */
  function failing(step: Step, error: Error, calls: number, isAfter: boolean): Step {
    let left = calls;
    return async (event) => {
      if (left > 0 && !isAfter) {
        left -= 1;
        throw error;
      }
      const answer = await step(event);
      if (left === 0) return answer;
      left -= 1;
      throw error;
    };
  }

  const STEPS = ['planRun', 'mapChunk', 'checkChunks', 'reduceBucket', 'mergeAggregates'] as const;

  it.each([...STEPS, 'publishRun'] as const)(
    'once is repeated without effect: %s',
    async (name) => {
      const landing = await storeOf(LANDING);
      const embedded = await runCut(landing, CUT);
      for (const isAfter of [false, true]) {
        const lake = await plannedLake(landing, CUT);
        const steps = batchSteps(batchHost({ landing, lake }, config));
        const step = failing(steps[name], new RetryableError('no answer'), 1, isAfter);

        const execution = await executeBatch({ ...steps, [name]: step }, RUN_ID);

        expect(execution.status).toBe('SUCCEEDED');
        expect(await contentOf(lake)).toEqual(await contentOf(embedded.lake));
      }
    },
  );

  it('after it made the run current, and nobody heard of it, is repeated too', async () => {
    const landing = await storeOf(LANDING);
    const embedded = await runCut(landing, CUT);
    const lake = await plannedLake(landing, CUT);
    let lost = 0;
    const losing: ObjectStore = {
      ...hookedStore(lake, () => undefined),
      put: async (key, body, condition) => {
        const answer = await lake.put(key, body, condition);
        if (key !== BATCH_CURRENT_KEY) return answer;
        lost += 1;
        throw new RetryableError('no answer');
      },
    };

    const steps = batchSteps(batchHost({ landing, lake: losing }, config));
    const execution = await executeBatch(steps, RUN_ID);

    expect(execution.status).toBe('SUCCEEDED');
    expect(lost).toBe(1);
    expect(await contentOf(lake)).toEqual(await contentOf(embedded.lake));
  });

  it('to read what was mapped is not one that was published before', async () => {
    const landing = await storeOf(SMALL_LANDING);
    const lake = await plannedLake(landing, UNCUT);
    const error = new RetryableError('no answer');
    let hasManifest = false;
    const failing = hookedStore(lake, (operation, key) => {
      if (operation === 'put' && key === BATCH_CURRENT_KEY && !hasManifest) {
        hasManifest = true;
        throw error;
      }
      if (operation === 'get' && key.startsWith('work/') && hasManifest) throw error;
    });

    const steps = batchSteps(batchHost({ landing, lake: failing }, config));
    const failures: unknown[] = [];
    const publishRun: Step = async (event) => {
      failures.push(await failureOf(() => steps.publishRun(event)));
      failures.push(await failureOf(() => steps.publishRun(event)));
      throw new TerminalError('stopped', 'by a test');
    };
    await executeBatch({ ...steps, publishRun, endRun: async () => ({}) }, RUN_ID);

    expect(failures).toEqual([error, error]);
    expect(await lake.head(manifestKey(RUN_ID))).not.toBeNull();
    expect(await keysOf(lake, 'work/')).not.toEqual([]);
  });

  it.each([
    ['mapChunk', 'CheckChunks', 'map step 0 has no result, and 60 more: see the execution'],
    ['reduceBucket', 'CheckBuckets', 'reduce step 0 has no result, and 2 more: see the execution'],
    ['mergeAggregates', 'PublishRun', 'merge step 0 has no result, and 1 more: see the execution'],
  ] as const)('for ever fails the run, and nothing of it is left: %s', async (name, last, why) => {
    const landing = await storeOf(LANDING);
    const lake = await plannedLake(landing, CUT);
    const steps = batchSteps(batchHost({ landing, lake }, config));
    const step = failing(steps[name], new RetryableError('no answer'), Infinity, false);

    const execution = await executeBatch({ ...steps, [name]: step }, RUN_ID);

    expect(execution.status).toBe('FAILED');
    expect(execution.visited.slice(-6)).toEqual([
      last,
      'Failed',
      'EndRun',
      'TellStarter',
      'HasFailed',
      'RunFailed',
    ]);
    expect(await keysOf(lake)).toEqual([`state/batch/failures/${RUN_ID}.json`]);
    const record = parseJson<{ message: string }>(
      await lake.get(`state/batch/failures/${RUN_ID}.json`),
    );
    expect(record.message).toContain(why);
  });

  it('with a reason is not repeated, and the record of the run gives the reason', async () => {
    const landing = await storeOf(LANDING);
    const lake = await plannedLake(landing, CUT);
    const steps = batchSteps(batchHost({ landing, lake }, config));
    await landing.put('orders/c.csv', Buffer.from(ordersCsv([orderLine('o1')])));

    const execution = await executeBatch(steps, RUN_ID);

    expect(execution.status).toBe('FAILED');
    const record = parseJson(await lake.get(`state/batch/failures/${RUN_ID}.json`));
    expect(record).toMatchObject({
      run_id: RUN_ID,
      error: 'TerminalError',
      message: expect.stringContaining('orders/c.csv changed while the run read it'),
    });
  });

  it('is recorded with its code, as Lambda passes it on', async () => {
    const lake = await storeOf(LANDING);
    const errorMessage = 'does_not_fit: bucket 3 needs 9 GB';
    const cause = JSON.stringify({ errorType: 'TerminalError', errorMessage, trace: [] });
    const error = { Error: 'TerminalError', Cause: cause };

    await endStep(batchHost({ landing: lake, lake }, config), {
      ...{ runId: RUN_ID, outcome: 'failed', error },
    });

    expect(parseJson(await lake.get(failureKey(RUN_ID)))).toMatchObject({
      error: 'TerminalError',
      code: 'does_not_fit',
      message: 'bucket 3 needs 9 GB',
    });
  });

  it('after the publication leaves what was published', async () => {
    const landing = await storeOf(SMALL_LANDING);
    const lake = await plannedLake(landing, UNCUT);
    const steps = batchSteps(batchHost({ landing, lake }, config));
    const error = new TerminalError('denied', 'may not delete');
    const publishRun = failing(steps.publishRun, error, Infinity, true);

    const execution = await executeBatch({ ...steps, publishRun }, RUN_ID);

    expect(execution.status).toBe('FAILED');
    expect(parseJson(await lake.get(BATCH_CURRENT_KEY))).toEqual({ manifest: manifestKey(RUN_ID) });
    expect((await currentOf(lake)).counts.read).toBe(4);
  });
});
