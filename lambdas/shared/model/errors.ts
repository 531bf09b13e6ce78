/**
 * Errors are chosen by who must act. Bad records are values, never errors.
 * `name` is a literal: Step Functions, alarms and minifiers rely on it.
 */

/** Trying again may help: a throttle, a conflict, a lost connection. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}

/**
 * Trying again will not help: a wrong config, a missing permission, input that breaks the contract.
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
 * This object cannot be read while others can: it is archived, or a key, a policy or a file mode
 * denies it. A run rejects the file for `reason` (contract §1.1) and goes on with the others.
 */
export class ObjectUnreadableError extends TerminalError {
  /** As in `rejected_files`: a code, a colon, and what the store says. */
  readonly reason: string;

  constructor(code: string, message: string, options: ErrorOptions & { readonly reason: string }) {
    super(code, message, options);
    this.reason = options.reason;
  }
}

/** The config or the command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';
  readonly key: string;

  constructor(key: string, options?: ErrorOptions) {
    super(`no object ${key}`, options);
    this.key = key;
  }
}

/** The object exists or has changed (HTTP 412). */
export class PreconditionFailedError extends Error {
  override readonly name = 'PreconditionFailedError';
  readonly key: string;

  constructor(key: string, condition: string, options?: ErrorOptions) {
    super(`${key}: condition ${condition} does not hold`, options);
    this.key = key;
  }
}

/** An object of an epoch is there with other bytes: another plan or another code wrote it. */
export function epochDiffers(key: string, cause: Error): TerminalError {
  const message = `${key} differs from what this plan and code give; plan the epoch again`;
  return new TerminalError('epoch_differs', message, { cause });
}

/** No answer came: the effect may have happened or not. Whoever goes on has to find out. */
export class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError';
}

/** The stream has no such shard: it never had, or its records are gone by age. */
export class ShardNotFoundError extends Error {
  override readonly name = 'ShardNotFoundError';
  readonly shardId: string;

  constructor(shardId: string, options?: ErrorOptions) {
    super(`no shard ${shardId}`, options);
    this.shardId = shardId;
  }
}

/** A broken invariant is a bug: it crashes, in production too. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}

/**
 * Runs `work`, then `cleanUp`, however `work` ended. What failed first is thrown: a clean-up after
 * a failure mostly fails of the same cause, and its error would hide the one to act on. It is kept
 * as `cleanUpError` of the first.
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

/** As `withCleanUp`, without a pause in between. */
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

/** As `withCleanUp`, for what is cleaned up only where `work` failed. */
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

/** Takes all steps, whichever fail; then throws the error of the first one that did. */
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

/** Lambda passes on an error's name and message, and no code: it goes in front of the message. */
export function withCode(error: Error): Error {
  if (error instanceof TerminalError && !error.message.startsWith(`${error.code}: `)) {
    error.message = `${error.code}: ${error.message}`;
  }
  return error;
}

/** What `withCode` put together: the code is null where the error had none. */
export function splitCode(name: string, message: string): { code: string | null; text: string } {
  // Some emulators lose the name of an error, and say this one.
  const mayHaveCode = name === 'TerminalError' || name === 'Runtime.HandlerError';
  const [, code, text] = (mayHaveCode && /^(\w+): (.*)$/s.exec(message)) || [];
  return code === undefined ? { code: null, text: message } : { code, text };
}
