import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TerminalError } from '../../model/errors.ts';
import { hashKeyOf } from '../../model/hash-key.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  MAX_READ_BYTES,
  type NewRecord,
  type PutResult,
  type ReadPosition,
  type ReadResult,
  type ReshardableStream,
  type Shard,
  type StreamRecord,
} from '../../ports/event-stream.ts';
import { cutHashKeys, shardOfHashKey } from '../hash-ranges.ts';
import { counterOf, nextPosition, placeOf, sequenceNumberOf } from '../record-numbering.ts';
import { assertPut, assertReadLimit } from '../stream-limits.ts';
import { StreamRecords } from './local-stream-records.ts';
import { type LocalShard, STREAM_SCHEMA, StreamShards } from './local-stream-shards.ts';
import { SqliteFile, type SqliteFileOptions } from './sqlite-file.ts';

const FILE_NAME = 'stream.sqlite';

export interface LocalEventStreamOptions extends SqliteFileOptions {
  /** The folder of the stream. */
  readonly dir: string;
  readonly name: string;
  readonly clock: Clock;
  /** If set, a folder without a stream gets one with this many shards. */
  readonly shardCount?: number;
}

/**
 * A stream in `stream.sqlite` of a folder, shared by any number of processes: once `put` has
 * answered, all of them see the record. Records never expire.
 */
export class LocalEventStream implements ReshardableStream {
  readonly name: string;
  readonly #file: SqliteFile;
  readonly #clock: Clock;
  readonly #shards: StreamShards;
  readonly #records: StreamRecords;

  private constructor(name: string, file: SqliteFile, clock: Clock) {
    this.name = name;
    this.#file = file;
    this.#clock = clock;
    this.#shards = new StreamShards(file);
    this.#records = new StreamRecords(file);
  }

  /**
   * Opens the stream of a folder, creating it if a shard count is given; one of several concurrent
   * creators wins. Throws `TerminalError`: `stream_not_found` without stream and shard count,
   * `shard_count_differs` if it exists with another number.
   */
  static async open(options: LocalEventStreamOptions): Promise<LocalEventStream> {
    const { dir, name, clock, shardCount } = options;
    const path = join(dir, FILE_NAME);
    if (shardCount === undefined && !existsSync(path)) throw notFound(dir);
    const ranges = shardCount === undefined ? null : cutHashKeys(shardCount);
    const file = await SqliteFile.open(path, options);
    try {
      if (file.version(STREAM_SCHEMA) === 0) {
        if (ranges === null) throw notFound(dir);
        file.write(() => {
          if (file.version(STREAM_SCHEMA) !== 0) return;
          file.define(STREAM_SCHEMA);
          new StreamShards(file).create({ identity: randomUUID(), ranges, nowMs: clock.now() });
        });
      }
      const stream = new LocalEventStream(name, file, clock);
      stream.#assertShardCount(dir, shardCount);
      return stream;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Opens a stream for reading without needing write permission. Throws `TerminalError`
   * `stream_not_found` if there is none.
   */
  static async openToRead(
    options: Omit<LocalEventStreamOptions, 'shardCount'>,
  ): Promise<LocalEventStream> {
    const { dir, name, clock } = options;
    const path = join(dir, FILE_NAME);
    if (!existsSync(path)) throw notFound(dir);
    const file = await SqliteFile.openToRead(path, options);
    try {
      if (file.version(STREAM_SCHEMA) === 0) throw notFound(dir);
      const stream = new LocalEventStream(name, file, clock);
      file.run(() => stream.#shards.origin());
      return stream;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get path(): string {
    return this.#file.path;
  }

  close(): void {
    this.#file.close();
  }

  async identity(): Promise<string> {
    return this.#file.run(() => this.#shards.origin().identity);
  }

  async listShards(): Promise<readonly Shard[]> {
    return this.#file.run(() => this.#shards.all().map(({ description }) => description));
  }

  async read(shardId: string, position: ReadPosition, limit: number): Promise<ReadResult> {
    assertReadLimit(limit);
    return this.#file.run(() => {
      // First the shard, then its records up to the number that was the last one then: a record
      // and the end of the shard that come in between do not count.
      const shard = this.#shards.find(shardId);
      const start = this.#counterAt(shard, position);
      const records = this.#records.read({
        shardIndex: shard.index,
        start,
        end: shard.nextCounter,
        limit,
        maxBytes: MAX_READ_BYTES,
      });
      return this.#toResult(shard, start, records);
    });
  }

  /** Number of a shard's records from a position on: a reader's backlog. */
  async countFrom(shardId: string, position: ReadPosition): Promise<number> {
    return this.#file.run(() => {
      const shard = this.#shards.find(shardId);
      return Math.max(0, shard.nextCounter - this.#counterAt(shard, position));
    });
  }

