import {
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  type _Record as KinesisRecord,
  PutRecordsCommand,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis';
import { assert, RetryableError, ShardNotFoundError } from '../../model/errors.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  MAX_READ_RECORDS,
  type NewRecord,
  type PutResult,
  type ReadPosition,
  type ReadResult,
  type ReshardableStream,
  type Shard,
  type StreamRecord,
} from '../../ports/event-stream.ts';
import { assertPut, assertReadLimit } from '../stream-limits.ts';
import { isNamed } from './aws-errors.ts';
import { KinesisCalls, toShard } from './kinesis-calls.ts';
import { mayHaveTrimmed, mayHaveTrimmedSince } from './kinesis-losses.ts';
import { iteratorStart, nextPosition, placeOf } from './kinesis-positions.ts';
import { KinesisReshard } from './kinesis-reshard.ts';
import { failAtLostAnswer, NoAnswerError } from './lost-answers.ts';

export interface KinesisEventStreamOptions {
  readonly client: KinesisClient;
  /** The configured name, which becomes part of each record's `source`. */
  readonly name: string;
  /** The name in Kinesis; defaults to `name`. */
  readonly streamName?: string;
  readonly clock: Clock;
}

/**
 * A Kinesis stream. Kinesis does not tell whether records were removed before a read. So a read
 * `after` a record begins at that record: if it comes first, nothing after it is gone (records
 * leave a shard in order). If another one comes first, or none up to the tip, the record itself has
 * expired, and what followed it may be gone too. The record may come in a later read only, so
 * `next` keeps what is still sought. For other positions see `mayHaveTrimmed`.
 */
export class KinesisEventStream implements ReshardableStream {
  readonly name: string;
  readonly #client: KinesisClient;
  readonly #calls: KinesisCalls;
  readonly #reshard: KinesisReshard;

  constructor({ client, name, streamName = name, clock }: KinesisEventStreamOptions) {
    this.name = name;
    this.#client = client;
    this.#calls = new KinesisCalls(client, streamName);
    this.#reshard = new KinesisReshard(this.#calls, clock);
  }

  async identity(): Promise<string> {
    const { arn, createdAtMs } = await this.#calls.summary();
    return `${arn}@${createdAtMs}`;
  }

  async listShards(): Promise<readonly Shard[]> {
    return (await this.#calls.shards()).map(toShard);
  }

  async read(shardId: string, position: ReadPosition, limit: number): Promise<ReadResult> {
    assertReadLimit(limit);
    const place =
      position.kind === 'next'
        ? placeOf(shardId, position.token)
        : {
            iterator: await this.#iteratorAt(shardId, position),
            behindMs: 0,
            sought: position.kind === 'after' ? position.sequenceNumber : null,
          };
    const { iterator, sought } = place;
    // The one that is sought is not one of those that are asked for.
    const asked = Math.min(sought === null ? limit : limit + 1, MAX_READ_RECORDS);
    const page = await this.#page(shardId, iterator, asked);
    const records = (page.Records ?? []).map(toStreamRecord);
    const behindMs = page.MillisBehindLatest ?? 0;
    const isEnd = page.NextShardIterator === undefined;
    const isFound = sought !== null && records[0]?.sequenceNumber === sought;
    if (isFound) records.shift();
    // No other record yet, and more is to come: the next read may bring the one that is sought.
    const isOpen = sought !== null && !isFound && records.length === 0 && behindMs > 0 && !isEnd;
    const next = { shardId, iterator: page.NextShardIterator ?? '', behindMs };
    return {
      records: records.slice(0, limit),
      millisBehindLatest: behindMs,
      next: isEnd ? null : nextPosition({ ...next, sought: isOpen ? sought : null }),
      mayHaveLost: isFound || isOpen ? false : await this.#mayHaveLost(shardId, position, place),
    };
  }

  async put(records: readonly NewRecord[]): Promise<readonly PutResult[]> {
    assertPut(records);
    const command = new PutRecordsCommand({
      StreamName: this.#calls.streamName,
      Records: records.map(({ partitionKey, data }) => ({
        PartitionKey: partitionKey,
        Data: new Uint8Array(data),
      })),
    });
    // Repeated by itself, a put that did happen would store its records twice.
    failAtLostAnswer(command);
    try {
      const { Records: results = [] } = await this.#client.send(command);
      assert(results.length === records.length, 'Kinesis answers each record of a put');
      return results.map(toPutResult);
    } catch (error) {
      if (error instanceof NoAnswerError) {
        const message = `put into stream ${this.#calls.streamName}: no answer: ${error.message}`;
        throw new RetryableError(message, { cause: error });
      }
      throw this.#calls.toStreamError(error, 'PutRecords');
    }
  }

  /** Up to a second ahead of the service's clock, so that no record stored before it is later. */
  async now(): Promise<EpochMs> {
    return (await this.#calls.summary()).nowMs;
  }

  async split(shardId: string): Promise<readonly [Shard, Shard]> {
    const [low, high] = await this.#reshard.split(shardId);
    return [toShard(low), toShard(high)];
  }

  async merge(shardIdA: string, shardIdB: string): Promise<Shard> {
    return toShard(await this.#reshard.merge(shardIdA, shardIdB));
  }

  async #iteratorAt(
    shardId: string,
    position: Exclude<ReadPosition, { kind: 'next' }>,
  ): Promise<string> {
    const command = new GetShardIteratorCommand({
      StreamName: this.#calls.streamName,
      ShardId: shardId,
      ...iteratorStart(position),
    });
    try {
      const { ShardIterator } = await this.#client.send(command);
      assert(ShardIterator !== undefined, 'Kinesis gives an iterator');
      return ShardIterator;
    } catch (error) {
      throw await this.#toReadError(error, shardId, 'GetShardIterator');
    }
  }

  async #page(shardId: string, iterator: string, limit: number): Promise<GetRecordsCommandOutput> {
    try {
      return await this.#client.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }),
      );
    } catch (error) {
      throw await this.#toReadError(error, shardId, 'GetRecords');
    }
  }

