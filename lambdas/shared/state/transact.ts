import { OutcomeUnknownError, RetryableError } from '../model/errors.ts';
import type { StateOperation } from '../ports/state-store.ts';
import type { StreamContext } from './stream-context.ts';

/** Tries of one transaction whose answer is a conflict, a throttle, or none. */
const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 50;

/**
 * `raced`: a condition did not hold. `unknown`: no answer came, and no repetition had one; whoever
 * goes on reads the state and sees.
 */
export type TransactStatus = 'committed' | 'raced' | 'unknown';

/**
 * One transaction of the protocol. A conflict or throttle is tried again after a random pause, with
 * the same token, so that a commit whose answer was lost is not done twice (stream protocol §2.7).
 * Throws `RetryableError` where it stays refused.
 */
export async function transact(
  { state, clock, randomness }: Pick<StreamContext, 'state' | 'clock' | 'randomness'>,
  operations: readonly StateOperation[],
): Promise<TransactStatus> {
  const token = randomness.id();
  let isUnknown = false;
  for (let attempt = 0; ; attempt++) {
    try {
      const { status } = await state.transact(operations, token);
      return status === 'committed' ? 'committed' : isUnknown ? 'unknown' : 'raced';
    } catch (error) {
      const isLost = error instanceof OutcomeUnknownError;
      if (!isLost && !(error instanceof RetryableError)) throw error;
      isUnknown ||= isLost;
      if (attempt + 1 === MAX_ATTEMPTS) {
        if (isUnknown) return 'unknown';
        throw error;
      }
    }
    await clock.sleep(randomness.fraction() * FIRST_PAUSE_MS * 2 ** attempt);
  }
}
