import type { MiddlewareStack } from '@smithy/types';
import { troubleOf } from './aws-errors.ts';

/**
 * A request went out and no answer to it came, or one that says that the service failed: its effect
 * may have happened or not. The error is not its `cause`: the SDK repeats a request whose error has
 * a cause that is worth repeating, however deep.
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
 * The SDK repeats a request whose answer was lost, and then only the last answer is seen: a
 * conditional put that did happen would look like one that lost a race, records would be stored
 * twice. A command that went through here fails with `NoAnswerError` instead. What was surely not
 * done (a throttle, no connection) is repeated as ever.
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

/** The headers of the answer to a command, once it has come. */
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
