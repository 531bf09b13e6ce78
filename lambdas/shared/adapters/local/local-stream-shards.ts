import type { StatementSync } from 'node:sqlite';
import { assert, ShardNotFoundError, TerminalError } from '../../model/errors.ts';
import type { Shard } from '../../ports/event-stream.ts';
import { type HashKeyRange, halve, toShardRange, unite } from '../hash-ranges.ts';
import { FIRST_COUNTER, shardIdOf, shardIndexOf } from '../record-numbering.ts';
import { cellsOf } from './sqlite-cells.ts';
import type { SqliteFile, SqliteSchema } from './sqlite-file.ts';

export const STREAM_SCHEMA: SqliteSchema = {
  version: 1,
  sql: `
    CREATE TABLE stream (
      identity TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      shard_count INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE shard (
      shard_index INTEGER PRIMARY KEY,
      hash_key_start TEXT NOT NULL,
      hash_key_end TEXT NOT NULL,
      parent_indexes TEXT NOT NULL,
      first_counter INTEGER NOT NULL,
      next_counter INTEGER NOT NULL,
      last_arrival_ms INTEGER NOT NULL,
      closed_at_ms INTEGER
    ) STRICT;
    CREATE TABLE record (
      place INTEGER PRIMARY KEY,
      arrival_time_ms INTEGER NOT NULL,
      partition_key ANY NOT NULL,
      data BLOB NOT NULL
    ) STRICT;
  `,
};

/** Most shards of a stream, closed ones included; every record's sequence number must fit. */
const SHARDS_MAX = 8_192;

/** A row of the table of shards. */
export interface LocalShard {
  readonly index: number;
  readonly range: HashKeyRange;
  readonly description: Shard;
  readonly firstCounter: number;
  /** Counter of the next record. */
  nextCounter: number;
  /** Arrival of the newest record; before the first one, that of the parents. */
  lastArrivalMs: number;
  closedAtMs: number | null;
}

export interface StreamOrigin {
  readonly identity: string;
  readonly shardCount: number;
}

/** The shards in a stream's file. Change them only within a `write` of the file. */
export class StreamShards {
  readonly #file: SqliteFile;
  readonly #all: StatementSync;
  readonly #open: StatementSync;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #count: StatementSync;
  readonly #lastArrival: StatementSync;

