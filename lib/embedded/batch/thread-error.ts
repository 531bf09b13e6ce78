import { RetryableError, TerminalError } from '../../../lambdas/shared/runtime/errors.ts';

/** An error on its way between two threads: a copied object would lose its class and its code. */
export interface PlainError {
  readonly name: string;
  readonly code: string | null;
  readonly message: string;
  readonly stack: string | undefined;
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) {
    return { name: 'Error', code: null, message: String(error), stack: undefined };
  }
  const { name, message, stack } = error;
  return { name, code: error instanceof TerminalError ? error.code : null, message, stack };
}

export function revivedError({ name, code, message, stack }: PlainError): Error {
  const cause = stack;
  if (name === 'TerminalError') return new TerminalError(code ?? 'failed', message, { cause });
  if (name === 'RetryableError') return new RetryableError(message, { cause });
  return new Error(message, { cause });
}
