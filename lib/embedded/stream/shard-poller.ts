import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import type {
  ReadPosition,
  Shard,
  StreamRecord,
} from '../../../lambdas/shared/ports/event-stream.ts';
import { ShardNotFoundError } from '../../../lambdas/shared/runtime/errors.ts';
import { readHead } from '../../../lambdas/shared/state/fold.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import type { ConsumeResult } from '../../../lambdas/stream/consume-orders/consume-orders.ts';
import { positionAfter } from '../../../lambdas/stream/consume-orders/skipped-records.ts';
import { backoffMs, isRetryable } from './failures.ts';
import { nap } from './nap.ts';
import type { StreamObserver } from './observer.ts';

/** Between two looks at shards that had nothing. */
const IDLE_PAUSE_MS = 200;

export interface ShardPollerOptions {
  readonly context: StreamContext;
  /** Consumes record batches, one at a time. */
  readonly consume: (shardId: string, records: readonly StreamRecord[]) => Promise<ConsumeResult>;
  /** Records of a batch at most. */
  readonly batchSize: number;
  readonly observer: StreamObserver;
  /** After it no batch begins any more. */
  readonly signal: AbortSignal;
}

/** Where the poller stands in one shard: its event-source position. */
interface ShardReader {
  readonly shard: Shard;
  /** Behind everything that was consumed. */
  durable: ReadPosition;
  /** Where the next read begins; ahead of `durable` after a read that came back empty. */
  position: ReadPosition;
  /** Of a batch that failed: it comes again before anything else. */
  batch: readonly StreamRecord[];
  behindMs: number;
  failures: number;
  retryAtMs: EpochMs;
  isAtTip: boolean;
  isEnded: boolean;
}

/**
 * Delivers the records of a stream as Kinesis's event source mapping does (stream protocol §1):
 * each at least once, per shard in order and one batch at a time, parents before their children. A
 * batch that fails comes again from the lowest sequence number that was reported, for ever; other
 * shards go on meanwhile. A new process begins behind the checkpoints, so it may be killed at any
 * moment. Errors that trying again will not mend are thrown.
 */
export class ShardPoller {
  readonly #options: ShardPollerOptions;
  readonly #readers = new Map<string, ShardReader>();
  #listFailures = 0;

  constructor(options: ShardPollerOptions) {
    this.#options = options;
  }

