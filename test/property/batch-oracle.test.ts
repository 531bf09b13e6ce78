import fc from 'fast-check';
import { it } from 'vitest';
import { expectAsOracle } from '../support/expect-as-oracle.ts';
import { arbitraryLanding, messyLanding } from '../support/messy.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

it(
  'gives every cell, count and reason that the oracle gives',
  async () => {
    const law = fc.asyncProperty(messyLanding(), (files) => expectAsOracle(files));
    await fc.assert(law, { seed, ...runs(150) });
  },
  LIMIT_MS,
);

it(
  'agrees with the oracle on any bytes',
  async () => {
    const law = fc.asyncProperty(arbitraryLanding, (files) => expectAsOracle(files));
    await fc.assert(law, { seed, ...runs(150) });
  },
  LIMIT_MS,
);
