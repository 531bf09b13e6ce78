import { describe, expect, it } from 'vitest';
import { ISSUE_CODES, issueBit } from '../../../lambdas/shared/model/issue.ts';
import {
  addedIssues,
  countsByCode,
  IssueCounter,
} from '../../../lambdas/shared/rules/issue-counts.ts';

const UNKNOWN = issueBit('status_unknown');
const MISSING = issueBit('quantity_missing');

function countsOf(records: readonly number[]) {
  const counter = new IssueCounter();
  for (const issues of records) counter.add(issues);
  return counter.counts;
}

describe('counts of issues', () => {
  it('have each issue of each record', () => {
    const counts = countsOf([UNKNOWN, UNKNOWN | MISSING, 0, UNKNOWN]);

    expect(countsByCode(counts)).toEqual({ quantity_missing: 1, status_unknown: 3 });
    expect(counts).toHaveLength(ISSUE_CODES.length);
  });

  it.each(ISSUE_CODES)('know %s', (code) => {
    expect(countsByCode(countsOf([issueBit(code)]))).toEqual({ [code]: 1 });
  });

  it('have all issues of a record that has all', () => {
    const all = ISSUE_CODES.reduce((bits, code) => bits | issueBit(code), 0);

    expect(countsOf([all, all])).toEqual(ISSUE_CODES.map(() => 2));
  });

  it('are empty where no record has been counted', () => {
    expect(countsOf([])).toEqual([]);
    expect(countsByCode([])).toEqual({});
  });

  it('are named in the order of the contract', () => {
    const counts = countsOf([UNKNOWN, MISSING, issueBit('record_too_long')]);

    expect(Object.keys(countsByCode(counts))).toEqual([
      ...['record_too_long', 'quantity_missing', 'status_unknown'],
    ]);
  });
});

describe('sums of counts', () => {
  it('are those of both, by issue', () => {
    const sum = addedIssues(countsOf([UNKNOWN, MISSING]), countsOf([UNKNOWN]));

    expect(countsByCode(sum)).toEqual({ quantity_missing: 1, status_unknown: 2 });
  });

  it('are those of the one that is not empty', () => {
    const some = countsOf([UNKNOWN]);

    expect(addedIssues(some, [])).toEqual(some);
    expect(addedIssues([], some)).toEqual(some);
    expect(addedIssues([], [])).toEqual([]);
  });

  it('leave both as they were', () => {
    const [a, b] = [countsOf([UNKNOWN]), countsOf([MISSING])];
    addedIssues(a, b);

    expect([countsByCode(a), countsByCode(b)]).toEqual([
      { status_unknown: 1 },
      { quantity_missing: 1 },
    ]);
  });
});
