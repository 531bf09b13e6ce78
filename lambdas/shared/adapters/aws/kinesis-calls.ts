import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  type Shard as KinesisShard,
  ListShardsCommand,
  type ShardFilter,
  type StreamDescriptionSummary,
} from '@aws-sdk/client-kinesis';
import { assert, TerminalError } from '../../model/errors.ts';
import { type EpochMs, MS_PER_HOUR } from '../../model/time.ts';
import type { Shard } from '../../ports/event-stream.ts';
import { isNamed, toCallError } from './aws-errors.ts';
import { watchHeaders } from './lost-answers.ts';

/** The header has seconds: the last millisecond of that one is not before the service's clock. */
const LAST_MS_OF_SECOND = 999;

/** A shard, and whether it still takes records. */
export interface ListedShard extends Shard {
  readonly isOpen: boolean;
}

export interface StreamSummary {
  readonly arn: string;
  readonly createdAtMs: number;
  readonly retentionMs: number;
  readonly isActive: boolean;
  /** The service's clock; up to a second ahead. */
  readonly nowMs: EpochMs;
}

/** Kinesis calls that ask about a stream and its shards, with their errors mapped. */
export class KinesisCalls {
  readonly client: KinesisClient;
  readonly streamName: string;

  constructor(client: KinesisClient, streamName: string) {
    this.client = client;
    this.streamName = streamName;
  }

  /** Facts about the stream, with the service's clock from the answer's `Date` header. */
  async summary(): Promise<StreamSummary> {
    const command = new DescribeStreamSummaryCommand({ StreamName: this.streamName });
    const headers = watchHeaders(command);
    const { StreamDescriptionSummary: found } = await this.asked('DescribeStreamSummary', () =>
      this.client.send(command),
    );
    assert(found !== undefined, 'Kinesis describes a stream');
    return { ...summaryOf(found), nowMs: dateOf(headers()) };
  }

  /** All shards that match the filter, in order of shard ids. */
  async shards(filter?: ShardFilter): Promise<ListedShard[]> {
    const shards: ListedShard[] = [];
    let token: string | undefined;
    do {
      // A further page is named by its token alone.
      const command = new ListShardsCommand(
        token === undefined
          ? { StreamName: this.streamName, ...(filter && { ShardFilter: filter }) }
          : { NextToken: token },
      );
      const page = await this.asked('ListShards', () => this.client.send(command));
      shards.push(...(page.Shards ?? []).map(toListedShard));
      token = page.NextToken;
    } while (token !== undefined);
    return shards.sort((a, b) => (a.shardId < b.shardId ? -1 : 1));
  }

  /** Errors that mean nothing special to the call, as those of the port. */
  async asked<T>(action: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw this.toStreamError(error, action);
    }
  }

  /**
   * Maps an SDK error to the port's: `TerminalError` `stream_not_found`, otherwise as
   * `toCallError`.
   */
  toStreamError(error: unknown, action: string): unknown {
    if (isNamed(error, 'ResourceNotFoundException')) {
      const message = `no stream ${this.streamName}: check the name, the account and the region`;
      return new TerminalError('stream_not_found', message, { cause: error });
    }
    const resource = `stream ${this.streamName}`;
    return toCallError(error, {
      what: `${action} of ${resource}`,
      resource,
      permission: `kinesis:${action}`,
    });
  }
}

function summaryOf(found: StreamDescriptionSummary): Omit<StreamSummary, 'nowMs'> {
  const { StreamARN, StreamCreationTimestamp, RetentionPeriodHours, StreamStatus } = found;
  assert(
    StreamARN !== undefined &&
      StreamCreationTimestamp !== undefined &&
      RetentionPeriodHours !== undefined,
    'Kinesis tells ARN, creation time and retention of a stream',
  );
  return {
    arn: StreamARN,
    createdAtMs: StreamCreationTimestamp.getTime(),
    retentionMs: RetentionPeriodHours * MS_PER_HOUR,
    isActive: StreamStatus === 'ACTIVE',
  };
}

function dateOf({ date }: Readonly<Record<string, string>>): EpochMs {
  const dateMs = Date.parse(date ?? '');
  assert(Number.isFinite(dateMs), `an answer has the date, got ${date}`);
  return (dateMs + LAST_MS_OF_SECOND) as EpochMs;
}

function toListedShard(shard: KinesisShard): ListedShard {
  const { ShardId, ParentShardId, AdjacentParentShardId, HashKeyRange } = shard;
  assert(ShardId !== undefined && HashKeyRange !== undefined, 'Kinesis lists ids and ranges');
  const { StartingHashKey, EndingHashKey } = HashKeyRange;
  assert(StartingHashKey !== undefined && EndingHashKey !== undefined, 'a range has two ends');
  return {
    shardId: ShardId,
    parentShardIds: [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined),
    hashKeyRange: { start: StartingHashKey, end: EndingHashKey },
    isOpen: shard.SequenceNumberRange?.EndingSequenceNumber === undefined,
  };
}

/** A listed shard without what only Kinesis needs. */
export function toShard({ shardId, parentShardIds, hashKeyRange }: ListedShard): Shard {
  return { shardId, parentShardIds, hashKeyRange };
}
