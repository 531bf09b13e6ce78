import { expect, it } from 'vitest';
import {
  type InputResult,
  inputResults,
} from '../../../../lambdas/batch/publish-run/file-totals.ts';
import type { BatchPlan } from '../../../../lambdas/batch/run/batch-plan.ts';

const INPUTS = [{ key: 'orders/a.csv' }, { key: 'orders/b.csv' }];

const NOTHING = { records: 0, shortestBytes: 0, longestBytes: 0, fewestDecimals: 0 };

/** Chunks of the first file, but for the last one. */
function totalsOf(chunks: readonly (object | null)[]): InputResult[] {
  const plan = {
    inputs: INPUTS,
    chunks: chunks.map((_, chunkIndex) => ({
      chunkIndex,
      inputIndex: chunkIndex === chunks.length - 1 ? 1 : 0,
    })),
  };
  return [
    ...inputResults(plan as unknown as BatchPlan, chunks as Parameters<typeof inputResults>[1]),
  ];
}

function chunk(facts: {
  readonly read: number;
  readonly quarantined?: number;
  readonly issues?: readonly number[];
  readonly stray?: readonly [number, number | null];
  readonly open?: object;
}) {
  const [records, firstOffset] = facts.stray ?? [0, null];
  return {
    status: 'mapped',
    layout: null,
    readRecords: facts.read,
    quarantinedRecords: facts.quarantined ?? 0,
    issueRecords: facts.issues ?? [],
    strayQuotes: { records, firstOffset },
    lastLine: { others: NOTHING, open: facts.open ?? null },
  };
}

it('adds up the chunks of each file, and passes over those without records of their own', () => {
  const totals = totalsOf([
    chunk({ read: 1 }),
    chunk({ read: 10, quarantined: 1, issues: [1, 0], open: { offset: 7 } }),
    null,
    chunk({ read: 20, quarantined: 2, issues: [2, 5], stray: [3, 70] }),
    chunk({ read: 40, quarantined: 4, issues: [0, 1], stray: [4, 90] }),
    chunk({ read: 1, open: { offset: 99 } }),
    { status: 'rejected', reason: 'gzip_damaged' },
    chunk({ read: 7, issues: [9] }),
  ]);

  expect(totals).toMatchObject([
    {
      input: INPUTS[0],
      totals: {
        readRecords: 72,
        quarantinedRecords: 7,
        issueRecords: [3, 6],
        strayQuotes: { records: 7, firstOffset: 70 },
        lastLine: { open: { offset: 99 } },
      },
      rejected: 'gzip_damaged',
    },
    {
      input: INPUTS[1],
      totals: { readRecords: 7, quarantinedRecords: 0, issueRecords: [9] },
      rejected: null,
    },
  ]);
  const open = totalsOf([chunk({ read: 1, open: { offset: 7 } }), chunk({ read: 1 }), null]);
  expect(open[0].totals?.lastLine.open).toEqual({ offset: 7 });
});

it('takes the layout from the plan, or from the chunks where only they could read it', () => {
  const planned = { fields: [0, 1] };
  const read = { fields: [1, 0] };
  const inputs = [
    { key: 'orders/a.csv', layout: planned },
    { key: 'orders/b.csv.gz', layout: null },
  ];
  const chunks = [0, 0, 1].map((inputIndex, chunkIndex) => ({ chunkIndex, inputIndex }));

  const results = inputResults(
    { inputs, chunks } as unknown as BatchPlan,
    [null, null, read].map((layout) => ({
      ...chunk({ read: 1 }),
      layout,
    })) as unknown as Parameters<typeof inputResults>[1],
  );

  expect([...results].map(({ totals }) => [totals?.layout, totals?.readRecords])).toEqual([
    [planned, 2],
    [read, 1],
  ]);
});
