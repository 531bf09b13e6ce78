import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planKey } from '../../../../lambdas/batch/run/batch-plan.ts';
import { putPlan } from '../../../../lambdas/batch/run/stored-plan.ts';
import { keysOf, ordersCsv, runOver, storeOf } from '../../../support/batch-runs.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import {
  currentOf,
  failureOf,
  orderLine,
  SMALL_CHUNKS,
  SMALL_LANDING,
} from '../../../support/small-landing.ts';
import { planCut, RUN_ID, UNCUT } from '../../../support/staged-runs.ts';

const lines = Array.from({ length: 1_200 }, (_, index) => orderLine(`o${index}`));

describe('the plan of another run', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tandem-plans-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the same files, byte for byte', async () => {
    const first = await runOver(SMALL_LANDING, { config: SMALL_CHUNKS });
    const planFile = join(folder, 'plan.json');
    writeFileSync(planFile, await first.lake.get(planKey(first.runId)));
    const again = await runOver(SMALL_LANDING, { planFile });

    const filesOf = ({ manifest, runId }: typeof first) =>
      JSON.parse(JSON.stringify(manifest.tables).replaceAll(runId, 'run'));
    expect(filesOf(again)).toEqual(filesOf(first));
    expect(first.manifest.tables.orders.files).not.toEqual([]);
  });

  it('of many chunks is read with its parts, and without one it is unreadable', async () => {
    const landing = await storeOf([['orders/a.csv', ordersCsv(lines)]]);
    const lake = new MemoryObjectStore();
    const plan = await planCut(landing, lake, { ...UNCUT, chunkBytes: 40, bucketCount: 2 });
    expect(plan.chunks.length).toBeGreaterThan(1_000);
    await putPlan(lake, plan, { taskEnds: plan.chunks.map((_, index) => index + 1), limitUsed: 0 });
    const keys = await keysOf(lake);
    expect(keys.length).toBeGreaterThan(2);
    for (const key of keys) {
      const path = join(folder, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, await lake.get(key));
    }
    const planFile = join(folder, planKey(RUN_ID));

    const { manifest } = await runOver([], { landing, planFile });
    const { files } = manifest.tables.orders;
    expect(files.map(({ key }) => key.slice(-'part-0001-0.parquet'.length))).toEqual([
      'part-0000-0.parquet',
      'part-0001-0.parquet',
    ]);

    rmSync(join(folder, keys[0]));
    const unreadable = await failureOf(() => runOver([], { landing, planFile }));
    expect(unreadable).toMatchObject({ code: 'plan_unreadable' });
  });

  it('fails with plan_mismatch over other inputs, and with plan_unreadable where it is none', async () => {
    const first = await runOver(SMALL_LANDING);
    const planFile = join(folder, 'of-other-inputs.json');
    writeFileSync(planFile, await first.lake.get(planKey(first.runId)));
    const other = [['orders/a.csv', ordersCsv([orderLine('o1')])]] as const;

    const failure = await failureOf(() => runOver(other, { planFile, lake: first.lake }));
    expect(failure).toMatchObject({ code: 'plan_mismatch' });

    writeFileSync(planFile, '{"planFormat": 1}');
    for (const file of [planFile, join(folder, 'none.json')]) {
      const unreadable = await failureOf(() => runOver(SMALL_LANDING, { planFile: file }));
      expect(unreadable).toMatchObject({ code: 'plan_unreadable' });
    }
    expect(await currentOf(first.lake)).toEqual(first.manifest);
  });
});
