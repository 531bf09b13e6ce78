import { describe, expect, it } from 'vitest';
import {
  RetryableError,
  splitCode,
  TerminalError,
  withCode,
} from '../../../lambdas/shared/model/errors.ts';

describe('the code of an error that Lambda passes on', () => {
  it('stands in front of the message, once', () => {
    const error = new TerminalError('does_not_fit', 'bucket 3 needs 9 GB');
    withCode(error);
    expect(withCode(error).message).toBe('does_not_fit: bucket 3 needs 9 GB');
    expect(withCode(new RetryableError('no answer')).message).toBe('no answer');
  });

  it.each([
    ['TerminalError', 'superseded: another\nrun', 'superseded', 'another\nrun'],
    ['Runtime.HandlerError', 'does_not_fit: 9 GB: too much', 'does_not_fit', '9 GB: too much'],
    [
      'TerminalError',
      'orders/a.csv changed: read it again',
      null,
      'orders/a.csv changed: read it again',
    ],
    ['States.Timeout', 'timeout: 900 s', null, 'timeout: 900 s'],
  ])('is taken off again: %s', (name, message, code, text) => {
    expect(splitCode(name, message)).toEqual({ code, text });
  });
});
