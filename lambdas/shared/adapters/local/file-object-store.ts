import { closeSync, constants, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import {
  ObjectNotFoundError,
  PreconditionFailedError,
  RetryableError,
  withCleanUp,
} from '../../model/errors.ts';
import type {
  ByteRange,
  GetOptions,
  ObjectInfo,
  ObjectStore,
  ObjectWriter,
  PutCondition,
} from '../../ports/object-store.ts';
import { assertPathKey, assertPathPrefix, assertRange, assertRangeFits } from '../object-keys.ts';
import { turnIfDue } from './event-loop.ts';
import { errnoCode, isAbsence, openError, storageError } from './file-errors.ts';
import { listFiles } from './file-listing.ts';
import { type FileVersion, modifiedAtMs, statFile, versionOf } from './file-version.ts';
import { FileWriter, pruneFolders } from './file-writer.ts';
import { withFolderLock } from './folder-lock.ts';
import { assertUnreserved } from './reserved-names.ts';
import { removeStaleTemporaries } from './stale-temporaries.ts';

const STREAM_PIECE_BYTES = 1024 * 1024;
/** How often a file that changes under the reader is read again before it gives up. */
const READ_ATTEMPTS_MAX = 3;
/** A pipe in the place of a file must not block the reader. Windows knows no such flag. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * A folder as object store, shared by any number of processes. Calls run synchronously inside,
 * which is several times faster for local files; between reads the event loop has its turn.
 * Survives the death of a process at any point. Does not force data to the device, so a power
 * failure may lose the newest objects.
 */
export class FileObjectStore implements ObjectStore {
  readonly root: string;

  constructor(root: string) {
    this.root = resolve(root);
  }

  /** The file that holds the object. */
  pathOf(key: string): string {
    assertPathKey(key);
    assertUnreserved(key);
    if (sep !== '/' && key.includes(sep)) {
      throw new RangeError(`key ${JSON.stringify(key)} has a "${sep}"`);
    }
    return join(this.root, key);
  }

  async head(key: string): Promise<ObjectInfo | null> {
    const path = this.pathOf(key);
    try {
      const version = statFile(path);
      if (version === null) return null;
      const { sizeBytes, etag } = version;
      return { key, sizeBytes, etag, modifiedAtMs: modifiedAtMs(version) };
    } catch (error) {
      throw storageError(key, error);
    }
  }

  async get(key: string, options: GetOptions = {}): Promise<Uint8Array> {
    const { range } = options;
    if (range !== undefined) assertRange(range);
    await turnIfDue();
    return this.#readStable(key, options.ifMatch, (fd, { sizeBytes }) => {
      const startByte = Math.min(range?.startByte ?? 0, sizeBytes);
      const endByte = Math.min(range?.endByte ?? sizeBytes, sizeBytes);
      const bytes = new Uint8Array(endByte - startByte);
      return bytes.subarray(0, readFully(fd, bytes, startByte));
    });
  }

  async getInto(
    key: string,
    target: Uint8Array,
    options: GetOptions & { range: ByteRange },
  ): Promise<number> {
    const { startByte, endByte } = options.range;
    assertRangeFits(options.range, target.length);
    await turnIfDue();
    const wanted = target.subarray(0, endByte - startByte);
    return this.#readStable(key, options.ifMatch, (fd) => readFully(fd, wanted, startByte));
  }

  async *stream(key: string, options: Pick<GetOptions, 'ifMatch'> = {}): AsyncIterable<Uint8Array> {
    const { fd, version } = this.#openFile(key, options.ifMatch);
    try {
      for (let at = 0; at < version.sizeBytes; at += STREAM_PIECE_BYTES) {
        const piece = new Uint8Array(Math.min(STREAM_PIECE_BYTES, version.sizeBytes - at));
        const length = readFully(fd, piece, at);
        if (length < piece.length || !isUnchanged(fd, version)) {
          throw changedError(key, options.ifMatch);
        }
        yield piece;
        await turnIfDue();
      }
    } catch (error) {
      throw storageError(key, error);
    } finally {
      closeSync(fd);
    }
  }

  async put(
    key: string,
    body: Uint8Array,
    condition: PutCondition = {},
  ): Promise<{ etag: string }> {
    const writer = this.openWriter(key);
    return await withCleanUp(
      async () => {
        await writer.write(body);
        return await writer.commit(condition);
      },
      () => writer.abort(),
    );
  }

  openWriter(key: string): ObjectWriter {
    return new FileWriter(key, this.pathOf(key));
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    assertPathPrefix(prefix);
    yield* listFiles(this.root, prefix);
  }

  /** Needs no space. Removes all that it can; what it could not is the error of the first one. */
  async delete(keys: readonly string[]): Promise<void> {
    const filesByFolder = new Map<string, KeyedFile[]>();
    for (const key of keys) {
      const path = this.pathOf(key);
      const folder = dirname(path);
      const files = filesByFolder.get(folder);
      if (files === undefined) filesByFolder.set(folder, [{ key, path }]);
      else files.push({ key, path });
    }
    const failures: unknown[] = [];
    for (const [folder, files] of filesByFolder) {
      try {
        // Nothing to remove: no lock is needed, and the folder may be read-only.
        if (files.every(({ path }) => statFile(path) === null)) continue;
        const remove = () => failures.push(...removeFiles(files));
        await withFolderLock(folder, remove, { makesRoom: true });
      } catch (error) {
        if (!isAbsence(error)) failures.push(storageError(files[0].key, error));
      }
      pruneFolders(folder, this.root);
    }
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Removes what killed processes left below `prefix` (a folder's key with `/`, or nothing);
   * returns how many files.
   */
  async removeStaleTemporaries(prefix = ''): Promise<number> {
    assertPathPrefix(prefix);
    return removeStaleTemporaries(this.root, prefix);
  }

  /** Reads one version of the file, even if it is replaced meanwhile. */
  #readStable<T>(
    key: string,
    ifMatch: string | undefined,
    read: (fd: number, version: FileVersion) => T,
  ): T {
    for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt++) {
      const { fd, version } = this.#openFile(key, ifMatch);
      try {
        const result = read(fd, version);
        if (isUnchanged(fd, version)) return result;
      } catch (error) {
        throw storageError(key, error);
      } finally {
        closeSync(fd);
      }
      if (ifMatch !== undefined) break;
    }
    throw changedError(key, ifMatch);
  }

  #openFile(key: string, ifMatch: string | undefined): { fd: number; version: FileVersion } {
    const path = this.pathOf(key);
    let fd: number;
    try {
      fd = openSync(path, READ_FLAGS);
    } catch (error) {
      if (isAbsence(error)) throw new ObjectNotFoundError(key, { cause: error });
      throw openError(key, error);
    }
    try {
      const stats = fstatSync(fd, { bigint: true });
      if (!stats.isFile()) throw new ObjectNotFoundError(key);
      const version = versionOf(stats);
      if (ifMatch !== undefined && ifMatch !== version.etag) {
        throw new PreconditionFailedError(key, 'if-match');
      }
      return { fd, version };
    } catch (error) {
      closeSync(fd);
      throw storageError(key, error);
    }
  }
}

function isUnchanged(fd: number, version: FileVersion): boolean {
  return versionOf(fstatSync(fd, { bigint: true })).etag === version.etag;
}

function changedError(key: string, ifMatch: string | undefined): Error {
  return ifMatch === undefined
    ? new RetryableError(`${key} changed while it was read`)
    : new PreconditionFailedError(key, 'if-match');
}

/** Fills `target` from `startByte` on; less only at the end of the file. */
function readFully(fd: number, target: Uint8Array, startByte: number): number {
  let at = 0;
  while (at < target.length) {
    const length = readSync(fd, target, at, target.length - at, startByte + at);
    if (length === 0) break;
    at += length;
  }
  return at;
}

interface KeyedFile {
  readonly key: string;
  readonly path: string;
}

/**
 * Removes files only, because only files are objects. Returns the errors of those that could not be
 * removed.
 */
function removeFiles(files: readonly KeyedFile[]): unknown[] {
  const failures: unknown[] = [];
  for (const { key, path } of files) {
    try {
      if (statFile(path) !== null) unlinkSync(path);
    } catch (error) {
      if (errnoCode(error) !== 'ENOENT') failures.push(storageError(key, error));
    }
  }
  return failures;
}
