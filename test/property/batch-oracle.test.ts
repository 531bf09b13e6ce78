import fc from 'fast-check';
import { expect, it } from 'vitest';
import { outcomeOf, runOver } from '../support/batch-runs.ts';
import { arbitraryLanding, type Landing, messyLanding } from '../support/messy.ts';
import { OracleFailure, oracleBatch } from '../support/oracle/batch.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

/** Several row groups in a file, and little memory to fill. */
const SMALL_GROUPS = { parquet: { rowGroupRows: 7 } };

/** The name of a reason; a file with several defects may be rejected for any of them. */
const codeOf = (reason: string) => reason.replace(/:.*/, '');

async function expectAsOracle(files: Landing): Promise<void> {
  const outcome = await outcomeOf(() => runOver(files, { config: SMALL_GROUPS }));
  const expected = orFailure(() => oracleBatch({ files }));

  if (expected instanceof OracleFailure) {
    expect(expected.codes).toContain(outcome.failure);
    return;
  }
  if (outcome.failure !== null) throw new Error(`failed: ${outcome.failure}: ${outcome.message}`);
  const { manifest, tables } = outcome;
  expect(manifest.counts).toEqual(expected.counts);
  expect(manifest.issues).toEqual(expected.issues);
  expect(manifest.revenue).toBe(expected.revenue);
  expect(manifest.status).toBe(
    expected.rejectedFiles.length === 0 ? 'published' : 'published_with_rejected_files',
  );
  expect(manifest.rejected_files.map(({ key, reason }) => [key, codeOf(reason)])).toEqual(
    expected.rejectedFiles.map(({ key, reason }) => [key, codeOf(reason)]),
  );
  expect(manifest.inputs.map(({ key, records }) => ({ key, records }))).toEqual(expected.inputs);
  for (const name of ['customers', 'products'] as const) {
    const { files: _, ...counts } = manifest.dimensions[name];
    expect(counts).toEqual(expected.dimensions[name]);
  }
  expect(tables).toEqual(expected.tables);
}

function orFailure<T>(run: () => T): T | OracleFailure {
  try {
    return run();
  } catch (error) {
    if (error instanceof OracleFailure) return error;
    throw error;
  }
}

it(
  'gives every cell, count and reason that the oracle gives',
  async () => {
    await fc.assert(fc.asyncProperty(messyLanding(), expectAsOracle), { seed, ...runs(150) });
  },
  LIMIT_MS,
);

it(
  'agrees with the oracle on any bytes',
  async () => {
    await fc.assert(fc.asyncProperty(arbitraryLanding, expectAsOracle), { seed, ...runs(150) });
  },
  LIMIT_MS,
);