  async #toReadError(error: unknown, shardId: string, action: string): Promise<unknown> {
    const options = { cause: error };
    if (isNamed(error, 'ExpiredIteratorException')) {
      const message = `the read position of ${shardId} is older than five minutes`;
      return new RetryableError(message, options);
    }
    if (isNamed(error, 'InvalidArgumentException')) {
      return new RangeError(`${shardId}: ${(error as Error).message}`, options);
    }
    if (isNamed(error, 'ResourceNotFoundException')) {
      // The stream or the shard: if there is no stream, this says so.
      await this.#calls.summary();
      return new ShardNotFoundError(shardId, options);
    }
    return this.#calls.toStreamError(error, action);
  }

  async #mayHaveLost(
    shardId: string,
    position: ReadPosition,
    { behindMs, sought }: { behindMs: number; sought: string | null },
  ): Promise<boolean> {
    if (sought !== null) return mayHaveTrimmed(this.#calls, shardId, null);
    if (position.kind === 'next') return mayHaveTrimmedSince(this.#calls, behindMs);
    return mayHaveTrimmed(
      this.#calls,
      shardId,
      position.kind === 'at_time' ? position.timeMs : null,
    );
  }
}

function toStreamRecord(record: KinesisRecord): StreamRecord {
  const { SequenceNumber, PartitionKey, ApproximateArrivalTimestamp, Data } = record;
  assert(
    SequenceNumber !== undefined &&
      PartitionKey !== undefined &&
      ApproximateArrivalTimestamp !== undefined,
    'Kinesis tells number, key and arrival of a record',
  );
  return {
    sequenceNumber: SequenceNumber,
    partitionKey: PartitionKey,
    arrivalTimeMs: ApproximateArrivalTimestamp.getTime() as EpochMs,
    // Its own memory: small buffers share that of all buffers.
    data: new Uint8Array(Data ?? []),
  };
}

function toPutResult(result: PutRecordsResultEntry): PutResult {
  const { ShardId, SequenceNumber, ErrorCode, ErrorMessage } = result;
  if (ErrorCode !== undefined) {
    const isThrottle = ErrorCode === 'ProvisionedThroughputExceededException';
    const message = `${ErrorCode}: ${ErrorMessage ?? 'no message'}`;
    return { status: isThrottle ? 'throttled' : 'failed', message };
  }
  assert(ShardId !== undefined && SequenceNumber !== undefined, 'a stored record has a number');
  return { status: 'stored', shardId: ShardId, sequenceNumber: SequenceNumber };
}
