import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { TerminalError } from '../../model/errors.ts';
import type { ObjectInfo } from '../../ports/object-store.ts';
import { compareKeys } from '../object-keys.ts';
import { isAbsence, storageError } from './file-errors.ts';
import { modifiedAtMs, statPath, versionOf } from './file-version.ts';
import { isReservedName } from './reserved-names.ts';

/** Replaces bytes of a name that are not UTF-8. */
const REPLACEMENT_CHARACTER = '\ufffd';

/**
 * Lists files below `root` whose key starts with `prefix`, in bytewise order of keys. Holds the
 * names of one folder per level. A file created or removed during the listing may be included or
 * not. Follows symbolic links, except into a folder above.
 */
export function* listFiles(root: string, prefix: string): Generator<ObjectInfo> {
  const cut = prefix.lastIndexOf('/') + 1;
  const folderKey = prefix.slice(0, cut);
  if (folderKey.split('/').some(isReservedName)) return;
  yield* listFolder(join(root, folderKey), folderKey, prefix.slice(cut), []);
}

function* listFolder(
  path: string,
  folderKey: string,
  namePrefix: string,
  above: readonly string[],
): Generator<ObjectInfo> {
  for (const entry of readFolder(path, folderKey)) {
    if (!entry.name.startsWith(namePrefix) || isReservedName(entry.name)) continue;
    const key = folderKey + entry.name;
    const entryPath = join(path, entry.name);
    if (entry.isFolder) {
      const real = entry.isLink ? realPath(entryPath, key) : '';
      const realAbove = entry.isLink ? [...above, realPath(path, key)] : above;
      if (entry.isLink && realAbove.some((folder) => isWithin(folder, real))) continue;
      yield* listFolder(entryPath, `${key}/`, '', realAbove);
    } else {
      const info = fileInfo(entryPath, key);
      if (info !== null) yield info;
    }
  }
}

/** A link to `target` from inside `folder` would come back to itself. */
function isWithin(folder: string, target: string): boolean {
  return folder === target || folder.startsWith(target === '/' ? '/' : `${target}/`);
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

function readFolder(path: string, folderKey: string): Entry[] {
  let entries: Entry[];
  try {
    entries = readdirSync(path, { withFileTypes: true }).map((entry) => toEntry(path, entry));
  } catch (error) {
    const isRootFile = folderKey === '' && statPath(path) !== null;
    if (isAbsence(error) && !isRootFile) return [];
    throw storageError(folderKey, error);
  }
  // The slash after a folder's name takes part: `a-b` comes before `a/b`, `a.b` too, `a0` after.
  const place = (entry: Entry) => (entry.isFolder ? `${entry.name}/` : entry.name);
  return entries.sort((a, b) => compareKeys(place(a), place(b)));
}

function toEntry(folder: string, entry: Dirent): Entry {
  const isLink = entry.isSymbolicLink();
  const isFolder = isLink
    ? (statPath(join(folder, entry.name))?.isDirectory() ?? false)
    : entry.isDirectory();
  return { name: entry.name, isFolder, isLink };
}

function fileInfo(path: string, key: string): ObjectInfo | null {
  let stats: ReturnType<typeof statPath>;
  try {
    stats = statPath(path);
  } catch (error) {
    throw storageError(key, error);
  }
  if (stats === null && key.includes(REPLACEMENT_CHARACTER)) {
    throw new TerminalError('storage_error', `${key}: the file name is not UTF-8; rename the file`);
  }
  if (!stats?.isFile()) return null;
  const version = versionOf(stats);
  return {
    key,
    sizeBytes: version.sizeBytes,
    etag: version.etag,
    modifiedAtMs: modifiedAtMs(version),
  };
}

function realPath(path: string, key: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw storageError(key, error);
  }
}
