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
  const message = `${key} holds other bytes than this plan and code give; plan the epoch anew`;
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
