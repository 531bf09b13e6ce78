/** Counted records of both sides in one share: two minutes of a function of one core, and again. */
const RECORDS_PER_WORKER = 20_000_000;

/** Fewer shares than these are one comparison in one function. */
export const LEAST_WORKERS = 4;

/** As many children as a map state in its own history runs side by side (Step Functions). */
export const MOST_WORKERS = 40;

/** How many functions compare publications that count so many records together. */
export function workersFor(totalRecords: number): number {
  return Math.min(MOST_WORKERS, Math.ceil(totalRecords / RECORDS_PER_WORKER));
}
