import { setImmediate as nextTurn } from 'node:timers/promises';
import { ShardNotFoundError } from '../../../lambdas/shared/model/errors.ts';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import type {
  ReadPosition,
  Shard,
  StreamRecord,
} from '../../../lambdas/shared/ports/event-stream.ts';
import { readHead } from '../../../lambdas/shared/state/fold.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import type { ConsumeResult } from '../../../lambdas/stream/consume/consume-orders.ts';
import { positionAfter } from '../../../lambdas/stream/shards/skipped-records.ts';
import { nap } from '../../common/nap.ts';
import { backoffMs, isRetryable } from './failures.ts';
import type { StreamObserver } from './observer.ts';

/** Pause between two reads of shards that had nothing. */
const IDLE_PAUSE_MS = 200;

export interface ShardPollerOptions {
  readonly context: StreamContext;
  /** Consumes record batches, one at a time. */
  readonly consume: (shardId: string, records: readonly StreamRecord[]) => Promise<ConsumeResult>;
  /** Records of a batch at most. */
  readonly batchSize: number;
  readonly observer: StreamObserver;
  /** After it only records already read are consumed. */
  readonly signal: AbortSignal;
}

/** The poller's place in one shard: its event-source position. */
interface ShardReader {
  readonly shard: Shard;
  /** The position after everything that was consumed. */
  durable: ReadPosition;
  /** Where the next read begins: after the batch, or further on after a read without records. */
  position: ReadPosition;
  /** Records read and not consumed yet, or to be retried after a failure. */
  batch: readonly StreamRecord[];
  batchBytes: number;
  /** When the first record of the batch was read. */
  heldSinceMs: number;
  behindMs: number;
  failures: number;
  retryAtMs: EpochMs;
  isAtTip: boolean;
  isEnded: boolean;
}

/**
 * Delivers records as Kinesis's event source mapping does (stream protocol §1): at least once, per
 * shard in order and one batch at a time, parents before children. A failed batch comes again from
 * the lowest reported sequence number, forever; other shards go on. A new process begins after the
 * checkpoints, so it may be killed at any moment. Gathers records for `stream.gatherFor`, so that a
 * slow producer does not cause a segment per record. Throws errors that are not retryable.
 */
export class ShardPoller {
  readonly #options: ShardPollerOptions;
  readonly #readers = new Map<string, ShardReader>();
  #listFailures = 0;
  #isGathering = true;
  #isOver = false;
  /** Told when what was in hand is consumed. */
  readonly #flushes: (() => void)[] = [];

  constructor(options: ShardPollerOptions) {
    this.#options = options;
  }

