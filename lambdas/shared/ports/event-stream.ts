import type { EpochMs } from '../model/time.ts';

/** A shard takes the records whose partition key has an MD5 in its range, as Kinesis does. */
export interface Shard {
  readonly shardId: string;
  /** Shards that this one came from by a split or merge: none, one or two. */
  readonly parentShardIds: readonly string[];
  /** Decimal numbers below 2^128, both ends included. */
  readonly hashKeyRange: { readonly start: string; readonly end: string };
}

export interface StreamRecord {
  /** Decimal text; its order as a number is the order of the shard. */
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** When the stream received it. Approximate, so not monotonic within a shard. */
  readonly arrivalTimeMs: EpochMs;
  readonly data: Uint8Array;
}

/** The position at which a read of a shard begins. */
export type ReadPosition =
  | { readonly kind: 'start' }
  | { readonly kind: 'after'; readonly sequenceNumber: string }
  | { readonly kind: 'at_time'; readonly timeMs: EpochMs }
  /** What an earlier read answered as `next`. Opaque, and good for five minutes. */
  | { readonly kind: 'next'; readonly token: string };

export interface ReadResult {
  /** In order of sequence numbers. May be fewer than asked for, or none though there are more. */
  readonly records: readonly StreamRecord[];
  /** 0: no records follow these at the moment. */
  readonly millisBehindLatest: number;
  /** Null: the shard is closed, and nothing comes after these records. */
  readonly next: ReadPosition | null;
  /**
   * True where records after the position may have been removed by age before this read: what comes
   * first here is not known to be what came next.
   */
  readonly mayHaveLost: boolean;
}

/** Kinesis's limits, which every adapter holds to. */
export const MAX_PUT_RECORDS = 500;
export const MAX_PUT_BYTES = 10 * 1024 * 1024;
/** Size limit of a record's data and key together. */
export const MAX_RECORD_BYTES = 1024 * 1024;
export const MAX_PARTITION_KEY_LENGTH = 256;
export const MAX_READ_RECORDS = 10_000;
export const MAX_READ_BYTES = 10 * 1024 * 1024;
/** How long a `next` is good for. */
export const NEXT_LIFE_MS = 5 * 60 * 1_000;

export interface NewRecord {
  /** 1 to 256 characters. */
  readonly partitionKey: string;
  /** At most 1 MiB together with the key. */
  readonly data: Uint8Array;
}

export type PutResult =
  | { readonly status: 'stored'; readonly shardId: string; readonly sequenceNumber: string }
  /** Not stored; putting the same record again is safe. */
  | { readonly status: 'throttled' | 'failed'; readonly message: string };

/** A stream of records in shards, like Kinesis. */
export interface EventStream {
  /** The configured name; part of every record's `source`. */
  readonly name: string;
  /** Differs for a stream that was deleted and made again under the same name. */
  identity(): Promise<string>;
  /** Open shards, and closed ones that still hold records. In order of shard ids. */
  listShards(): Promise<readonly Shard[]>;
  /**
   * At most `limit` records (10,000 at most) and 10 MiB. Throws `ShardNotFoundError` if the shard
   * does not exist (any more), `RetryableError` for a throttle, a lost connection or a `next` that
   * is too old (then read on after the last record), `RangeError` for a position of another shard.
   */
  read(shardId: string, position: ReadPosition, limit: number): Promise<ReadResult>;
  /**
   * At most 500 records and 10 MiB, with one result each in the same order. Some may be stored and
   * others not; those of one shard need not keep their order. Throws `RetryableError` if it is
   * unknown which were stored: putting them again may store some twice. Throws `RangeError` beyond
   * the limits; then nothing was stored.
   */
  put(records: readonly NewRecord[]): Promise<readonly PutResult[]>;
  /** The service's clock; never earlier than the arrival of a record put before. */
  now(): Promise<EpochMs>;
}

/** Splits and merges the shards of a stream, while reading continues. */
export interface ReshardableStream extends EventStream {
  /**
   * Closes the shard; its range is taken by two new ones, cut in the middle. Throws `TerminalError`
   * where the shard is closed or has one hash key only.
   */
  split(shardId: string): Promise<readonly [Shard, Shard]>;
  /**
   * Closes two open shards with neighbouring ranges; one new one takes both. Throws `TerminalError`
   * where one is closed or they are no neighbours.
   */
  merge(shardIdA: string, shardIdB: string): Promise<Shard>;
}
