import { expect, it } from 'vitest';
import { openError, storageError } from '../../../../lambdas/shared/adapters/local/file-errors.ts';
import { ObjectUnreadableError, TerminalError } from '../../../../lambdas/shared/model/errors.ts';

const refusal = (code: string): Error => Object.assign(new Error(`${code}: raw text`), { code });

it('names key and reason of what the operating system refuses, and keeps the cause', () => {
  const cause = refusal('ENOSPC');
  const error = storageError('tables/part-0.parquet', cause);

  expect(error).toBeInstanceOf(TerminalError);
  expect(error).toMatchObject({
    code: 'storage_error',
    message: 'tables/part-0.parquet: no space left on the device (ENOSPC)',
    cause,
  });
});

it.each([
  ['EACCES', 'a: permission denied (EACCES)'],
  ['EROFS', 'a: the file system is read-only (EROFS)'],
  ['EMFILE', 'a: too many open files (EMFILE)'],
  ['EXOTIC', 'a: EXOTIC: raw text (EXOTIC)'],
])('says what %s means', (code, message) => {
  expect(storageError('a', refusal(code))).toMatchObject({ message });
});

it('passes every other error unchanged', () => {
  const bug = new TypeError('not a function');
  const coded = refusal('ERR_INVALID_ARG_TYPE');

  expect(storageError('a', bug)).toBe(bug);
  expect(storageError('a', coded)).toBe(coded);
});

it('tells a file that may not be read from a disk that fails', () => {
  const denied = openError('orders/a.csv', refusal('EACCES'));

  expect(denied).toBeInstanceOf(ObjectUnreadableError);
  expect(denied).toMatchObject({
    code: 'storage_error',
    message: 'orders/a.csv: permission denied (EACCES)',
    reason: 'access_denied: permission denied (EACCES)',
  });
  expect(openError('a', refusal('EIO'))).not.toBeInstanceOf(ObjectUnreadableError);
});
