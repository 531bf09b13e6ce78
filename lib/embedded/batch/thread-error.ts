import {
  ObjectNotFoundError,
  PreconditionFailedError,
  RetryableError,
  TerminalError,
} from '../../../lambdas/shared/model/errors.ts';

/** An error on its way between two threads: a copied object would lose its class and its code. */
export interface PlainError {
  readonly name: string;
  /** Code of a `TerminalError`. */
  readonly code: string | null;
  /** Key of an object that is missing or has changed. */
  readonly key: string | null;
  /** System call of an operating system error. */
  readonly syscall: string | null;
  readonly message: string;
  readonly stack: string | undefined;
}

/**
 * An error as plain data for another thread: structured cloning would drop its class and code.
 * `revivedError` restores it.
 */
export function plainError(error: unknown): PlainError {
  const nothing = { code: null, key: null, syscall: null };
  if (!(error instanceof Error)) {
    return { ...nothing, name: 'Error', message: String(error), stack: undefined };
  }
  const { name, message, stack } = error;
  const isOfObject =
    error instanceof ObjectNotFoundError || error instanceof PreconditionFailedError;
  return {
    name,
    code: error instanceof TerminalError ? error.code : null,
    key: isOfObject ? error.key : null,
    syscall: 'syscall' in error ? String(error.syscall) : null,
    message,
    stack,
  };
}

/**
 * The error that `plainError` described, with its class, so that callers can decide by kind; the
 * original stack becomes its `cause`.
 */
export function revivedError({ name, code, key, syscall, message, stack }: PlainError): Error {
  const cause = stack;
  switch (name) {
    case 'TerminalError':
      return new TerminalError(code ?? 'failed', message, { cause });
    case 'RetryableError':
      return new RetryableError(message, { cause });
    case 'ObjectNotFoundError':
      return new ObjectNotFoundError(key ?? '', { cause });
    case 'PreconditionFailedError':
      return Object.assign(new PreconditionFailedError(key ?? '', ''), { message, cause });
    default: {
      const error = new Error(message, { cause });
      return syscall === null ? error : Object.assign(error, { syscall });
    }
  }
}