  /**
   * Runs until the signal comes, or, with `tips`, until every shard had nothing more in one round.
   */
  async run(until: 'stopped' | 'tips'): Promise<void> {
    this.#isGathering = until === 'stopped';
    try {
      await this.#run(until);
      // After the signal, do not wait for batches that fail.
      const held = [...this.#readers.values()].filter(({ batch }) => batch.length > 0);
      for (const reader of held) if (reader.failures === 0) await this.#turn(reader);
    } finally {
      this.#isOver = true;
      for (const tell of this.#flushes.splice(0)) tell();
    }
  }

  /**
   * Has what is in hand consumed at once, and resolves when each shard had its turn: what is read
   * and not consumed would keep a shard from being idle (stream protocol §3, P3).
   */
  async flush(): Promise<void> {
    const isHolding = [...this.#readers.values()].some(({ batch }) => batch.length > 0);
    if (this.#isOver || !isHolding) return;
    await new Promise<void>((resolve) => this.#flushes.push(resolve));
  }

  async #run(until: 'stopped' | 'tips'): Promise<void> {
    const { context, signal } = this.#options;
    while (!signal.aborted) {
      const flushCount = this.#flushes.length;
      const readers = await this.#readable();
      let records = 0;
      for (const reader of readers ?? []) {
        if (signal.aborted) return;
        records += await this.#turn(reader);
        // Yields to other work: the adapters of one machine may never wait themselves.
        await nextTurn();
      }
      for (const tell of this.#flushes.splice(0, flushCount)) tell();
      if (until === 'tips' && readers !== null && this.#isAtTips()) return;
      if (records === 0) await nap(context.clock, this.#pauseMs(), signal);
    }
  }

  /** Shards whose parents are over, in order of ids; null if the stream gave no answer. */
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
    const gone: ShardReader[] = [];
    for (const [shardId, reader] of this.#readers) {
      if (listed.has(shardId)) continue;
      reader.isEnded = true;
      if (isOver(reader)) this.#readers.delete(shardId);
      else gone.push(reader);
    }
    return shards
      .filter(({ parentShardIds }) => parentShardIds.every((id) => this.#isDone(id)))
      .flatMap(({ shardId }) => this.#readers.get(shardId) ?? [])
      .concat(gone)
      .filter((reader) => !isOver(reader));
  }

  /** A parent that the stream no longer lists has nothing left to read. */
  #isDone(shardId: string): boolean {
    const reader = this.#readers.get(shardId);
    return reader === undefined || isOver(reader);
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
      batchBytes: 0,
      heldSinceMs: 0,
      behindMs: 0,
      failures: 0,
      retryAtMs: 0 as EpochMs,
      isAtTip: false,
      isEnded: false,
    });
  }

  #isAtTips(): boolean {
    return [...this.#readers.values()].every(
      (reader) => isOver(reader) || (reader.isAtTip && reader.batch.length === 0),
    );
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
      if (!this.#isDue(reader)) await this.#read(reader);
      return this.#isDue(reader) ? await this.#consume(reader) : 0;
    } catch (error) {
      if (error instanceof ShardNotFoundError) {
        // Its records have expired; its children's consumer finds out whether any were unread.
        reader.isEnded = true;
        return 0;
      }
      if (!isRetryable(error)) throw error;
      // A `next` may have been too old.
      reader.position = behindBatch(reader);
      this.#postpone(reader, error);
      return 0;
    }
  }

  /** True if the batch must be consumed now: it is full, or was held long enough. */
  #isDue(reader: ShardReader): boolean {
    const { batch, batchBytes, heldSinceMs, failures, isEnded } = reader;
    if (batch.length === 0) return false;
    const { context, batchSize, signal } = this.#options;
    const { gatherForMs, segmentBytes } = context.config.stream;
    const isFull = batch.length >= batchSize || batchBytes >= segmentBytes;
    const isHeld = this.#isGathering && this.#flushes.length === 0 && !signal.aborted;
    const isOld = context.clock.now() - heldSinceMs >= gatherForMs;
    return isFull || !isHeld || isOld || failures > 0 || isEnded;
  }

  async #read(reader: ShardReader): Promise<void> {
    const { context, batchSize, observer } = this.#options;
    const { shardId } = reader.shard;
    const { batch } = reader;
    const result = await context.stream.read(shardId, reader.position, batchSize - batch.length);
    const { records } = result;
    reader.behindMs = result.millisBehindLatest;
    reader.failures = 0;
    if (records.length > 0) {
      if (batch.length === 0) reader.heldSinceMs = context.clock.now();
      reader.batch = batch.length === 0 ? records : [...batch, ...records];
      reader.batchBytes += bytesOf(records);
      reader.position = behindBatch(reader);
      reader.isAtTip = false;
      return;
    }
    reader.isEnded = result.next === null;
    const isAtTip = reader.isEnded || result.millisBehindLatest === 0;
    if (isAtTip && !reader.isAtTip) observer.onTip(shardId);
    reader.isAtTip = isAtTip;
    // At the tip, keep the position: unlike a `next` it does not expire.
    const next = isAtTip ? null : result.next;
    reader.position = next ?? behindBatch(reader);
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
    reader.batchBytes = bytesOf(reader.batch);
    const last = consumed.at(-1);
    if (last !== undefined) {
      reader.durable = { kind: 'after', sequenceNumber: last.sequenceNumber };
      reader.position = behindBatch(reader);
      const bytes = bytesOf(consumed);
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

/** Where reading continues while the batch waits. */
function behindBatch({ batch, durable }: ShardReader): ReadPosition {
  const last = batch.at(-1);
  return last === undefined ? durable : { kind: 'after', sequenceNumber: last.sequenceNumber };
}

/** It was read to its end, and no record waits. */
function isOver({ isEnded, batch }: ShardReader): boolean {
  return isEnded && batch.length === 0;
}

function bytesOf(records: readonly StreamRecord[]): number {
  return records.reduce((sum, { data }) => sum + data.length, 0);
}
