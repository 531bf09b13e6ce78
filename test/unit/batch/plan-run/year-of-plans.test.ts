import { describe, expect, it } from 'vitest';
import { textTable, withCommas } from '../../../../bin/text/text-table.ts';
import type { InputSize } from '../../../../lambdas/batch/plan-run/function-sizes.ts';
import type { PlanLimit } from '../../../../lambdas/batch/plan-run/plan-limits.ts';
import { DEFAULT_CONFIG } from '../../../../lambdas/shared/model/config.ts';
import { type BatchEstimate, estimateBatch } from '../../../../lib/aws/cost/estimate-batch.ts';
import { readText } from '../../../docs/markdown.ts';

const KB = 1_000;
const MONTHS = 12;

interface Year {
  readonly name: string;
  /** In landing, at the end of the year. */
  readonly files: number;
  readonly fileBytes: number;
}

/** Those of test/unit/batch/year-of-uploads.test.ts. */
const YEARS: readonly Year[] = [
  { name: '100 files a day, 2 MB each', files: 36_500, fileBytes: 2_000 * KB },
  { name: 'a file every 20 s, 50 kB each', files: 1_576_800, fileBytes: 50 * KB },
  {
    name: '100 a day, 10,000 at once each week, 200 kB each',
    files: 556_500,
    fileBytes: 200 * KB,
  },
];

function inputsOf(count: number, fileBytes: number): InputSize[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `orders/${index}.csv`,
    uncompressedBytes: fileBytes,
    isWhole: index % 2 === 0,
  }));
}

/**
 * Limits of every run. The planner's time is none: it looks at files that are new since the run
 * before, and goes on in a further call.
 */
function limitsOf({ plan }: BatchEstimate): readonly PlanLimit[] {
  return plan.limits.filter(({ name }) => name !== 'plan_seconds');
}

const found = YEARS.map((year) => {
  const { files, fileBytes } = year;
  const months = Array.from({ length: MONTHS }, (_, month) => {
    const count = Math.floor((files * (month + 1)) / MONTHS);
    return estimateBatch(inputsOf(count, fileBytes), DEFAULT_CONFIG);
  });
  return { ...year, months, last: months[MONTHS - 1] };
});

function tableOf(rows: typeof found): string {
  return textTable(
    [
      { title: 'landing after a year' },
      { title: 'files', isNumber: true },
      { title: 'map tasks', isNumber: true },
      { title: 'buckets', isNumber: true },
      { title: 'nearest limit' },
      { title: 'used, %', isNumber: true },
    ],
    rows.map(({ name, files, last }) => {
      const [nearest] = limitsOf(last).toSorted((a, b) => b.usedPercent - a.usedPercent);
      const { taskCount, bucketCount } = last.plan;
      const sizes = [files, taskCount, bucketCount].map(withCommas);
      return [name, ...sizes, nearest.name, nearest.usedPercent.toFixed(0)];
    }),
  );
}

describe.each(found)('the plans of a year, $name', ({ months, files }) => {
  it('pass no limit in any month', () => {
    for (const month of months) {
      const limits = limitsOf(month);
      expect(limits.map(({ name }) => name)).toContain('map_tasks');
      for (const { used, limit } of limits) expect(used).toBeLessThanOrEqual(limit);
    }
  });

  it('take no longer than the simulated year takes a run to last', () => {
    const usualSec = 60 + files / 2_000;
    expect(months[MONTHS - 1].wallSec).toBeLessThanOrEqual(usualSec);
  });
});

it('docs/performance.md has the figures', () => {
  expect(readText('docs/performance.md')).toContain(tableOf(found));
});
