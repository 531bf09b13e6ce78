import fc from 'fast-check';
import { it } from 'vitest';
import { outcomeOf, storeOf } from '../support/batch-runs.ts';
import { expectAsOracle } from '../support/expect-as-oracle.ts';
import { arbitraryLanding, messyLanding } from '../support/messy.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { runCut } from '../support/staged-runs.ts';

it(
  'gives every cell, count and reason that the oracle gives',
  async () => {
    const law = fc.asyncProperty(messyLanding(), (files) => expectAsOracle(files));
    await fc.assert(law, { seed, ...runs(70) });
  },
  LIMIT_MS,
);

it(
  'keeps the last record of an id as the oracle does, in one wave or in many',
  async () => {
    const waves = fc.constantFrom(2 ** 30, 2_000, 1);
    const law = fc.asyncProperty(messyLanding(), waves, async (files, waveBytes) => {
      const run = async () => runCut(await storeOf(files), { keep: 'last', waveBytes });
      await expectAsOracle(files, () => outcomeOf(run), 'last');
    });
    await fc.assert(law, { seed, ...runs(30) });
  },
  LIMIT_MS,
);

it(
  'agrees with the oracle on any bytes',
  async () => {
    const law = fc.asyncProperty(arbitraryLanding, (files) => expectAsOracle(files));
    await fc.assert(law, { seed, ...runs(70) });
  },
  LIMIT_MS,
);
