import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planKey } from '../../../lambdas/batch/batch-plan.ts';
import { ordersCsv, runOver } from '../../support/batch-runs.ts';
import {
  currentOf,
  failureOf,
  orderLine,
  SMALL_CHUNKS,
  SMALL_LANDING,
} from '../../support/small-landing.ts';

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
