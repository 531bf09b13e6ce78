import { describe, expect, it } from 'vitest';
import { planKey } from '../../../../lambdas/batch/run/batch-plan.ts';
import { RunFiles } from '../../../../lambdas/batch/run/run-files.ts';
import { putPlan } from '../../../../lambdas/batch/run/stored-plan.ts';
import { jsonBytes } from '../../../../lambdas/shared/runtime/json.ts';
import { storeOf } from '../../../support/batch-runs.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { SMALL_LANDING } from '../../../support/small-landing.ts';
import { planCut, RUN_ID, UNCUT } from '../../../support/staged-runs.ts';

describe('the steps of a run', () => {
  it('go on with a plan whose exchange has their own form', async () => {
    const lake = new MemoryObjectStore();
    const plan = await planCut(await storeOf(SMALL_LANDING), new MemoryObjectStore(), UNCUT);
    await putPlan(lake, plan, { taskEnds: [plan.chunks.length], limitUsed: 1 });

    expect(await new RunFiles(lake, RUN_ID).readHeaderOfStep()).toMatchObject({ runId: RUN_ID });
  });

  it.each([undefined, 1, '1 1 2', '2 1 2 7'])(
    'end where the plan has another form: %s',
    async (exchangeFormat) => {
      const lake = new MemoryObjectStore();
      const plan = await planCut(await storeOf(SMALL_LANDING), new MemoryObjectStore(), UNCUT);
      await lake.put(planKey(RUN_ID), jsonBytes({ ...plan, exchangeFormat }));

      await expect(new RunFiles(lake, RUN_ID).readHeaderOfStep()).rejects.toMatchObject({
        code: 'run_of_other_version',
        message: expect.stringContaining(`run ${RUN_ID} was planned by version`),
      });
    },
  );
});
