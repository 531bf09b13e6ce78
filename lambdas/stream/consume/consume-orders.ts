import { InputForms } from '../../shared/ingest/mapping/input-form.ts';
import { OrderColumns } from '../../shared/ingest/order-columns.ts';
import { EventParser } from '../../shared/ingest/parse-events.ts';
import { RetryableError, TerminalError } from '../../shared/model/errors.ts';
import type { StreamRecord } from '../../shared/ports/event-stream.ts';
import { foldShard, type ShardFold } from '../../shared/state/fold.ts';
import { isAfter } from '../../shared/state/sequence-order.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { openShard } from '../shards/open-shard.ts';
import { readSkipped } from '../shards/skipped-records.ts';
import { type AppendKind, appendRecords, type ConsumeMemory } from './append-records.ts';
import { Classifier } from './classify-orders.ts';
import { FoldCache } from './fold-cache.ts';

/** Records that are parsed and classified at once. */
const MAX_ROWS = 10_000;

/** A batch that loses this many races in a row is given back, to be retried later. */
const MAX_RACES = 20;

/** How a record batch ended. */
export type ConsumeResult =
  | { readonly status: 'consumed' }
  /**
   * Everything before this sequence number of the batch is in the log, or was before; from it on
   * the batch has to come again.
   */
  | { readonly status: 'failed'; readonly fromSequenceNumber: string; readonly error: unknown };

/**
 * Memory of a consumer, to be reused across batches. `spare`: unused parts to take over, because
 * allocating takes time.
 */
export function createConsumeMemory(
  { config, times }: StreamContext,
  spare: Partial<Pick<ConsumeMemory, 'parser' | 'columns'>> = {},
): ConsumeMemory {
  const { stream } = config;
  const limits = { claimBytes: stream.claimBytesPerEntry, segmentBytes: stream.segmentBytes };
  return {
    parser: spare.parser ?? new EventParser(new InputForms(config).events.rules),
    classifier: new Classifier(times, limits, MAX_ROWS),
    columns: spare.columns ?? new OrderColumns(MAX_ROWS),
    arrivalTimeMs: new Float64Array(MAX_ROWS),
    segmentBytes: new Float64Array(MAX_ROWS),
  };
}

/**
 * Consumes record batches of shards (stream protocol §2). Each record takes effect once, as one
 * line of one log entry with one outcome, however often, by however many processes and in whatever
 * batches it is delivered: an entry is appended on condition that the log is unchanged.
 */
export class OrderConsumer {
  readonly #context: StreamContext;
  readonly #folds: FoldCache;
  readonly #memory: ConsumeMemory;

  constructor(context: StreamContext, memory: ConsumeMemory = createConsumeMemory(context)) {
    this.#context = context;
    this.#folds = new FoldCache(context.config.stream.foldCacheBytes);
    this.#memory = memory;
  }

  /**
   * Records of one shard in order. Replayed ones are passed over. Never throws: an error says from
   * where the batch has to come again; whether that helps is for the caller to see from its kind.
   * Two calls must not overlap in time: the memory is shared.
   */
  async consume(shardId: string, records: readonly StreamRecord[]): Promise<ConsumeResult> {
    let rest = records;
    try {
      for (let races = 0; rest.length > 0; races++) {
        if (races > MAX_RACES) throw new RetryableError(`${shardId}: lost ${MAX_RACES} races`);
        rest = await this.#consumeOnce(shardId, rest);
      }
      return { status: 'consumed' };
    } catch (error) {
      this.#folds.delete(shardId);
      const [first] = rest;
      return { status: 'failed', fromSequenceNumber: first.sequenceNumber, error };
    }
  }

  /** One pass of the protocol; returns what is not in the log yet. */
  async #consumeOnce(shardId: string, records: readonly StreamRecord[]) {
    const fold = await this.#fold(shardId);
    if (fold === null) {
      await openShard(this.#context, shardId, this);
      return records;
    }
    const fresh = afterCheckpoint(records, fold.head.checkpoint);
    if (fresh.length === 0) return fresh;
    if (fold.head.sealed) {
      const message = `${shardId} is sealed: its log accepts no more entries`;
      throw new TerminalError('ShardSealed', message);
    }
    const { checkpoint } = fold.head;
    const [{ sequenceNumber }] = fresh;
    // Checked with every batch: one that failed in another environment may have been given up
    // meanwhile.
    const skipped = await readSkipped(this.#context, shardId, checkpoint, sequenceNumber, MAX_ROWS);
    if (skipped.isGap) this.#context.metrics.count('StreamGap', { shardId });
    const gapAfter = skipped.isGap ? checkpoint : null;
    if (skipped.records.length > 0) {
      await this.#append(fold, skipped.records, gapAfter);
      return fresh;
    }
    const appended = await this.#append(fold, fresh.slice(0, MAX_ROWS), gapAfter);
    return fresh.slice(appended);
  }

  async #append(
    fold: ShardFold,
    records: readonly StreamRecord[],
    gapAfter: string | null,
  ): Promise<number> {
    const { shardId } = fold;
    const append: AppendKind = { kind: 'records', sourceShard: null, gapAfter };
    // A fold may stay only if its last append was answered: it holds the claims of a lost one.
    this.#folds.delete(shardId);
    const result = await appendRecords(this.#context, fold, records, this.#memory, append);
    if (result.status === 'committed') this.#folds.set(fold);
    else this.#context.metrics.count('LostRace', { shardId });
    return result.appended;
  }

  /** Given a fold in memory, reads only HEAD and the newer entries. */
  async #fold(shardId: string): Promise<ShardFold | null> {
    const fold = await foldShard(this.#context, shardId, this.#folds.get(shardId));
    if (fold !== null) this.#folds.set(fold);
    return fold;
  }
}

function afterCheckpoint(
  records: readonly StreamRecord[],
  checkpoint: string | null,
): readonly StreamRecord[] {
  const first = records.findIndex(({ sequenceNumber }) => isAfter(sequenceNumber, checkpoint));
  return first < 0 ? [] : records.slice(first);
}
