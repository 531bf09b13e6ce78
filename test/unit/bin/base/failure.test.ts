import { describe, expect, it } from 'vitest';
import { failureOf, SignalReceived } from '../../../../bin/base/failure.ts';
import {
  ObjectNotFoundError,
  PreconditionFailedError,
  RetryableError,
  TerminalError,
  UsageError,
} from '../../../../lambdas/shared/model/errors.ts';

const systemError = Object.assign(new Error('ENOSPC: no space left'), { syscall: 'write' });

describe('failureOf', () => {
  it.each([
    [new UsageError('config_invalid', 'm'), 'config_invalid', 2],
    [new TerminalError('landing_empty', 'm'), 'landing_empty', 1],
    [new RetryableError('m'), 'temporary_failure', 1],
    [new ObjectNotFoundError('a.json'), 'object_not_found', 1],
    [new PreconditionFailedError('a.json', 'if-match'), 'object_changed', 1],
    [systemError, 'system_error', 1],
    [new Error('invariant broken'), 'internal_error', 1],
    ['text', 'internal_error', 1],
  ])('gives %s the code %s and exit code %i', (error, code, exitCode) => {
    const failure = failureOf(error, new AbortController().signal);
    expect(failure).toMatchObject({ code, exitCode });
  });

  it('has details for bugs only', () => {
    const { signal } = new AbortController();
    expect(failureOf(new TypeError('x is undefined'), signal).details).toContain('failure.test.ts');
    expect(failureOf(systemError, signal).details).toBeUndefined();
  });

  it('is an interruption whatever was thrown after ctrl-C', () => {
    const failure = failureOf(new TerminalError('x', 'm'), AbortSignal.abort());
    expect(failure).toMatchObject({ code: 'interrupted', exitCode: 130 });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('of %s has exit code %i', (signal, exitCode) => {
    const received = AbortSignal.abort(new SignalReceived(signal));

    expect(failureOf(received.reason, received)).toMatchObject({
      code: 'interrupted',
      message: 'interrupted; no partial results are left',
      exitCode,
    });
  });

  it('says what failed on the way to the end', () => {
    const full = new TerminalError('storage_error', 'a.parquet: no space left');

    expect(failureOf(full, AbortSignal.abort())).toMatchObject({
      code: 'interrupted',
      message: 'interrupted; a.parquet: no space left',
    });
  });
});
