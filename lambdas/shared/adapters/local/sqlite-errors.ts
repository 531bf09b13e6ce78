import { RetryableError, TerminalError } from '../../model/errors.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

const MEANINGS: Readonly<Record<number, string>> = {
  3: 'permission denied',
  8: 'it is read-only',
  10: 'the device failed to read or write, or is full',
  11: 'the file is damaged',
  13: 'no space left on the device',
  14: 'it cannot be opened',
  26: 'it is not a SQLite database',
};

/** The primary result code of an error of `node:sqlite`; null for any other. */
function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  // The higher bytes of an extended code say more of the same.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

/** True if another connection holds the file or a table of it. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** Permission denied, read-only, no room, or it cannot open a file that it has to make. */
const UNWRITABLE = new Set([3, 8, 10, 13, 14]);

/** True if a disk that cannot be written to may be the cause. */
export function isUnwritable(error: unknown): boolean {
  return UNWRITABLE.has(sqliteCode(error) ?? 0);
}

/**
 * Maps an SQLite error to one that names the file: `RetryableError` if another process held it for
 * too long, otherwise `TerminalError`. Any other error is returned unchanged.
 */
export function sqliteError(path: string, error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === null || !(error instanceof Error)) return error;
  if (isBusy(error)) {
    return new RetryableError(`${path} is locked by another process`, { cause: error });
  }
  const detail = `SQLite: ${error.message}`;
  const meaning = MEANINGS[code];
  const message = meaning === undefined ? detail : `${meaning} (${detail})`;
  return new TerminalError('storage_error', `${path}: ${message}`, { cause: error });
}