  constructor(file: SqliteFile) {
    this.#file = file;
    this.#all = file.prepare('SELECT * FROM shard ORDER BY shard_index');
    this.#open = file.prepare('SELECT * FROM shard WHERE closed_at_ms IS NULL');
    this.#find = file.prepare('SELECT * FROM shard WHERE shard_index = ?');
    this.#insert = file.prepare('INSERT INTO shard VALUES (?, ?, ?, ?, ?, ?, ?, NULL)');
    this.#update = file.prepare(`UPDATE shard
      SET next_counter = ?, last_arrival_ms = ?, closed_at_ms = ? WHERE shard_index = ?`);
    this.#count = file.prepare('SELECT count(*) FROM shard');
    this.#lastArrival = file.prepare('SELECT max(last_arrival_ms) FROM shard');
  }

  create(stream: { identity: string; ranges: readonly HashKeyRange[]; nowMs: number }): void {
    const { identity, ranges, nowMs } = stream;
    this.#file.prepare('INSERT INTO stream VALUES (?, ?, ?)').run(identity, nowMs, ranges.length);
    for (const range of ranges) this.#add(range, []);
  }

  /** What the stream was made with. Throws if the file does not say it. */
  origin(): StreamOrigin {
    const cells = cellsOf(this.#file.prepare('SELECT identity, shard_count FROM stream').get());
    if (cells === null) throw streamDamaged(this.#file.path, 'it does not name its stream');
    return { identity: String(cells[0]), shardCount: Number(cells[1]) };
  }

  all(): LocalShard[] {
    return this.#all.all().map((row) => this.#toShard(row));
  }

  /** The open shards, in order of their hash ranges. */
  openShards(): LocalShard[] {
    const shards = this.#open.all().map((row) => this.#toShard(row));
    return shards.sort((a, b) => (a.range.start < b.range.start ? -1 : 1));
  }

  /** A shard, open or closed. Throws `ShardNotFoundError`. */
  find(shardId: string): LocalShard {
    const index = shardIndexOf(shardId);
    const row = index === null ? undefined : this.#find.get(index);
    if (row === undefined) throw new ShardNotFoundError(shardId);
    return this.#toShard(row);
  }

  /** No record of the stream arrived later. */
  lastArrivalMs(): number {
    return Number(cellsOf(this.#lastArrival.get())?.[0]);
  }

  /** Stores what may change of a shard. */
  update({ index, nextCounter, lastArrivalMs, closedAtMs }: LocalShard): void {
    this.#update.run(nextCounter, lastArrivalMs, closedAtMs, index);
  }

  /**
   * Splits an open shard in the middle; the lower range comes first. Throws `TerminalError`
   * `too_many_shards`.
   */
  split(shardId: string, nowMs: number): [LocalShard, LocalShard] {
    const parent = this.#findOpen(shardId);
    const [low, high] = halve(shardId, parent.range);
    this.#close(parent, nowMs);
    return [this.#add(low, [parent]), this.#add(high, [parent])];
  }

  /** Merges two open shards. Throws `TerminalError` if they are not adjacent. */
  merge(shardIds: readonly [string, string], nowMs: number): LocalShard {
    const [a, b] = shardIds.map((shardId) => this.#findOpen(shardId));
    const range = unite(
      { shardId: shardIds[0], range: a.range },
      { shardId: shardIds[1], range: b.range },
    );
    for (const parent of [a, b]) this.#close(parent, nowMs);
    return this.#add(range, [a, b]);
  }

  #add(range: HashKeyRange, parents: readonly LocalShard[]): LocalShard {
    const index = Number(cellsOf(this.#count.get())?.[0]);
    if (index >= SHARDS_MAX) {
      throw new TerminalError('too_many_shards', `a stream can have up to ${SHARDS_MAX} shards`);
    }
    // A child continues after its parents: larger counters, times not before theirs.
    const counter = Math.max(FIRST_COUNTER, ...parents.map((parent) => parent.nextCounter));
    const arrivalMs = Math.max(0, ...parents.map((parent) => parent.lastArrivalMs));
    const { start, end } = toShardRange(range);
    const parentIndexes = JSON.stringify(parents.map((parent) => parent.index));
    this.#insert.run(index, start, end, parentIndexes, counter, counter, arrivalMs);
    return this.find(shardIdOf(index));
  }

  #close(shard: LocalShard, nowMs: number): void {
    this.update({ ...shard, closedAtMs: Math.max(nowMs, shard.lastArrivalMs) });
  }

  #toShard(row: unknown): LocalShard {
    try {
      return toShard(row);
    } catch (cause) {
      throw streamDamaged(this.#file.path, 'a shard row cannot be read', cause);
    }
  }

  #findOpen(shardId: string): LocalShard {
    const shard = this.find(shardId);
    if (shard.closedAtMs === null) return shard;
    throw new TerminalError('shard_closed', `${shardId} is closed; split or merge an open shard`);
  }
}

/** Nothing else holds its records. */
function streamDamaged(path: string, problem: string, cause?: unknown): TerminalError {
  const message = `${path} is damaged: ${problem}; restore the file`;
  return new TerminalError('stream_damaged', message, { cause });
}

function indexesIn(text: string): number[] {
  const indexes: unknown = JSON.parse(text);
  assert(Array.isArray(indexes) && indexes.every(Number.isSafeInteger), 'parents are indexes');
  return indexes;
}

function toShard(row: unknown): LocalShard {
  const cells = cellsOf(row);
  assert(cells !== null, 'a shard has a row');
  const [index, start, end, parents, firstCounter, nextCounter, lastArrivalMs, closedAtMs] = cells;
  const parentIndexes = indexesIn(String(parents));
  const range = { start: BigInt(String(start)), end: BigInt(String(end)) };
  return {
    index: Number(index),
    range,
    description: {
      shardId: shardIdOf(Number(index)),
      parentShardIds: parentIndexes.map(shardIdOf),
      hashKeyRange: toShardRange(range),
    },
    firstCounter: Number(firstCounter),
    nextCounter: Number(nextCounter),
    lastArrivalMs: Number(lastArrivalMs),
    closedAtMs: closedAtMs === null ? null : Number(closedAtMs),
  };
}
