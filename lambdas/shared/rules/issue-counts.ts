import { ISSUE_CODES, type IssueBits } from '../model/issue.ts';

/** Records by index in `ISSUE_CODES`; empty where no record has an issue. */
export type IssueCounts = readonly number[];

/** Counts records by issue: a record with several issues counts for each of them. */
export class IssueCounter {
  #counts: number[] = [];

  add(issues: IssueBits): void {
    if (this.#counts.length === 0) this.#counts = ISSUE_CODES.map(() => 0);
    for (let bits = issues; bits !== 0; bits &= bits - 1) {
      this.#counts[31 - Math.clz32(bits & -bits)] += 1;
    }
  }

  get counts(): IssueCounts {
    return this.#counts;
  }
}

/** Sums of two lists of counts; either may be empty. */
export function addedIssues(a: IssueCounts, b: IssueCounts): IssueCounts {
  if (a.length === 0) return b;
  return b.length === 0 ? a : a.map((count, index) => count + b[index]);
}

/** Records by issue code, in the order of the contract; codes that did not occur are left out. */
export function countsByCode(counts: IssueCounts): Record<string, number> {
  const named = ISSUE_CODES.map((code, index): [string, number] => [code, counts[index] ?? 0]);
  return Object.fromEntries(named.filter(([, count]) => count > 0));
}
