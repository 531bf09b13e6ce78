import { OutcomeUnknownError, RetryableError } from '../model/errors.ts';
import type { StateOperation } from '../ports/state-store.ts';
import type { StreamContext } from './stream-context.ts';

/** Tries of one transaction whose answer is a conflict, a throttle, or none. */
const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 50;

/**
 * `raced`: a condition did not hold. `unknown`: neither the request nor its repetitions got an
 * answer; read the state to find out.
 */
export type TransactStatus = 'committed' | 'raced' | 'unknown';

/**
 * Runs one transaction of the protocol. After a conflict or throttle it retries with the same token
 * after a random pause, so that a commit whose answer was lost is not done twice (stream protocol
 * §2.7). Throws `RetryableError` if it stays refused.
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
