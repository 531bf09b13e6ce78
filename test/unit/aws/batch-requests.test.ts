import { describe, expect, it } from 'vitest';
import { planStep } from '../../../lambdas/batch/plan-run/plan-step.ts';
import { planKey } from '../../../lambdas/batch/run/batch-plan.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { jsonBytes } from '../../../lambdas/shared/runtime/json.ts';
import {
  type RunShape,
  requestsByStage,
  type StageName,
  type StageRequests,
  uploads,
} from '../../../lib/aws/cost/batch-requests.ts';
import { configOf, ordersCsv, storeOf } from '../../support/batch-runs.ts';
import {
  batchHost,
  batchSteps,
  executeBatch,
  STEP_LIMITS,
  type Step,
} from '../../support/batch-steps.ts';
import { countingStore, type Requests, zeroRequests } from '../../support/counting-store.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { planCut, RUN_ID, UNCUT } from '../../support/staged-runs.ts';
import { TinyFiles } from '../../support/tiny-files.ts';

const MIB = 1024 * 1024;
const DAYS = 3;

const STAGES: Readonly<Record<string, StageName>> = {
  planRun: 'plan',
  mapChunk: 'map',
  checkChunks: 'check',
  reduceBucket: 'reduce',
  mergeAggregates: 'merge',
  publishRun: 'publish',
};

/** Of each kind some in every bucket: counted on each day, cancelled, quarantined, sent twice. */
function orders(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const id = index % 8 === 7 ? index - 7 : index;
    const quantity = index % 8 === 3 ? -1 : 1;
    const status = index % 3 === 0 ? 'cancelled' : 'completed';
    const time = `2026-01-0${(Math.floor(index / 5) % DAYS) + 1} 10:00:00`;
    return `o${id},c1,p${index % 40},${time},${quantity},1.00,${status}`;
  });
}

async function counted(cut: { chunkBytes: number; bucketCount: number; rangeCount: number }) {
  const lines = orders(4_000);
  const landing = await storeOf([
    ['orders/a.csv', ordersCsv(lines.slice(0, 1_500))],
    ['orders/b.csv', ordersCsv(lines.slice(1_500))],
  ]);
  const memory = new MemoryObjectStore();
  const plan = await planCut(landing, memory, { ...UNCUT, ...cut });
  await memory.put(planKey(RUN_ID), jsonBytes(plan));
  const found = await countedRun({ landing, lake: memory });
  const inputBytes = plan.inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const shape = {
    files: plan.inputs.length,
    planParts: 1,
    taskCount: plan.chunks.length,
    ...{ bucketCount: plan.bucketCount, rangeCount: plan.rangeCount },
    ...{ dimensionFiles: 0, days: DAYS, processes: 1 },
    ...{ inputBytes, exchangeBytes: inputBytes, tableBytes: inputBytes },
    ...{ exchangeStripes: 1, sumsStripes: 1 },
  };
  return { found, shape };
}

/** Each map state in one process, and requests to both stores by stage. */
async function countedRun(stores: { readonly landing: ObjectStore; readonly lake: ObjectStore }) {
  const found: Record<string, { landing: Requests; lake: Requests }> = {};
  let stage = '';
  const at = (store: 'landing' | 'lake') => () => {
    found[stage] ??= { landing: zeroRequests(), lake: zeroRequests() };
    return found[stage][store];
  };
  const host = batchHost(
    {
      landing: countingStore(stores.landing, at('landing')),
      lake: countingStore(stores.lake, at('lake')),
    },
    configOf(),
  );
  const steps = Object.entries(batchSteps(host, 1e9)).map(([name, step]): [string, Step] => [
    name,
    async (event) => {
      stage = STAGES[name] ?? name;
      return await step(event);
    },
  ]);
  const { status } = await executeBatch(Object.fromEntries(steps) as never, RUN_ID);
  expect(status).toBe('SUCCEEDED');
  return found;
}

const ratio = (estimated: number, found: number) => (found === 0 ? 1 : estimated / found);

describe('what a run asks of S3', () => {
  it.each([
    { chunkBytes: 4_000, bucketCount: 8, rangeCount: 3 },
    { chunkBytes: 2_000, bucketCount: 4, rangeCount: 4 },
    { chunkBytes: 20_000, bucketCount: 16, rangeCount: 8 },
  ])('is what the estimate counts with, within 3 %: $chunkBytes, $bucketCount', async (cut) => {
    const { found, shape } = await counted(cut);

    const estimated = requestsByStage(shape);

    for (const stage of ['map', 'check', 'reduce', 'merge', 'publish'] as const) {
      const { landingGets, gets, puts } = estimated[stage];
      const { landing, lake } = found[stage];
      expect(Math.abs(ratio(gets, lake.gets) - 1), `${stage} gets`).toBeLessThan(0.03);
      expect(Math.abs(ratio(puts, lake.puts) - 1), `${stage} puts`).toBeLessThan(0.03);
      expect(Math.abs(ratio(landingGets, landing.gets) - 1), `${stage} landing`).toBeLessThan(0.03);
    }
  });

  it('is a listing and a look at each file for the plan, and its parts', async () => {
    const landing = new TinyFiles(3_000);
    const lake = zeroRequests();
    const counting = countingStore(new MemoryObjectStore(), () => lake);
    const host = batchHost({ landing, lake: counting }, configOf());
    const event = { runId: RUN_ID, createdAt: '2026-01-31T12:00:00.000Z' };

    const { tasks } = await planStep(host, STEP_LIMITS, event);

    const shape: RunShape = { ...FILES_ONLY, files: 3_000, planParts: 3, taskCount: tasks.length };
    const { plan } = requestsByStage(shape);
    expect(plan.landingGets).toBe(landing.requests.get);
    expect(Math.abs(plan.puts - lake.puts - landing.requests.list)).toBeLessThanOrEqual(2);
    expect(Math.abs(plan.gets - lake.gets)).toBeLessThanOrEqual(3);
  });

  it('counts what every process reads once for each of them', () => {
    const one = requestsByStage({ ...FILES_ONLY, dimensionFiles: 2 });
    const ten = requestsByStage({ ...FILES_ONLY, dimensionFiles: 2, processes: 10 });

    const more = (stage: StageName, what: keyof StageRequests) =>
      ten[stage][what] - one[stage][what];
    expect(more('map', 'gets')).toBe(9);
    expect(more('reduce', 'gets')).toBe(18);
    expect(more('reduce', 'landingGets')).toBe(18);
    expect(more('merge', 'gets')).toBe(18);
  });
});

const FILES_ONLY: RunShape = {
  ...{ files: 10, planParts: 1, taskCount: 20, bucketCount: 20, rangeCount: 20 },
  ...{ dimensionFiles: 0, days: 1, processes: 1, exchangeStripes: 1, sumsStripes: 1 },
  ...{ inputBytes: 1e6, exchangeBytes: 1e6, tableBytes: 1e6 },
};

describe('uploads', () => {
  it('are one request each up to a part of 8 MiB, and then begin and end as well', () => {
    expect(uploads(10, 10 * 8 * MIB)).toBe(10);
    expect(uploads(10, 10 * 9 * MIB)).toBe(10 * 4);
    expect(uploads(2, 80 * MIB)).toBe(2 * 7);
  });
});
