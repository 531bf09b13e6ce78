/**
 * How often each property is tried, as a multiple of what it names: the default suite must be
 * quick, and `npm run test:slow` tries ten times as often.
 */
const multiplier = Number(process.env.TANDEM_RUNS ?? 0.3);

/** How long a property looks for a counterexample; usually it is done in a fraction of that. */
const SEARCH_MS = 24_000 * Math.max(1, multiplier);

/**
 * A test that takes longer than this hangs. No test waits for a time to pass, so the limit is far
 * from what any needs on an idle machine: twenty other jobs on the same cores fail none.
 */
export const LIMIT_MS = 12 * SEARCH_MS;

/**
 * So many runs of a property, times the multiple of the suite. Ends before the test is ended
 * from outside, so that a failure is shown with the smallest example found by then.
 */
export function runs(usual: number) {
  return {
    numRuns: Math.max(1, Math.round(usual * multiplier)),
    interruptAfterTimeLimit: SEARCH_MS,
  };
}
