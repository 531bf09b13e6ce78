import { OutcomeUnknownError, RetryableError } from '../../../lambdas/shared/model/errors.ts';

/** True if a retry may help; any other error ends the command. */
export function isRetryable(error: unknown): error is Error {
  return error instanceof RetryableError || error instanceof OutcomeUnknownError;
}

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 30_000;
const MAX_DOUBLINGS = 10;

/**
 * Pause in ms before try `failures + 1`: doubled each time, drawn between half of it and all of it
 * by `fraction` (0 to 1).
 */
export function backoffMs(failures: number, fraction: number): number {
  const doublings = Math.min(failures - 1, MAX_DOUBLINGS);
  const longest = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** doublings);
  return longest * (0.5 + fraction / 2);
}
