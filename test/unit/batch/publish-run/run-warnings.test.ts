import { describe, expect, it } from 'vitest';
import type { InputResult } from '../../../../lambdas/batch/publish-run/file-totals.ts';
import { InputSummary } from '../../../../lambdas/batch/publish-run/input-summary.ts';
import type { PreviousRun } from '../../../../lambdas/batch/publish-run/previous-run.ts';
import {
  namedInputs,
  type RunFacts,
  runWarnings,
} from '../../../../lambdas/batch/publish-run/run-warnings.ts';
import { type Findings, NO_FINDINGS } from '../../../../lambdas/batch/run/findings.ts';

const NO_ISSUES = { counts: { dimension_issues: 0 }, firstIssue: null };

interface Facts {
  /** Inputs of the plan. */
  readonly inputs?: readonly { readonly key: string; readonly kind?: string }[];
  readonly ignored?: { readonly count: number; readonly example: string | null };
  readonly rejected?: RunFacts['rejectedFiles'];
  readonly before?: PreviousRun | null;
  /** Instead of `inputs`: what was read of each. */
  readonly files?: readonly { readonly input: object; readonly issueRecords: readonly number[] }[];
  readonly findings?: Partial<Findings>;
  readonly customers?: object;
  readonly products?: object;
}

function summaryOf(
  { inputs = [{ key: 'orders/a.csv' }], files }: Facts,
  before: PreviousRun | null,
  findings: Findings,
): InputSummary {
  const summary = new InputSummary(before, namedInputs(findings));
  const results =
    files?.map(({ input, ...totals }) => ({
      input,
      totals: { quarantinedRecords: 0, ...totals },
    })) ?? inputs.map((input) => ({ input: { kind: 'csv', ...input }, totals: null }));
  results.forEach((result, inputIndex) => {
    summary.add({ inputIndex, rejected: null, ...result } as InputResult);
  });
  return summary;
}

function warningsOf(facts: Facts) {
  const { ignored = { count: 0, example: null }, before = null } = facts;
  const findings = { ...NO_FINDINGS, ...facts.findings };
  return runWarnings({
    plan: { ignored },
    rejectedFiles: facts.rejected ?? [],
    before,
    inputs: summaryOf(facts, before, findings),
    findings,
    customers: facts.customers ?? NO_ISSUES,
    products: facts.products ?? NO_ISSUES,
  } as unknown as RunFacts);
}

const shortOf = (facts: Facts) =>
  warningsOf(facts).map(({ code, count, example }) => [code, count, example]);

it('has none where there is nothing to warn of', () => {
  expect(warningsOf({})).toEqual([]);
});

it('names the first of several files of each kind, and adds up their records', () => {
  const quiet = { records: 0, firstOffset: null };
  const ends = {
    readRecords: 3,
    issueRecords: [],
    layout: null,
    lastLine: { others: { records: 2 }, open: null },
  };
  const cut = (offset: number) => {
    const open = { offset, hasFewerFields: true, isInvalidJson: false };
    // One record has the wrong number of fields: `wrong_field_count` is the fifth issue.
    return { ...ends, issueRecords: [0, 0, 0, 0, 1], lastLine: { ...ends.lastLine, open } };
  };
  const files = [
    { ...ends, input: { key: 'orders/a.csv' }, strayQuotes: quiet },
    { ...cut(70), input: { key: 'orders/b.csv' }, strayQuotes: { records: 2, firstOffset: 9 } },
    { ...cut(80), input: { key: 'orders/c.csv' }, strayQuotes: { records: 5, firstOffset: 7 } },
  ];

  expect(
    shortOf({
      files,
      ignored: { count: 4, example: 'orders/.a' },
      rejected: [
        { key: 'orders/x.csv', reason: 'empty' },
        { key: 'orders/y.csv', reason: 'column_missing: price' },
      ],
    }),
  ).toEqual([
    ['files_ignored', 4, 'orders/.a'],
    ['files_rejected', 2, 'orders/x.csv (empty)'],
    ['stray_quote', 7, 'orders/b.csv at byte 9'],
    ['last_line_cut', 2, 'orders/b.csv at byte 70'],
  ]);
});