  /** Until the signal comes, or with `tips` until every shard had nothing more in one round. */
  async run(until: 'stopped' | 'tips'): Promise<void> {
    const { context, signal } = this.#options;
    while (!signal.aborted) {
      const readers = await this.#readable();
      let records = 0;
      for (const reader of readers ?? []) {
        if (signal.aborted) return;
        records += await this.#turn(reader);
        // Whatever else waits gets its turn: the adapters of one machine may never wait themselves.
        await nextTurn();
      }
      if (until === 'tips' && readers !== null && this.#isAtTips()) return;
      if (records === 0) await nap(context.clock, this.#pauseMs(), signal);
    }
  }

  /** Those whose parents are over, in order of ids; null where the stream gave no answer. */
  async #readable(): Promise<ShardReader[] | null> {
    const { context } = this.#options;
    let shards: readonly Shard[];
    try {
      shards = await context.stream.listShards();
      for (const shard of shards) await this.#addReader(shard);
      this.#listFailures = 0;
    } catch (error) {
      if (!isRetryable(error)) throw error;
      this.#listFailures += 1;
      const pauseMs = backoffMs(this.#listFailures, context.randomness.fraction());
      this.#options.observer.onRetry({ subject: context.stream.name, error, pauseMs });
      await nap(context.clock, pauseMs, this.#options.signal);
      return null;
    }
    const listed = new Set(shards.map(({ shardId }) => shardId));
    for (const shardId of this.#readers.keys()) {
      if (!listed.has(shardId)) this.#readers.delete(shardId);
    }
    return shards
      .filter(({ parentShardIds }) => parentShardIds.every((id) => this.#isOver(id)))
      .map(({ shardId }) => this.#readers.get(shardId))
      .filter((reader): reader is ShardReader => reader !== undefined && !reader.isEnded);
  }

  /** A parent that the stream no longer lists has nothing left to read. */
  #isOver(shardId: string): boolean {
    const reader = this.#readers.get(shardId);
    return reader === undefined || reader.isEnded;
  }

  async #addReader(shard: Shard): Promise<void> {
    if (this.#readers.has(shard.shardId)) return;
    const { context } = this.#options;
    const head = await readHead(context, shard.shardId);
    const position = positionAfter(context, head?.checkpoint ?? null);
    this.#readers.set(shard.shardId, {
      shard,
      durable: position,
      position,
      batch: [],
      behindMs: 0,
      failures: 0,
      retryAtMs: 0 as EpochMs,
      isAtTip: false,
      isEnded: false,
    });
  }

  #isAtTips(): boolean {
    return [...this.#readers.values()].every(({ isAtTip, isEnded }) => isAtTip || isEnded);
  }

  #pauseMs(): number {
    const nowMs = this.#options.context.clock.now();
    const waits = [...this.#readers.values()]
      .filter(({ failures }) => failures > 0)
      .map(({ retryAtMs }) => Math.max(1, retryAtMs - nowMs));
    return Math.min(IDLE_PAUSE_MS, ...waits);
  }

  /** One batch of one shard; returns how many records were consumed. */
  async #turn(reader: ShardReader): Promise<number> {
    const { context } = this.#options;
    if (reader.retryAtMs > context.clock.now()) return 0;
    try {
      if (reader.batch.length === 0 && !(await this.#read(reader))) return 0;
      return await this.#consume(reader);
    } catch (error) {
      if (error instanceof ShardNotFoundError) {
        // Its records are gone by age; whether any were unread its children's consumer finds out.
        reader.isEnded = true;
        return 0;
      }
      if (!isRetryable(error)) throw error;
      // A `next` may have been too old.
      reader.position = reader.durable;
      this.#postpone(reader, error);
      return 0;
    }
  }

  /** False where there is nothing to consume at the moment. */
  async #read(reader: ShardReader): Promise<boolean> {
    const { context, batchSize, observer } = this.#options;
    const { shardId } = reader.shard;
    const result = await context.stream.read(shardId, reader.position, batchSize);
    reader.batch = result.records;
    reader.behindMs = result.millisBehindLatest;
    reader.failures = 0;
    if (result.records.length > 0) {
      reader.isAtTip = false;
      return true;
    }
    reader.isEnded = result.next === null;
    const isAtTip = reader.isEnded || result.millisBehindLatest === 0;
    if (isAtTip && !reader.isAtTip) observer.onTip(shardId);
    reader.isAtTip = isAtTip;
    // At the tip the position stays: it does not grow old, as a `next` does.
    reader.position = isAtTip ? reader.durable : (result.next ?? reader.durable);
    return false;
  }

  async #consume(reader: ShardReader): Promise<number> {
    const { consume, observer } = this.#options;
    const { shardId } = reader.shard;
    const { batch } = reader;
    const result = await consume(shardId, batch);
    const failedAt =
      result.status === 'consumed'
        ? batch.length
        : batch.findIndex(({ sequenceNumber }) => sequenceNumber === result.fromSequenceNumber);
    // A number that is none of the batch's: all of it comes again.
    const consumed = batch.slice(0, Math.max(0, failedAt));
    reader.batch = batch.slice(consumed.length);
    const last = consumed.at(-1);
    if (last !== undefined) {
      reader.durable = { kind: 'after', sequenceNumber: last.sequenceNumber };
      reader.position = reader.durable;
      const bytes = consumed.reduce((sum, { data }) => sum + data.length, 0);
      const { behindMs } = reader;
      observer.onBatch({ shardId, records: consumed.length, bytes, behindMs });
    }
    if (result.status === 'failed') {
      if (!isRetryable(result.error)) throw result.error;
      this.#postpone(reader, result.error);
    } else {
      reader.failures = 0;
    }
    return consumed.length;
  }

  #postpone(reader: ShardReader, error: Error): void {
    const { context, observer } = this.#options;
    reader.failures += 1;
    const pauseMs = backoffMs(reader.failures, context.randomness.fraction());
    reader.retryAtMs = (context.clock.now() + pauseMs) as EpochMs;
    reader.isAtTip = false;
    observer.onRetry({ subject: reader.shard.shardId, error, pauseMs });
  }
}
