import type { MiddlewareStack } from '@smithy/types';
import { troubleOf } from './aws-errors.ts';

/**
 * A request went out but got no answer, or one that says that the service failed: its effect may or
 * may not have happened. The SDK's error is deliberately not its `cause`: the SDK retries any error
 * that has a retryable cause, however deep.
 */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly lost: unknown;

  constructor(lost: unknown) {
    super(lost instanceof Error ? lost.message : String(lost));
    this.lost = lost;
  }
}

/**
 * Makes a command fail with `NoAnswerError` instead of being repeated by the SDK after a lost
 * answer. A repetition hides the first effect: a conditional put would seem to have lost a race,
 * records would be stored twice. What surely had no effect (a throttle, no connection) is still
 * repeated.
 */
export function failAtLostAnswer<Input extends object, Output extends object>(command: {
  readonly middlewareStack: MiddlewareStack<Input, Output>;
}): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const trouble = troubleOf(error);
        const isLost = trouble === 'unanswered' || trouble === 'none_of_aws';
        throw isLost ? new NoAnswerError(error) : error;
      }
    },
    // Below the retries and the signature: what fails in here has been sent.
    { name: 'failAtLostAnswer', step: 'deserialize', priority: 'high' },
  );
}

/** Captures the headers of a command's answer; read them after it has come. */
export function watchHeaders<Input extends object, Output extends object>(command: {
  readonly middlewareStack: MiddlewareStack<Input, Output>;
}): () => Readonly<Record<string, string>> {
  let headers: Readonly<Record<string, string>> = {};
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      headers = (result.response as { headers: typeof headers }).headers;
      return result;
    },
    { name: 'watchHeaders', step: 'deserialize', priority: 'high' },
  );
  return () => headers;
}