describe('files that are gone', () => {
  const runWith = (...keys: string[]): PreviousRun => {
    const inputs = keys.map((key, i) => ({ key, etag: 'e', bytes: 1, records: 10 ** i }));
    return { inputs: new Map(inputs.map((input) => [input.key, input])), revenue: '7.50' };
  };
  const segment = (key: string) => ({ key, kind: 'segment' });

  it('are all that are neither read nor rejected now', () => {
    const facts = {
      before: runWith('orders/a.csv', 'orders/b.csv', 'orders/c.csv', 'orders/d.csv'),
      inputs: [{ key: 'orders/a.csv' }, { key: 'orders/new.csv' }],
      rejected: [{ key: 'orders/c.csv', reason: 'empty' }],
    };

    expect(shortOf(facts)[1]).toEqual(['files_vanished', 2, 'orders/b.csv']);
    expect(warningsOf(facts)[1].hint).toMatch(
      /^they held 1010 records of the previous run \(its revenue: 7\.50\), which no longer /,
    );
  });

  it.each<[string, string, { key: string; kind?: string }[], number]>([
    ['files after files', 'orders/a.csv', [{ key: 'orders/b.csv' }], 1],
    ['segments after segments', 'raw/stream/a', [segment('raw/stream/b')], 1],
    ['segments after files', 'orders/a.csv', [segment('raw/stream/b')], 0],
    ['files after segments', 'raw/stream/a', [{ key: 'orders/b.csv' }], 0],
  ])('are of the same door as those of now: %s', (_name, key, inputs, count) => {
    expect(warningsOf({ before: runWith(key), inputs }).map((warning) => warning.count)).toEqual(
      count === 0 ? [] : [count],
    );
  });
});

it('counts the issues of both dimensions, and names the first of customers', () => {
  const dimension = (key: string, dimension_issues: number) => ({
    counts: { dimension_issues },
    firstIssue: { key, offset: 30 },
  });
  const customers = dimension('customers/c.csv', 2);
  const products = dimension('products/p.csv', 5);

  expect(shortOf({ customers, products })).toEqual([
    ['dimension_issues', 7, 'customers/c.csv at byte 30'],
  ]);
  expect(shortOf({ customers })).toEqual([['dimension_issues', 2, 'customers/c.csv at byte 30']]);
  expect(shortOf({ products })).toEqual([['dimension_issues', 5, 'products/p.csv at byte 30']]);
});

it('tells of rows where they stand, each thing in the order of the contract', () => {
  const place = (sourceIndex: number, offset: number) => ({ sourceIndex, offset });
  const warnings = warningsOf({
    inputs: [{ key: 'orders/a.csv' }, { key: 'orders/b.csv' }, { key: 'orders/c.csv' }],
    findings: {
      future: { records: 6, first: place(0, 11) },
      joins: {
        customersMissed: 3,
        productsMissed: 4,
        missed: 5,
        first: { ...place(1, 22), id: 'customer_id c9' },
      },
      duplicates: {
        records: 9,
        byField: [0, 2, 2, 7, 0, 1, 0],
        byLook: [1, 0, 3, 5, 0],
        first: { ...place(2, 33), id: 'o1', kept: place(0, 44) },
      },
    },
  });

  expect(warnings.map(({ code, count, example }) => [code, count, example])).toEqual([
    [
      'duplicates_differ',
      9,
      'order_id o1 in orders/c.csv at byte 33 (orders/a.csv at byte 44 counts)',
    ],
    ['join_misses', 5, 'customer_id c9 in orders/b.csv at byte 22'],
    ['future_events', 6, 'orders/a.csv at byte 11'],
  ]);
  expect(warnings[0].hint).toBe(
    'they differ in order_timestamp (7), customer_id (2), product_id (2), price (1); ' +
      '5 look like the same order sent again at another time; ' +
      '3 look like a later state of the order: set rules.keep to last to count the newest record; ' +
      '1 looks like ids that a spreadsheet changed (as 4.00638E+12): export order_id as text',
  );
  expect(warnings[1].hint).toMatch(/^3 without customer, 4 without product: their joined columns /);
});
