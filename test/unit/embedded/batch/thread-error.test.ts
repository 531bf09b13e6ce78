import { describe, expect, it } from 'vitest';
import {
  ObjectNotFoundError,
  PreconditionFailedError,
  RetryableError,
  TerminalError,
} from '../../../../lambdas/shared/model/errors.ts';
import { plainError, revivedError } from '../../../../lib/embedded/batch/thread-error.ts';

const throughThread = (error: unknown) => revivedError(structuredClone(plainError(error)));

describe('an error of another thread', () => {
  it.each([
    new TerminalError('storage_error', 'a: no space left'),
    new RetryableError('a changes while it is read'),
    new ObjectNotFoundError('a'),
    new PreconditionFailedError('a', 'if-match'),
    Object.assign(new Error('ENOSPC: no space left'), { syscall: 'write' }),
  ])('is what it was: %s', (error) => {
    const revived = throughThread(error);

    expect(revived).toBeInstanceOf(error.constructor);
    expect(revived.message).toBe(error.message);
    const { stack: _, ...own } = { ...error };
    expect(revived).toMatchObject(own);
    expect(revived.cause).toContain('thread-error.test.ts');
  });

  it('is an error even where no error was thrown', () => {
    expect(throughThread('text')).toMatchObject({ name: 'Error', message: 'text' });
  });
});
