import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import {
  assert,
  PreconditionFailedError,
  TerminalError,
  withCleanUp,
  withCleanUpSync,
} from '../../model/errors.ts';
import type { ObjectWriter, PutCondition } from '../../ports/object-store.ts';
import { errnoCode, storageError } from './file-errors.ts';
import { type FileVersion, stampFile, statPath, versionOf } from './file-version.ts';
import { withFolderLock } from './folder-lock.ts';
import { temporaryName } from './reserved-names.ts';

/**
 * How often a folder may vanish (another process prunes it) between its creation and the first file
 * in it.
 */
const OPEN_ATTEMPTS_MAX = 100;
/**
 * A hard link cannot be made: not by this file system (FAT, some network drives), or not to this
 * file.
 */
const LINK_REFUSALS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);

/** Folder of this thread's last file: usually that of the next one too. */
let latestFolder = '';

/**
 * Writes to a temporary file beside the object, which `list` skips. A new object appears by a hard
 * link, which fails if the name is taken; an object is replaced by a rename while the folder is
 * locked.
 */
export class FileWriter implements ObjectWriter {
  readonly #key: string;
  readonly #path: string;
  #temporary: { fd: number; path: string; madeFolder: string | undefined } | null = null;
  #isClosed = false;
  #isCommitted = false;

  constructor(key: string, path: string) {
    this.#key = key;
    this.#path = path;
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(!this.#isClosed, `${this.#key} is written to after commit or abort`);
    try {
      const { fd } = this.#open();
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } catch (error) {
      throw storageError(this.#key, error);
    }
  }

  async commit(condition: PutCondition = {}): Promise<{ etag: string }> {
    assert(!this.#isClosed, `${this.#key} is committed after commit or abort`);
    this.#isClosed = true;
    return await withCleanUp(
      async () => {
        try {
          const { fd, path } = this.#open();
          const created = condition.ifMatch === undefined ? this.#create(fd, path) : null;
          const replace = () => this.#replace(fd, path, condition);
          const { etag } = created ?? (await withFolderLock(dirname(path), replace));
          this.#isCommitted = true;
          return { etag };
        } catch (error) {
          throw storageError(this.#key, error);
        }
      },
      () => this.#discard(),
    );
  }

  async abort(): Promise<void> {
    this.#isClosed = true;
    this.#discard();
  }

  /** Null if the name is taken, or links cannot be made here. */
  #create(fd: number, temporaryPath: string): FileVersion | null {
    const version = stampFile(fd, null);
    try {
      linkSync(temporaryPath, this.#path);
      return version;
    } catch (error) {
      const code = errnoCode(error);
      if (code === 'EEXIST' || LINK_REFUSALS.has(code)) return null;
      throw error;
    }
  }

  #replace(fd: number, temporaryPath: string, condition: PutCondition): FileVersion {
    const stats = statPath(this.#path);
    if (stats?.isDirectory()) {
      throw new TerminalError('storage_error', `${this.#key}: a folder of that name exists`);
    }
    const current = stats?.isFile() ? versionOf(stats) : null;
    if (condition.ifNoneMatch && current !== null) {
      throw new PreconditionFailedError(this.#key, 'if-none-match');
    }
    if (condition.ifMatch !== undefined && condition.ifMatch !== current?.etag) {
      throw new PreconditionFailedError(this.#key, 'if-match');
    }
    const version = stampFile(fd, current);
    renameSync(temporaryPath, this.#path);
    return version;
  }

  #open(): { fd: number; path: string } {
    if (this.#temporary !== null) return this.#temporary;
    const folder = dirname(this.#path);
    const path = join(folder, temporaryName());
    let madeFolder: string | undefined;
    // Without this check each new folder costs an error, as much as the rest of a small file.
    if (folder !== latestFolder && !existsSync(folder)) {
      madeFolder = mkdirSync(folder, { recursive: true });
    }
    for (let attempt = 1; ; attempt++) {
      try {
        this.#temporary = { fd: openSync(path, 'wx'), path, madeFolder };
        latestFolder = folder;
        return this.#temporary;
      } catch (error) {
        if (errnoCode(error) !== 'ENOENT' || attempt === OPEN_ATTEMPTS_MAX) throw error;
        madeFolder = mkdirSync(folder, { recursive: true }) ?? madeFolder;
      }
    }
  }

  /**
   * Closes and removes the temporary file, and folders that were made for it if nothing came into
   * them.
   */
  #discard(): void {
    const temporary = this.#temporary;
    if (temporary === null) return;
    this.#temporary = null;
    try {
      withCleanUpSync(
        () => closeSync(temporary.fd),
        () => removeTemporary(temporary.path),
      );
    } catch (error) {
      throw storageError(this.#key, error);
    }
    if (temporary.madeFolder !== undefined && !this.#isCommitted) {
      pruneFolders(dirname(temporary.path), dirname(temporary.madeFolder));
    }
  }
}

function removeTemporary(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoCode(error) !== 'ENOENT') throw error; // Renamed: gone.
  }
}

/**
 * Removes `folder` and the folders above it while they are empty, up to but not including `stopAt`.
 * Failures are ignored: an empty folder is no object.
 */
export function pruneFolders(folder: string, stopAt: string): void {
  for (let at = folder; at !== stopAt && at.length > stopAt.length; at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch (error) {
      // Not empty, already gone, not removable, a symbolic link: an empty folder is no object, it
      // may stay.
      if (errnoCode(error) === '') throw error;
      return;
    }
  }
}
