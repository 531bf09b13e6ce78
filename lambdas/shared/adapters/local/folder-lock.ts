import {
  closeSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TerminalError } from '../../runtime/errors.ts';
import { errnoCode } from './file-errors.ts';
import { isOwnerGone, LOCK_NAME, OWNER } from './reserved-names.ts';

const WAIT_MS = 5;
/** Whoever holds the lock does a handful of system calls; after 10 s something is wrong. */
const ATTEMPTS_MAX = 2_000;

/**
 * Runs `critical` while no other process or thread runs one for the same folder. It must be
 * synchronous: a process that dies in it leaves the lock behind, and then the next one takes it
 * over. Throws `TerminalError` when the lock stays taken.
 */
export async function withFolderLock<T>(folder: string, critical: () => T): Promise<T> {
  const lockPath = join(folder, LOCK_NAME);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (tryLock(lockPath)) {
      try {
        return critical();
      } finally {
        unlinkSync(lockPath);
      }
    }
    if (!removeAbandonedLock(lockPath)) await wait(WAIT_MS);
  }
  throw new TerminalError(
    'storage_error',
    `${lockPath} has been held for ${(ATTEMPTS_MAX * WAIT_MS) / 1_000} s; ` +
      'if no other program uses this folder, remove that file and try again',
  );
}

function tryLock(lockPath: string): boolean {
  let fd: number;
  try {
    fd = openSync(lockPath, 'wx');
  } catch (error) {
    if (errnoCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(fd, OWNER);
  } catch (error) {
    unlinkSync(lockPath);
    throw error;
  } finally {
    closeSync(fd);
  }
  return true;
}

/**
 * True if it is worth another try at once. Two processes may find the same lock abandoned; the
 * second must not remove the lock that the first one takes afterwards. So only the holder of a
 * marker named after the abandoned lock may remove it, after it has seen that it is still that one.
 */
function removeAbandonedLock(lockPath: string): boolean {
  const found = identify(lockPath);
  if (found === null) return true;
  if (!isOwnerGone(found.owner)) return false;
  const markerPath = `${lockPath}-${found.version}`;
  try {
    writeFileSync(markerPath, OWNER, { flag: 'wx' });
  } catch (error) {
    if (errnoCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    const current = identify(lockPath);
    if (current?.owner === found.owner && current.version === found.version) unlinkSync(lockPath);
  } finally {
    unlinkSync(markerPath);
  }
  return true;
}

function identify(lockPath: string): { owner: string; version: string } | null {
  try {
    const stats = statSync(lockPath, { bigint: true });
    return {
      owner: readFileSync(lockPath, 'utf8'),
      version: `${stats.ino.toString(36)}-${stats.mtimeNs.toString(36)}`,
    };
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return null;
    throw error;
  }
}
