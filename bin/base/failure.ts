import { constants } from 'node:os';
import { CommanderError } from 'commander';
import {
  ObjectNotFoundError,
  PreconditionFailedError,
  RetryableError,
  TerminalError,
  UsageError,
} from '../../lambdas/shared/model/errors.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;
/** Exit codes of what a signal ended are 128 and its number. */
const EXIT_SIGNALLED = 128;

/** How a command failed, as the command line reports it. */
export interface Failure {
  /** Part of the contract of the command line (`{"error": {"code", "message"}}`). */
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
  /** Stack of a bug; printed on standard error only. */
  readonly details?: string;
}

/** Ctrl-C ended a command after part of its work was done for good; the message says which part. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** A command failed after part of its work was done for good; `done` says which part. */
export class PartlyDoneError extends Error {
  override readonly name = 'PartlyDoneError';
  readonly done: string;
  readonly reason: unknown;

  constructor(done: string, reason: unknown) {
    super(done, { cause: reason });
    this.done = done;
    this.reason = reason;
  }
}

/**
 * The failure is already part of standard output; only exit code and message remain to be given.
 */
export class ReportedError extends Error {
  override readonly name = 'ReportedError';

  constructor(cause: unknown) {
    super('reported', { cause });
  }
}

/** The reason of the abort signal: the operating system's signal that asked the command to end. */
export class SignalReceived extends Error {
  override readonly name = 'SignalReceived';
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`received ${signal}`);
    this.exitCode = EXIT_SIGNALLED + constants.signals[signal];
  }
}

/**
 * The code, message and exit code to print for an error (contract §6). Errors of the operating
 * system are `system_error`; anything unforeseen is `internal_error`, with its stack in `details`.
 */
export function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof ReportedError) return failureOf(error.cause, signal);
  if (signal.aborted) {
    return {
      code: 'interrupted',
      message: interruptedMessage(error),
      exitCode: interruptedCode(signal),
    };
  }
  if (error instanceof PartlyDoneError) {
    const failure = failureOf(error.reason, signal);
    return { ...failure, message: `${failure.message}; ${error.done}` };
  }
  if (error instanceof CommanderError) {
    return { code: 'usage', message: usageMessage(error), exitCode: EXIT_USAGE };
  }
  if (error instanceof UsageError) {
    return { code: error.code, message: error.message, exitCode: EXIT_USAGE };
  }
  if (error instanceof TerminalError) {
    return { code: error.code, message: error.message, exitCode: EXIT_FAILED };
  }
  if (error instanceof RetryableError) {
    return { code: 'temporary_failure', message: error.message, exitCode: EXIT_FAILED };
  }
  if (error instanceof ObjectNotFoundError) {
    return { code: 'object_not_found', message: error.message, exitCode: EXIT_FAILED };
  }
  if (error instanceof PreconditionFailedError) {
    return { code: 'object_changed', message: error.message, exitCode: EXIT_FAILED };
  }
  return unexpected(error);
}

/** What failed on the way to the end is not hidden by the interruption. */
function interruptedMessage(error: unknown): string {
  if (error instanceof InterruptedError) return error.message;
  const hasFailed = error instanceof TerminalError || error instanceof UsageError;
  return hasFailed ? `interrupted; ${error.message}` : 'interrupted; no partial results are left';
}

function interruptedCode({ reason }: AbortSignal): number {
  return reason instanceof SignalReceived ? reason.exitCode : EXIT_INTERRUPTED;
}

/** `error: unknown option '--seeed'\n(Did you mean --seed?)` → one line, without the prefix. */
function usageMessage(error: CommanderError): string {
  return error.message.replace(/^error: /, '').replaceAll('\n', ' ');
}

function unexpected(error: unknown): Failure {
  if (!(error instanceof Error)) {
    return { code: 'internal_error', message: String(error), exitCode: EXIT_FAILED };
  }
  const { message } = error;
  // The operating system refused something: the message says what and where, a stack would add
  // nothing.
  if ('syscall' in error) return { code: 'system_error', message, exitCode: EXIT_FAILED };
  const details = error.stack ?? '';
  return { code: 'internal_error', message, exitCode: EXIT_FAILED, details };
}
