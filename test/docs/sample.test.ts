import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCheckout, runTandemJson } from './run-tandem.ts';

interface Expected {
  readonly counts: unknown;
  readonly issues: unknown;
  readonly revenue: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly tables: Readonly<Record<string, unknown>>;
}

let checkout: string;
let expected: Expected;
let result: unknown;
beforeAll(async () => {
  checkout = makeCheckout();
  expected = JSON.parse(readFileSync(join(checkout, 'data/sample/expected.json'), 'utf8'));
  result = await runTandemJson(checkout, ['batch', '--landing', 'data/sample']);
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

describe('the sample', () => {
  it('ends under the outcomes and issues that its page names', () => {
    const { counts, issues, revenue } = expected;
    expect(result).toMatchObject({
      status: 'published',
      counts,
      issues,
      revenue,
      rejected_files: [],
    });
  });

  it('gives the revenue tables that its page names', async () => {
    for (const [table, rows] of Object.entries(expected.tables)) {
      expect(await runTandemJson(checkout, ['show', table])).toEqual({ table, rows });
    }
  });

  it('counts what cannot be read in the dimensions', () => {
    const { manifest } = result as { manifest: string };
    const { dimensions } = JSON.parse(readFileSync(join(checkout, 'data/lake', manifest), 'utf8'));
    expect(dimensions).toMatchObject(expected.dimensions);
  });

  it('has every issue and outcome that its page promises, line by line', async () => {
    const page = readFileSync(join(checkout, 'data/sample/README.md'), 'utf8');
    const rows = [...page.matchAll(/^\| +\d+ \| (\S+) +\| (\w+) +\| (.*?) *\|$/gm)];
    const byOutcome = Object.groupBy(rows, ([, , outcome]) => outcome);
    expect(rows).toHaveLength(24);
    expect(expected.counts).toMatchObject({
      active: byOutcome.active?.length,
      cancelled: byOutcome.cancelled?.length,
      quarantined: byOutcome.quarantined?.length,
      duplicate: byOutcome.duplicate?.length,
    });

    const shown = (await runTandemJson(checkout, ['show', 'quarantine'])) as {
      rows: { issues: string }[];
    };
    const promised = byOutcome.quarantined?.map(([, , , text]) =>
      [...text.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code).join(','),
    );
    expect(shown.rows.map((row) => row.issues).toSorted()).toEqual(promised?.toSorted());
  });
});
