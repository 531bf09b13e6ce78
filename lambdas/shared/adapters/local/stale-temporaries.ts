import { type Dirent, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isAbsence, isLackOfSpace, storageError } from './file-errors.ts';
import { pruneFolders } from './file-writer.ts';
import { removeLockOfDead } from './folder-lock.ts';
import { isStaleTemporary, LOCK_NAME } from './reserved-names.ts';

/**
 * Removes temporary files and locks whose process is gone, then the folders that this empties;
 * returns how many files. Keeps those of living processes and other machines. Does not follow
 * symbolic links.
 */
export function removeStaleTemporaries(root: string, prefix: string): number {
  const folderKey = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  return sweepFolder(root, join(root, folderKey));
}

function sweepFolder(root: string, folder: string): number {
  let removedCount = 0;
  for (const entry of readFolder(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removedCount += sweepFolder(root, path);
    else if (entry.isFile() && isStaleTemporary(entry.name)) removedCount += remove(path);
    else if (entry.isFile() && entry.name.startsWith(LOCK_NAME)) removedCount += removeLock(path);
  }
  if (removedCount > 0) pruneFolders(folder, root);
  return removedCount;
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw storageError(folder, error);
  }
}

/** How many: 0 where another process, which sweeps too, was faster. */
function remove(path: string): number {
  try {
    unlinkSync(path);
    return 1;
  } catch (error) {
    if (isAbsence(error)) return 0;
    throw storageError(path, error);
  }
}

/** A lock is removed under a lock: on a full disk it stays until there is room. */
function removeLock(path: string): number {
  try {
    return removeLockOfDead(path) ? 1 : 0;
  } catch (error) {
    if (isAbsence(error) || isLackOfSpace(error)) return 0;
    throw storageError(path, error);
  }
}
