import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StatementSync } from 'node:sqlite';
import { TerminalError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  Attributes,
  SortRange,
  StateItem,
  StateKey,
  StateOperation,
  StateStore,
  TransactResult,
} from '../../ports/state-store.ts';
import { decodeAttributes, encodeAttributes, fingerprintOf } from '../state-codec.ts';
import {
  assertPartitionKey,
  assertSortRange,
  assertStateKey,
  assertTransaction,
} from '../state-items.ts';
import { decideTransaction, type ItemChange, TOKEN_LIFE_MS } from '../state-transactions.ts';
import { cellsOf, textOf } from './sqlite-cells.ts';
import { SqliteFile, type SqliteFileOptions, type SqliteSchema } from './sqlite-file.ts';

/** Text is compared bytewise by default. */
const SCHEMA: SqliteSchema = {
  version: 1,
  sql: `
    CREATE TABLE item (
      pk TEXT NOT NULL,
      sk TEXT NOT NULL,
      attributes TEXT NOT NULL,
      PRIMARY KEY (pk, sk)
    ) STRICT;
    CREATE TABLE token (
      token TEXT PRIMARY KEY,
      fingerprint TEXT NOT NULL,
      committed_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX token_age ON token (committed_at_ms);
  `,
};

/** A page of a query ends with the item that reaches one of the two. DynamoDB's has 1 MB. */
const PAGE_ITEMS_MAX = 1_000;
const PAGE_LENGTH_MAX = 1024 * 1024;

/** SQLite sorts bytes after every text. */
const AFTER_ALL_TEXT = new Uint8Array(1);

/** The file with the state of a lake's streams. */
const FILE_NAME = join('state', 'stream', 'state.sqlite');

export interface SqliteStateStoreOptions extends SqliteFileOptions {
  /** The lake's folder. */
  readonly lakeRoot: string;
  readonly clock: Clock;
}

/** State items in `state/stream/state.sqlite` of a lake, shared by any number of processes. */
export class SqliteStateStore implements StateStore {
  readonly #file: SqliteFile;
  readonly #clock: Clock;
  readonly #statements: Statements;

  private constructor(file: SqliteFile, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
    this.#statements = prepareStatements(file);
  }

