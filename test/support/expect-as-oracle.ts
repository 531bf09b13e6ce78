import { expect } from 'vitest';
import type { RejectedFile } from '../../lambdas/batch/run/batch-plan.ts';
import type { Keep } from '../../lambdas/shared/model/config-rules.ts';
import { type Outcome, outcomeOf, runOver } from './batch-runs.ts';
import { type OracleBatch, OracleFailure, oracleBatch } from './oracle/batch.ts';

type Files = ReadonlyMap<string, Uint8Array>;

/** Several row groups in a file, and little memory to fill. */
const SMALL_GROUPS = { parquet: { rowGroupRows: 7 } };

/**
 * Runs the batch door and the oracle over the same files: every count, reason and cell is equal, or
 * both fail.
 */
export async function expectAsOracle(
  files: Files,
  run: () => Promise<Outcome> = () => outcomeOf(() => runOver(files, { config: SMALL_GROUPS })),
  keep: Keep = 'first',
): Promise<void> {
  const outcome = await run();
  const createdAtMs = Date.parse(outcome.failure === null ? outcome.manifest.created_at : '');
  const expected = orFailure(() => oracleBatch({ files, keep, createdAtMs }));

  if (expected instanceof OracleFailure) {
    expect(expected.codes).toContain(outcome.failure);
    return;
  }
  if (outcome.failure !== null) throw new Error(`failed: ${outcome.failure}: ${outcome.message}`);
  const { manifest, tables } = outcome;
  expect(manifest.counts).toEqual(expected.counts);
  expect(manifest.issues).toEqual(expected.issues);
  expect(manifest.revenue).toBe(expected.revenue);
  expect(manifest.inputs?.map(({ key, records }) => ({ key, records }))).toEqual(expected.inputs);
  const isWhole = expected.rejectedFiles.length === 0;
  expect(manifest.status).toBe(isWhole ? 'published' : 'published_with_rejected_files');
  expectSameReasons(manifest.rejected_files, expected);
  for (const name of ['customers', 'products'] as const) {
    const { files: _, ...counts } = manifest.dimensions[name];
    expect(counts).toEqual(expected.dimensions[name]);
  }
  expect(tables).toEqual(expected.tables);
  const warned = manifest.warnings.map(({ code, count }) => [code, count]);
  expect(Object.fromEntries(warned)).toEqual(expected.warnings);
  expect(manifest.joins).toEqual(expected.joins);
}

/** A file may be rejected for any of its defects: one damaged at its end for its header, too. */
function expectSameReasons(found: readonly RejectedFile[], { rejectedFiles }: OracleBatch): void {
  expect(found.map(({ key }) => key)).toEqual(rejectedFiles.map(({ key }) => key));
  const codeOf = (reason: string) => reason.replace(/:.*/, '');
  found.forEach(({ reason }, index) => {
    const expected = codeOf(rejectedFiles[index].reason);
    const isAtEnd = expected === 'gzip_invalid' || expected === 'encoding_invalid';
    const allowed = isAtEnd ? EARLIER_REASONS : [];
    expect([expected, ...allowed]).toContain(codeOf(reason));
  });
}

const EARLIER_REASONS = [
  'column_missing',
  'column_repeated',
  'header_unreadable',
  'format_unsupported',
  'gzip_invalid',
];

function orFailure<T>(run: () => T): T | OracleFailure {
  try {
    return run();
  } catch (error) {
    if (error instanceof OracleFailure) return error;
    throw error;
  }
}
