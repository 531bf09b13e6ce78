import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ISSUE_CODES } from '../../lambdas/shared/model/issue.ts';
import { arbitraryLanding, type Landing, messyLanding } from '../support/messy.ts';
import { type OracleBatch, OracleFailure, oracleBatch } from '../support/oracle/batch.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

function runOf(files: Landing): OracleBatch | readonly string[] {
  try {
    return oracleBatch({ files });
  } catch (error) {
    if (error instanceof OracleFailure) return error.codes;
    throw error;
  }
}

function isPublished(run: OracleBatch | readonly string[]): run is OracleBatch {
  return !Array.isArray(run);
}

/** What a comparison on generated folders proves depends on what they hold. */
it('brings about every issue, outcome, reason and failure', () => {
  const runs = fc.sample(messyLanding(), { seed: 20260101, numRuns: 600 }).map(runOf);
  const published = runs.filter(isPublished);
  const total = (count: (run: OracleBatch) => number) =>
    published.reduce((sum, run) => sum + count(run), 0);

  expect(published.length).toBeGreaterThan(450);
  expect(new Set(runs.filter((run) => !isPublished(run)).flat())).toEqual(
    new Set(['landing_empty', 'all_files_rejected', 'dimension_rejected']),
  );
  const reasons = published.flatMap((run) => run.rejectedFiles.map(({ reason }) => reason));
  expect(new Set(reasons.map((reason) => reason.replace(/:.*/, '')))).toEqual(
    new Set([
      'empty',
      'header_unreadable',
      'gzip_invalid',
      'encoding_invalid',
      'column_missing',
      'column_repeated',
    ]),
  );
  /** Of events, and of mappings. */
  const elsewhere = ['kpl_aggregated', 'currency_unexpected'];
  const rare = ISSUE_CODES.filter(
    (code) => !elsewhere.includes(code) && total((run) => run.issues[code] ?? 0) < 5,
  );
  expect(rare).toEqual([]);
  for (const outcome of ['active', 'cancelled', 'quarantined', 'duplicate'] as const) {
    expect(total((run) => run.counts[outcome])).toBeGreaterThan(500);
  }
  // `last_line_cut` has folders of its own, in last-line.test.ts.
  const warnings = ['files_rejected', 'duplicates_differ', 'join_misses', 'dimension_issues'];
  for (const code of [...warnings, 'future_events']) {
    const warned = published.filter((run) => (run.warnings[code] ?? 0) > 0);
    expect({ code, isSeen: warned.length >= 10 }).toEqual({ code, isSeen: true });
  }
  const joined = (run: OracleBatch) =>
    run.tables.orders.filter((row) => row.brand !== null && row.customer_email !== null).length;
  expect(total(joined)).toBeGreaterThan(50);
  expect(total((run) => run.dimensions.customers.dimension_duplicates)).toBeGreaterThan(50);
  expect(total((run) => run.dimensions.products.dimension_issues)).toBeGreaterThan(50);
});

it('loses no record of any folder', () => {
  fc.assert(
    fc.property(fc.oneof(messyLanding(), arbitraryLanding), (files) => {
      const run = runOf(files);
      if (!isPublished(run)) return;

      const { read, active, cancelled, quarantined, duplicate } = run.counts;
      expect(read).toBe(active + cancelled + quarantined + duplicate);
      expect(read).toBe(run.inputs.reduce((sum, { records }) => sum + records, 0));
    }),
    { seed, ...runs(200) },
  );
});
