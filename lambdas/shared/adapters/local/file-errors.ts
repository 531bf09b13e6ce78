import { ObjectUnreadableError, TerminalError } from '../../model/errors.ts';

/** The errno name of an operating system error, such as `ENOENT`; '' for any other error. */
export function errnoCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : '';
}

/**
 * No such file, a name that no file of this file system can have, or a link that leads to itself.
 */
const ABSENCES = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

/** True if the error means that no such file exists or can exist, links to themselves included. */
export function isAbsence(error: unknown): boolean {
  return ABSENCES.has(errnoCode(error));
}

/** No room for another byte or name, or not for this user; `EFBIG`: not in this file. */
const LACKS_OF_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** True if the disk, the user's quota or the file has no room left. */
export function isLackOfSpace(error: unknown): boolean {
  return LACKS_OF_SPACE.has(errnoCode(error));
}

const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would exceed the size limit of the process or file system',
  EISDIR: 'a folder of that name exists',
  ENOTDIR: 'a file has the name of a folder that is needed',
  EEXIST: 'a file has the name of a folder that is needed',
  ENAMETOOLONG: 'the name is too long for the file system',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  EIO: 'the device failed to read or write',
  ELOOP: 'too many symbolic links',
};

/**
 * Maps an operating system error to one that names the key; any other error is returned unchanged.
 */
export function storageError(key: string, error: unknown): unknown {
  const code = errnoCode(error);
  if (code === '') return error;
  const meaning = MEANINGS[code] ?? (error instanceof Error ? error.message : 'failed');
  const name = key === '' ? 'the root folder' : key;
  return new TerminalError('storage_error', `${name}: ${meaning} (${code})`, { cause: error });
}

/**
 * Maps an error of opening a file to read as `storageError` does, but a denying file mode to
 * `ObjectUnreadableError`: it concerns this file only.
 */
export function openError(key: string, error: unknown): unknown {
  const failure = storageError(key, error);
  const code = errnoCode(error);
  if (!(failure instanceof TerminalError) || (code !== 'EACCES' && code !== 'EPERM'))
    return failure;
  const reason = `access_denied: ${MEANINGS[code]} (${code})`;
  return new ObjectUnreadableError(failure.code, failure.message, { cause: error, reason });
}
