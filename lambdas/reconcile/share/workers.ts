/** Counted records of both sides in one share: two minutes of a function of one core, and again. */
const RECORDS_PER_WORKER = 20_000_000;

/** Fewer shares than these are one comparison in one function. */
export const LEAST_WORKERS = 4;

/** Children that a map state in its own history runs in parallel (Step Functions, inline Map). */
export const MOST_WORKERS = 40;

/** Number of functions that compare publications with this many counted records together. */
export function workersFor(totalRecords: number): number {
  return Math.min(MOST_WORKERS, Math.ceil(totalRecords / RECORDS_PER_WORKER));
}
