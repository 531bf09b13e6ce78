/**
 * Errors are chosen by who must act. Bad records are values, never errors.
 * `name` is a literal: Step Functions, alarms and minifiers rely on it.
 */

/**
 * A retry may succeed: a throttle, a conflict, a lost connection. Lambda and Step Functions retry
 * by this name.
 */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}

/**
 * A retry will not help: a wrong config, a missing permission, input that breaks the contract.
 * `code` is part of the command line's contract (`{"error": {"code", "message"}}`).
 */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * One object cannot be read while others can: it is archived, or a key, a policy or a file mode
 * denies it. A run rejects the file for `reason` (contract §1.1) and goes on with the others.
 */
export class ObjectUnreadableError extends TerminalError {
  /** The form of `rejected_files`: a code, a colon, and the store's message. */
  readonly reason: string;

  constructor(code: string, message: string, options: ErrorOptions & { readonly reason: string }) {
    super(code, message, options);
    this.reason = options.reason;
  }
}

/** The config or the command line is wrong; the command exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The store has no object of this key (HTTP 404). */
export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';
  readonly key: string;

  constructor(key: string, options?: ErrorOptions) {
    super(`no object ${key}`, options);
    this.key = key;
  }
}

/**
 * A conditional write was refused: the object exists or has changed (HTTP 412). Nothing was
 * written.
 */
export class PreconditionFailedError extends Error {
  override readonly name = 'PreconditionFailedError';
  readonly key: string;

  constructor(key: string, condition: string, options?: ErrorOptions) {
    super(`${key}: condition ${condition} does not hold`, options);
    this.key = key;
  }
}

/**
 * `TerminalError` for an epoch's object that already exists with other bytes: another plan or
 * another code version wrote it.
 */
export function epochDiffers(key: string, cause: Error): TerminalError {
  const message = `${key} differs from what this plan and code give; plan the epoch again`;
  return new TerminalError('epoch_differs', message, { cause });
}

/**
 * A request got no answer, so its effect may or may not have happened. The caller must find out
 * before it goes on.
 */
export class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError';
}

/** The stream has no such shard: it never existed, or its records have expired. */
export class ShardNotFoundError extends Error {
  override readonly name = 'ShardNotFoundError';
  readonly shardId: string;

  constructor(shardId: string, options?: ErrorOptions) {
    super(`no shard ${shardId}`, options);
    this.shardId = shardId;
  }
}

/** Throws an `Error` if an invariant is broken: a bug, so it crashes in production too. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}

/**
 * Runs `work`, then `cleanUp`, whether or not `work` fails. The first failure is thrown: a clean-up
 * after a failure mostly fails for the same cause and would hide it. A second one is kept as
 * `cleanUpError` of the first.
 */
export async function withCleanUp<T>(
  work: () => Promise<T>,
  cleanUp: () => Promise<void> | void,
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    try {
      await cleanUp();
    } catch (cleanUpError) {
      keepCleanUpError(error, cleanUpError);
    }
    throw error;
  }
  await cleanUp();
  return result;
}

/**
 * The synchronous form of `withCleanUp`: throws the first failure and keeps the clean-up's as its
 * `cleanUpError`.
 */
export function withCleanUpSync<T>(work: () => T, cleanUp: () => void): T {
  let result: T;
  try {
    result = work();
  } catch (error) {
    try {
      cleanUp();
    } catch (cleanUpError) {
      keepCleanUpError(error, cleanUpError);
    }
    throw error;
  }
  cleanUp();
  return result;
}

/**
 * Runs `work`, and `cleanUp` only if it fails. Always throws the failure of `work`; one of the
 * clean-up is kept as its `cleanUpError`.
 */
export async function cleanUpOnFailure<T>(
  work: () => Promise<T>,
  cleanUp: () => Promise<void>,
): Promise<T> {
  let hasFailed = true;
  return await withCleanUp(
    async () => {
      const result = await work();
      hasFailed = false;
      return result;
    },
    async () => {
      if (hasFailed) await cleanUp();
    },
  );
}

/** Runs every step in order even if some fail, then throws the first error. */
export async function tryAll(steps: readonly (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function keepCleanUpError(error: unknown, cleanUpError: unknown): void {
  if (!(error instanceof Error) || !Object.isExtensible(error)) return;
  Object.defineProperty(error, 'cleanUpError', { value: cleanUpError, configurable: true });
}

/**
 * Puts an error's `code` in front of its message, because Lambda passes on only name and message.
 * `splitCode` undoes it.
 */
export function withCode(error: Error): Error {
  if (error instanceof TerminalError && !error.message.startsWith(`${error.code}: `)) {
    error.message = `${error.code}: ${error.message}`;
  }
  return error;
}

/** Splits a message made by `withCode`; the code is null if the error had none. */
export function splitCode(name: string, message: string): { code: string | null; text: string } {
  // Some emulators lose the name of an error, and say this one.
  const mayHaveCode = name === 'TerminalError' || name === 'Runtime.HandlerError';
  const [, code, text] = (mayHaveCode && /^(\w+): (.*)$/s.exec(message)) || [];
  return code === undefined ? { code: null, text: message } : { code, text };
}
