import { expect, it } from 'vitest';
import { currentPublication } from '../../../../bin/lake/lake.ts';
import { runOver } from '../../../support/batch-runs.ts';
import { SMALL_LANDING } from '../../../support/small-landing.ts';

it('finds the batch run whichever consumer is compared with it: the batch door has none', async () => {
  const { lake, manifest } = await runOver(SMALL_LANDING);

  const found = await currentPublication(lake, 'batch', 'audit');

  expect(found?.manifest).toMatchObject({ run_id: manifest.run_id });
  expect(await currentPublication(lake, 'stream', 'audit')).toBeNull();
});