  async put(records: readonly NewRecord[]): Promise<readonly PutResult[]> {
    assertPut(records);
    const hashKeys = records.map((record) => hashKeyOf(record.partitionKey));
    return this.#file.write(() => {
      const nowMs = this.#clock.now();
      const open = this.#shards.openShards();
      const touched = new Set<LocalShard>();
      const results = records.map((record, i): PutResult => {
        const shard = shardOfHashKey(open, hashKeys[i]);
        if (!touched.has(shard)) {
          shard.lastArrivalMs = Math.max(shard.lastArrivalMs, nowMs);
          touched.add(shard);
        }
        const counter = shard.nextCounter++;
        this.#records.append(shard, counter, record);
        const { shardId } = shard.description;
        return {
          status: 'stored',
          shardId,
          sequenceNumber: sequenceNumberOf(shard.index, counter),
        };
      });
      for (const shard of touched) this.#shards.update(shard);
      return results;
    });
  }

  /** No record is of a later time, although the clock may have been set back. */
  async now(): Promise<EpochMs> {
    return this.#file.run(() => this.#now());
  }

  async split(shardId: string): Promise<readonly [Shard, Shard]> {
    return this.#file.write(() => {
      const [low, high] = this.#shards.split(shardId, this.#clock.now());
      return [low.description, high.description];
    });
  }

  async merge(shardIdA: string, shardIdB: string): Promise<Shard> {
    return this.#file.write(
      () => this.#shards.merge([shardIdA, shardIdB], this.#clock.now()).description,
    );
  }

  #now(): EpochMs {
    return Math.max(this.#clock.now(), this.#shards.lastArrivalMs()) as EpochMs;
  }

  #assertShardCount(dir: string, asked: number | undefined): void {
    const { shardCount } = this.#file.run(() => this.#shards.origin());
    if (asked === undefined || asked === shardCount) return;
    throw new TerminalError(
      'shard_count_differs',
      `the stream in ${dir} was created with ${shardCount} shards, but ${asked} are requested; ` +
        'leave the number out, or use another folder',
    );
  }

  #counterAt(shard: LocalShard, position: ReadPosition): number {
    if (position.kind === 'start') return shard.firstCounter;
    if (position.kind === 'after') return counterOf(shard.index, position.sequenceNumber) + 1;
    if (position.kind === 'next') return placeOf(shard.index, position.token).counter;
    return this.#records.counterAtTime(shard, position.timeMs);
  }

  #toResult(shard: LocalShard, start: number, records: readonly StreamRecord[]): ReadResult {
    const counter = start + records.length;
    const isBehind = counter < shard.nextCounter;
    const last = records.at(-1);
    const arrivalTimeMs = last?.arrivalTimeMs ?? shard.lastArrivalMs;
    return {
      records,
      millisBehindLatest: isBehind ? Math.max(1, this.#now() - arrivalTimeMs) : 0,
      next:
        shard.closedAtMs !== null && !isBehind
          ? null
          : nextPosition({ shardIndex: shard.index, counter, madeAtMs: this.#clock.now() }),
      mayHaveLost: false,
    };
  }
}

function notFound(dir: string): TerminalError {
  return new TerminalError('stream_not_found', `no stream in ${dir}; create one first`);
}
