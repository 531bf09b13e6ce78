import {
  cutHashKeys,
  halve,
  shardOfHashKey,
  unite,
} from '../../../lambdas/shared/adapters/hash-ranges.ts';
import {
  counterOf,
  nextPosition,
  placeOf,
} from '../../../lambdas/shared/adapters/record-numbering.ts';
import { assertPut, assertReadLimit } from '../../../lambdas/shared/adapters/stream-limits.ts';
import {
  RetryableError,
  ShardNotFoundError,
  TerminalError,
} from '../../../lambdas/shared/model/errors.ts';
import { hashKeyOf } from '../../../lambdas/shared/model/hash-key.ts';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import {
  MAX_READ_BYTES,
  NEXT_LIFE_MS,
  type NewRecord,
  type PutResult,
  type ReadPosition,
  type ReadResult,
  type ReshardableStream,
  type Shard,
  type StreamRecord,
} from '../../../lambdas/shared/ports/event-stream.ts';
import { MemoryShard } from './memory-shard.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface MemoryEventStreamOptions {
  readonly name?: string;
  readonly shardCount?: number;
  readonly clock?: Clock;
  /** Defaults to the name and the time of creation. */
  readonly identity?: string;
}

/**
 * A stream in arrays, for tests and simulations. A call takes effect at once. Nothing stored or
 * handed out shares memory with a caller. Records stay until `trimThrough` or `expire`.
 */
export class MemoryEventStream implements ReshardableStream {
  readonly name: string;
  readonly #clock: Clock;
  readonly #identity: string;
  /** All shards by index, including expired ones. */
  readonly #shards: MemoryShard[] = [];
  /** In order of their hash ranges. */
  #open: MemoryShard[] = [];

  constructor(options: MemoryEventStreamOptions = {}) {
    this.name = options.name ?? 'memory';
    this.#clock = options.clock ?? new VirtualClock();
    this.#identity = options.identity ?? `${this.name}@${this.#clock.now()}`;
    for (const range of cutHashKeys(options.shardCount ?? 1)) {
      this.#open.push(this.#add(new MemoryShard(this.#shards.length, range, [])));
    }
  }

  async identity(): Promise<string> {
    return this.#identity;
  }

  async listShards(): Promise<readonly Shard[]> {
    return this.#shards.filter((shard) => !shard.isGone).map((shard) => shard.describe());
  }

  async read(shardId: string, position: ReadPosition, limit: number): Promise<ReadResult> {
    assertReadLimit(limit);
    const shard = this.#find(shardId);
    const wanted = this.#counterAt(shard, position);
    const records = shard.recordsFrom(wanted, { limit, maxBytes: MAX_READ_BYTES });
    const last = records.at(-1);
    const counter =
      last === undefined
        ? Math.max(wanted, shard.trimmedThrough + 1)
        : counterOf(shard.index, last.sequenceNumber) + 1;
    const behind = shard.recordAt(counter);
    const isEnd = shard.closedAtMs !== null && behind === undefined;
    const nowMs = this.#now();
    return {
      records: records.map(copyRecord),
      millisBehindLatest:
        behind === undefined ? 0 : Math.max(1, nowMs - (last ?? behind).arrivalTimeMs),
      next: isEnd
        ? null
        : nextPosition({ shardIndex: shard.index, counter, madeAtMs: this.#clock.now() }),
      mayHaveLost: wanted <= shard.trimmedThrough,
    };
  }

  async put(records: readonly NewRecord[]): Promise<readonly PutResult[]> {
    assertPut(records);
    const nowMs = this.#clock.now();
    return records.map(({ partitionKey, data }) => {
      const shard = shardOfHashKey(this.#open, hashKeyOf(partitionKey));
      const { sequenceNumber } = shard.append({ partitionKey, data: new Uint8Array(data) }, nowMs);
      return { status: 'stored', shardId: shard.shardId, sequenceNumber };
    });
  }

  async now(): Promise<EpochMs> {
    return this.#now();
  }

  async split(shardId: string): Promise<readonly [Shard, Shard]> {
    const parent = this.#findOpen(shardId);
    const [low, high] = halve(shardId, parent.range).map((range) => this.#child(range, [parent]));
    return [low, high];
  }

  async merge(shardIdA: string, shardIdB: string): Promise<Shard> {
    const parents = [this.#findOpen(shardIdA), this.#findOpen(shardIdB)];
    return this.#child(unite(parents[0], parents[1]), parents);
  }

  /**
   * Records up to and including this one are gone, as if by age. A closed shard without records is
   * then gone too.
   */
  trimThrough(shardId: string, sequenceNumber: string): void {
    const shard = this.#find(shardId);
    shard.trimThrough(counterOf(shard.index, sequenceNumber));
    if (shard.closedAtMs !== null && shard.recordCount === 0) shard.isGone = true;
  }

  /**
   * Records older than `ageMs` are gone, and closed shards that have none left and were closed as
   * long ago.
   */
  expire(ageMs: number): void {
    const endMs = this.#clock.now() - ageMs;
    for (const shard of this.#shards) {
      shard.trimThrough(shard.counterAtTime(endMs) - 1);
      const { closedAtMs, recordCount } = shard;
      if (closedAtMs !== null && closedAtMs < endMs && recordCount === 0) shard.isGone = true;
    }
  }

  /** No record is of a later time, although the clock may have been set back. */
  #now(): EpochMs {
    const latest = this.#open.map((shard) => shard.lastArrivalMs);
    return Math.max(this.#clock.now(), ...latest) as EpochMs;
  }

  #counterAt(shard: MemoryShard, position: ReadPosition): number {
    if (position.kind === 'start') return shard.firstCounter;
    if (position.kind === 'after') return counterOf(shard.index, position.sequenceNumber) + 1;
    if (position.kind === 'at_time') return shard.counterAtTime(position.timeMs);
    const { counter, madeAtMs } = placeOf(shard.index, position.token);
    if (this.#clock.now() - madeAtMs > NEXT_LIFE_MS) {
      throw new RetryableError(`the read position of ${shard.shardId} is older than five minutes`);
    }
    return counter;
  }

  #child(range: MemoryShard['range'], parents: readonly MemoryShard[]): Shard {
    const child = this.#add(new MemoryShard(this.#shards.length, range, parents));
    const nowMs = this.#clock.now();
    for (const parent of parents) parent.close(nowMs);
    this.#open = this.#shards
      .filter((shard) => shard.closedAtMs === null)
      .sort((a, b) => (a.range.start < b.range.start ? -1 : 1));
    return child.describe();
  }

  #add(shard: MemoryShard): MemoryShard {
    this.#shards.push(shard);
    return shard;
  }

  #find(shardId: string): MemoryShard {
    const shard = this.#shards.find((candidate) => candidate.shardId === shardId);
    if (shard === undefined || shard.isGone) throw new ShardNotFoundError(shardId);
    return shard;
  }

  #findOpen(shardId: string): MemoryShard {
    const shard = this.#find(shardId);
    if (shard.closedAtMs === null) return shard;
    throw new TerminalError('shard_closed', `${shardId} is closed; split or merge an open shard`);
  }
}

function copyRecord(record: StreamRecord): StreamRecord {
  return { ...record, data: new Uint8Array(record.data) };
}
