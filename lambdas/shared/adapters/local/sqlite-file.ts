import { mkdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { TerminalError } from '../../model/errors.ts';
import { storageError } from './file-errors.ts';
import { isBusy, isUnwritable, sqliteError } from './sqlite-errors.ts';

/** The file is held for one request; after this long something is wrong. */
const BUSY_TIMEOUT_MS = 10_000;
/** The change to WAL does not wait for other processes by itself. */
const OPEN_ATTEMPTS_MAX = 200;
const OPEN_RETRY_MS = 20;
/** Pages in the write-ahead log before they are moved into the file: 16 MiB. */
const CHECKPOINT_PAGES = 4_096;

export interface SqliteFileOptions {
  /** How long a call waits for other processes. */
  readonly busyTimeoutMs?: number;
  /** Beyond it the file is full, as if the disk were. */
  readonly maxSizeBytes?: number;
}

/** The tables of a file. A file of another version is refused. */
export interface SqliteSchema {
  readonly version: number;
  readonly sql: string;
}

/**
 * An SQLite file in WAL mode, used by any number of processes at once. Calls run synchronously, and
 * no transaction outlives a call, so a killed process leaves whole transactions only. A power
 * failure may lose the newest ones (`synchronous = NORMAL`).
 */
export class SqliteFile {
  readonly path: string;
  readonly #db: DatabaseSync;

  private constructor(path: string, db: DatabaseSync) {
    this.path = path;
    this.#db = db;
  }

  /** Makes the folder and the file where there are none. */
  static async open(path: string, options: SqliteFileOptions = {}): Promise<SqliteFile> {
    try {
      mkdirSync(dirname(path), { recursive: true });
    } catch (error) {
      throw storageError(dirname(path), error);
    }
    return await SqliteFile.#opened(path, () => connect(path, options));
  }

  /** Opens an existing file to read, even on a full disk or without write permission. */
  static async openToRead(path: string, options: SqliteFileOptions = {}): Promise<SqliteFile> {
    return await SqliteFile.#opened(path, () => {
      try {
        return connectToRead(path, options);
      } catch (error) {
        if (!isUnwritable(error)) throw error;
        return connectUnlocked(path, error);
      }
    });
  }

  /** Waits while another process makes a change that SQLite does not wait for by itself. */
  static async #opened(path: string, connectOnce: () => DatabaseSync): Promise<SqliteFile> {
    for (let attempt = 1; ; attempt++) {
      try {
        return new SqliteFile(path, connectOnce());
      } catch (error) {
        if (!isBusy(error) || attempt >= OPEN_ATTEMPTS_MAX) throw sqliteError(path, error);
      }
      await wait(OPEN_RETRY_MS);
    }
  }

  /** 0 for a file that has no tables yet. Throws `TerminalError` for one of another version. */
  version(schema: SqliteSchema): number {
    const version = this.run(() =>
      Number(this.#db.prepare('PRAGMA user_version').get()?.user_version),
    );
    if (version === 0 || version === schema.version) return version;
    throw new TerminalError(
      'storage_version_differs',
      `${this.path} has version ${version}, this program reads version ${schema.version}`,
    );
  }

  /** Creates the tables. Call it inside a `write`. */
  define(schema: SqliteSchema): void {
    this.#db.exec(schema.sql);
    this.#db.exec(`PRAGMA user_version = ${schema.version}`);
  }

  /** Rows come as arrays. */
  prepare(sql: string): StatementSync {
    return this.run(() => {
      const statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    });
  }

  /** All that `change` does, or nothing where it throws. No other process writes meanwhile. */
  write<T>(change: () => T): T {
    return this.run(() => {
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        const result = change();
        this.#db.exec('COMMIT');
        return result;
      } catch (error) {
        // SQLite has ended the transaction by itself after some errors, a full disk is one.
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** Errors of SQLite become the adapter's. */
  run<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw sqliteError(this.path, error);
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

/** Reads while others write; for that SQLite must be able to make files next to the database. */
function connectToRead(path: string, options: SqliteFileOptions): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? BUSY_TIMEOUT_MS}`);
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Reads without locks and files of its own, as SQLite reads an unchangeable file. Changes in a log
 * beside it would be missed, so then it throws `TerminalError`; its cause is why the file cannot be
 * read as usual.
 */
function connectUnlocked(path: string, cause: unknown): DatabaseSync {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    const message = `${path}: its latest changes are in ${basename(path)}-wal, which cannot be read here`;
    const wayOut = 'open it once with write access to its folder';
    throw new TerminalError('storage_error', `${message} here; ${wayOut}`, { cause });
  }
  const url = pathToFileURL(resolve(path));
  url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true });
}

function connect(path: string, options: SqliteFileOptions): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? BUSY_TIMEOUT_MS}`);
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = NORMAL');
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    if (options.maxSizeBytes !== undefined) {
      const pageBytes = Number(db.prepare('PRAGMA page_size').get()?.page_size);
      const pageCount = Math.max(1, Math.floor(options.maxSizeBytes / pageBytes));
      db.exec(`PRAGMA max_page_count = ${pageCount}`);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
