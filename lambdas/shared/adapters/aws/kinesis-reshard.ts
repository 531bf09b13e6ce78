import { MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { RetryableError, ShardNotFoundError, TerminalError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type HashKeyRange, halve, unite } from '../hash-ranges.ts';
import { isNamed } from './aws-errors.ts';
import type { KinesisCalls, ListedShard } from './kinesis-calls.ts';

/** A stream is updated within a minute as a rule. */
const UPDATE_POLLS_MAX = 300;
const FIRST_PAUSE_MS = 100;
const PAUSE_MS_MAX = 2_000;

/** Splits and merges shards of a Kinesis stream; returns once the stream is active again. */
export class KinesisReshard {
  readonly #calls: KinesisCalls;
  readonly #clock: Clock;

  constructor(calls: KinesisCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  /**
   * Splits a shard in the middle; the child with the lower hash keys comes first. Throws
   * `ShardNotFoundError`, `TerminalError` `shard_closed`, `RetryableError` while the stream is
   * being changed.
   */
  async split(shardId: string): Promise<[ListedShard, ListedShard]> {
    const shard = await this.#findOpen(shardId);
    const [, high] = halve(shardId, rangeOf(shard));
    const command = new SplitShardCommand({
      StreamName: this.#calls.streamName,
      ShardToSplit: shardId,
      NewStartingHashKey: `${high.start}`,
    });
    await this.#change('SplitShard', () => this.#calls.client.send(command));
    const [first, second] = await this.#childrenOf(shardId, 2);
    return BigInt(first.hashKeyRange.start) < high.start ? [first, second] : [second, first];
  }

  /**
   * Merges two adjacent shards, given in either order. Throws `ShardNotFoundError`, `TerminalError`
   * if one is closed or they are not adjacent, `RetryableError` while the stream is being changed.
   */
  async merge(shardIdA: string, shardIdB: string): Promise<ListedShard> {
    const parents = [await this.#findOpen(shardIdA), await this.#findOpen(shardIdB)];
    const [low, high] = parents
      .map((shard) => ({ shardId: shard.shardId, range: rangeOf(shard) }))
      .sort((a, b) => (a.range.start < b.range.start ? -1 : 1));
    unite(low, high);
    const command = new MergeShardsCommand({
      StreamName: this.#calls.streamName,
      ShardToMerge: low.shardId,
      AdjacentShardToMerge: high.shardId,
    });
    await this.#change('MergeShards', () => this.#calls.client.send(command));
    return (await this.#childrenOf(shardIdA, 1))[0];
  }

  async #findOpen(shardId: string): Promise<ListedShard> {
    const shard = (await this.#calls.shards()).find((one) => one.shardId === shardId);
    if (shard === undefined) throw new ShardNotFoundError(shardId);
    if (shard.isOpen) return shard;
    throw new TerminalError('shard_closed', `${shardId} is closed; split or merge an open shard`);
  }

  async #change(action: string, ask: () => Promise<unknown>): Promise<void> {
    // A stream that is being changed takes no further change.
    await this.#untilActive();
    try {
      await ask();
    } catch (error) {
      if (isNamed(error, 'ResourceInUseException')) {
        const message = `${action}: ${this.#calls.streamName} is being changed by another call`;
        throw new RetryableError(message, { cause: error });
      }
      throw this.#calls.toStreamError(error, action);
    }
    await this.#untilActive();
  }

  async #untilActive(): Promise<void> {
    for (let polls = 0; !(await this.#calls.summary()).isActive; polls++) {
      if (polls === UPDATE_POLLS_MAX) {
        throw new RetryableError(`${this.#calls.streamName} did not become active`);
      }
      await this.#clock.sleep(Math.min(FIRST_PAUSE_MS * 2 ** polls, PAUSE_MS_MAX));
    }
  }

  async #childrenOf(shardId: string, count: number): Promise<ListedShard[]> {
    const shards = await this.#calls.shards();
    const children = shards.filter((one) => one.parentShardIds.includes(shardId));
    if (children.length === count) return children;
    throw new RetryableError(`${shardId} has ${children.length} children, expected ${count}`);
  }
}

function rangeOf({ hashKeyRange: { start, end } }: ListedShard): HashKeyRange {
  return { start: BigInt(start), end: BigInt(end) };
}
