/** How many times more than usual each property is tried: `npm run test:slow` sets it. */
const multiplier = Number(process.env.TANDEM_RUNS ?? 1);

/** A test that takes longer than this hangs. */
export const LIMIT_MS = 30_000 * Math.max(1, multiplier);

/**
 * So many runs of a property; a slow suite takes a multiple of them. Ends before the test is ended
 * from outside, so that a failure is shown with the smallest example found by then.
 */
export function runs(usual: number) {
  return {
    numRuns: Math.max(1, Math.round(usual * multiplier)),
    interruptAfterTimeLimit: LIMIT_MS * 0.8,
  };
}
