import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TerminalError, withCleanUpSync } from '../../model/errors.ts';
import { errnoCode, isLackOfSpace } from './file-errors.ts';
import { isOwnerGone, LOCK_NAME, OWNER } from './reserved-names.ts';

const WAIT_MS = 5;
/** The lock is held for a handful of system calls; after 10 s something is wrong. */
const ATTEMPTS_MAX = 2_000;

/**
 * A lock gets its owner's name by the next system call after it is made. One that is still without
 * a name after 2 s of looking is of a process that died between the two.
 */
const NAMELESS_LOOKS = 400;

export interface FolderLockOptions {
  /**
   * For work that frees space: if no lock file can be created for lack of space, it runs without
   * one as soon as no lock is held. Others cannot take one then either.
   */
  readonly makesRoom?: boolean;
}

/**
 * Runs `critical` while no other process or thread runs one for the same folder. `critical` must be
 * synchronous; the lock of a process that died in it is taken over. Throws `TerminalError` if the
 * lock stays taken.
 */
export async function withFolderLock<T>(
  folder: string,
  critical: () => T,
  { makesRoom = false }: FolderLockOptions = {},
): Promise<T> {
  const lockPath = join(folder, LOCK_NAME);
  let nameless = { version: '', looks: 0 };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    switch (tryOnce(lockPath, makesRoom)) {
      case 'locked':
        return withCleanUpSync(critical, () => removeIfThere(lockPath));
      case 'unlockable':
        return critical();
      case 'changed':
        break;
      case 'held':
        await wait(WAIT_MS);
        nameless = lookedAgain(nameless, identify(lockPath));
        if (nameless.looks > NAMELESS_LOOKS) removeLockIf(isNameless, lockPath);
    }
  }
  throw new TerminalError(
    'storage_error',
    `${lockPath} has been held for ${(ATTEMPTS_MAX * WAIT_MS) / 1_000} s; ` +
      'if no other program uses this folder, delete that file and try again',
  );
}

/** Removes a lock, or a marker of one, whose process is gone. True if the file was removed. */
export function removeLockOfDead(lockPath: string): boolean {
  const found = identify(lockPath);
  return found !== null && isOfDead(found) && removeLockIf(isOfDead, lockPath);
}

/** `changed`: retry at once; `unlockable`: no lock can be made, and none is held. */
function tryOnce(
  lockPath: string,
  makesRoom: boolean,
): 'locked' | 'changed' | 'held' | 'unlockable' {
  try {
    if (tryLock(lockPath)) return 'locked';
    return removeLockIf(isOfDead, lockPath) ? 'changed' : 'held';
  } catch (error) {
    if (!makesRoom || !isLackOfSpace(error)) throw error;
    const found = identify(lockPath);
    return found === null || isOfDead(found) ? 'unlockable' : 'held';
  }
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
    withCleanUpSync(
      () => writeSync(fd, OWNER),
      () => closeSync(fd),
    );
    return true;
  } catch (error) {
    // A lock without its owner's name would never be taken over.
    removeIfThere(lockPath);
    throw error;
  }
}

/**
 * True if it is worth another try at once. Two processes may find the same lock abandoned; the
 * second must not remove the lock that the first one takes afterwards. So only the holder of a
 * marker named after the abandoned lock may remove it, after it has seen that it is still that one.
 * A marker is a lock, too: one whose process is gone is removed in the same way.
 */
function removeLockIf(isAbandoned: (found: FoundLock) => boolean, lockPath: string): boolean {
  const found = identify(lockPath);
  if (found === null) return true;
  if (!isAbandoned(found)) return false;
  const markerPath = `${lockPath}-${found.version}`;
  if (!tryLock(markerPath)) return removeLockIf(isOfDead, markerPath);
  withCleanUpSync(
    () => {
      const current = identify(lockPath);
      if (current?.owner === found.owner && current.version === found.version) {
        unlinkSync(lockPath);
      }
    },
    () => removeIfThere(markerPath),
  );
  return true;
}

interface FoundLock {
  /** Empty if its owner has not written it, or never will. */
  readonly owner: string;
  readonly version: string;
}

const isOfDead = ({ owner }: FoundLock): boolean => isOwnerGone(owner);

const isNameless = ({ owner }: FoundLock): boolean => owner === '';

/** How often in a row one and the same lock was seen without a name. */
function lookedAgain(before: { version: string; looks: number }, found: FoundLock | null) {
  if (found === null || !isNameless(found)) return { version: '', looks: 0 };
  const { version } = found;
  return { version, looks: version === before.version ? before.looks + 1 : 0 };
}

function identify(lockPath: string): FoundLock | null {
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

/** The file may be gone: messages advise removing a lock by hand. */
function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoCode(error) !== 'ENOENT') throw error;
  }
}