  /** Creates the file if it does not exist. */
  static async open(options: SqliteStateStoreOptions): Promise<SqliteStateStore> {
    const file = await SqliteFile.open(join(options.lakeRoot, FILE_NAME), options);
    try {
      if (file.version(SCHEMA) === 0) {
        file.write(() => {
          if (file.version(SCHEMA) === 0) file.define(SCHEMA);
        });
      }
      return new SqliteStateStore(file, options.clock);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Opens the state to read, without write permission, and creates nothing. Null if there is no
   * state yet.
   */
  static async openToRead(options: SqliteStateStoreOptions): Promise<SqliteStateStore | null> {
    const path = join(options.lakeRoot, FILE_NAME);
    if (!existsSync(path)) return null;
    const file = await SqliteFile.openToRead(path, options);
    try {
      if (file.version(SCHEMA) !== 0) return new SqliteStateStore(file, options.clock);
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    return null;
  }

  get path(): string {
    return this.#file.path;
  }

  close(): void {
    this.#file.close();
  }

  async get(key: StateKey): Promise<StateItem | null> {
    assertStateKey(key);
    const attributes = this.#file.run(() => this.#read(key));
    return attributes === null ? null : { key: { pk: key.pk, sk: key.sk }, attributes };
  }

  async *query(pk: string, range?: SortRange): AsyncIterable<StateItem> {
    assertPartitionKey(pk);
    if (range !== undefined) assertSortRange(range);
    const { pageFrom, pageAfter } = this.#statements;
    let rows = this.#page(pageFrom, { pk, from: range?.from ?? '', to: range?.to });
    while (rows.length > 0) {
      for (const { sk, attributes } of rows) {
        yield { key: { pk, sk }, attributes: this.#decode({ pk, sk }, attributes) };
      }
      rows = this.#page(pageAfter, { pk, from: rows[rows.length - 1].sk, to: range?.to });
    }
  }

  async transact(operations: readonly StateOperation[], token: string): Promise<TransactResult> {
    assertTransaction(operations, token);
    const fingerprint = fingerprintOf(operations);
    return this.#file.write(() => this.#transact(operations, { token, fingerprint }));
  }

  #transact(
    operations: readonly StateOperation[],
    { token, fingerprint }: { token: string; fingerprint: string },
  ): TransactResult {
    const { forgetTokens, findToken, keepToken } = this.#statements;
    const nowMs = this.#clock.now();
    forgetTokens.run(nowMs - TOKEN_LIFE_MS);
    const earlier = cellsOf(findToken.get(token));
    if (earlier !== null) {
      if (earlier[0] === fingerprint) return { status: 'committed' };
      throw new RangeError(`token ${token} was committed with other operations`);
    }
    const decision = decideTransaction(operations, (key) => this.#read(key));
    if (decision.status === 'condition_failed') return decision;
    for (const change of decision.changes) this.#apply(change);
    keepToken.run(token, fingerprint, nowMs);
    return { status: 'committed' };
  }

  #read({ pk, sk }: StateKey): Attributes | null {
    const cells = cellsOf(this.#statements.readItem.get(pk, sk));
    return cells === null ? null : this.#decode({ pk, sk }, String(cells[0]));
  }

  /** Throws `TerminalError` `state_damaged`, which names the file and the item. */
  #decode({ pk, sk }: StateKey, text: string): Attributes {
    try {
      return decodeAttributes(text);
    } catch (cause) {
      const message =
        `${this.path}: item ${pk} ${sk} is damaged; restore the file, or replay into a new ` +
        'consumer: npx tandem replay --consumer NAME';
      throw new TerminalError('state_damaged', message, { cause });
    }
  }

  #apply({ key: { pk, sk }, attributes }: ItemChange): void {
    if (attributes === null) this.#statements.deleteItem.run(pk, sk);
    else this.#statements.writeItem.run(pk, sk, encodeAttributes(attributes));
  }

  #page(
    statement: StatementSync,
    { pk, from, to }: { pk: string; from: string; to: string | undefined },
  ): { sk: string; attributes: string }[] {
    const page: { sk: string; attributes: string }[] = [];
    let length = 0;
    return this.#file.run(() => {
      for (const row of statement.iterate(pk, from, to ?? AFTER_ALL_TEXT)) {
        const [sk, attributes] = cellsOf(row) ?? [];
        const item = { sk: textOf(sk), attributes: String(attributes) };
        page.push(item);
        length += item.attributes.length;
        if (length >= PAGE_LENGTH_MAX || page.length >= PAGE_ITEMS_MAX) break;
      }
      return page;
    });
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(file: SqliteFile) {
  // Text is stored as bytes, because Node 24.0 cuts text at a NUL on reading.
  const page = (isAfter: boolean) =>
    file.prepare(`SELECT CAST(sk AS BLOB), attributes FROM item
      WHERE pk = ? AND sk ${isAfter ? '>' : '>='} ? AND sk <= ? ORDER BY sk`);
  return {
    readItem: file.prepare('SELECT attributes FROM item WHERE pk = ? AND sk = ?'),
    writeItem: file.prepare(`INSERT INTO item VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET attributes = excluded.attributes`),
    deleteItem: file.prepare('DELETE FROM item WHERE pk = ? AND sk = ?'),
    pageFrom: page(false),
    pageAfter: page(true),
    findToken: file.prepare('SELECT fingerprint FROM token WHERE token = ?'),
    keepToken: file.prepare('INSERT INTO token VALUES (?, ?, ?)'),
    forgetTokens: file.prepare('DELETE FROM token WHERE committed_at_ms <= ?'),
  };
}
