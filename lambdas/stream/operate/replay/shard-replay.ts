import { assert } from '../../../shared/model/errors.ts';
import type { EpochMs } from '../../../shared/model/time.ts';
import type { StreamRecord } from '../../../shared/ports/event-stream.ts';
import { readAhead } from '../../../shared/runtime/read-ahead.ts';
import type { PlannedEntry } from '../../../shared/state/epoch-plan.ts';
import { foldShard, type ShardFold } from '../../../shared/state/fold.ts';
import { isAfter } from '../../../shared/state/sequence-order.ts';
import type { ShardHead } from '../../../shared/state/shard-head.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { TransactStatus } from '../../../shared/state/transact.ts';
import {
  type AppendKind,
  appendRecords,
  type ConsumeMemory,
} from '../../consume/append-records.ts';
import type { FoldCache } from '../../consume/fold-cache.ts';
import { raiseFloor } from '../../publish/plan/raise-floors.ts';
import { sealOnce } from '../../shards/open-shard.ts';
import { consumedNumbers } from '../redrive/consumed-numbers.ts';
import { addRange, readRedriven } from '../redrive/redriven.ts';
import {
  type ArchivedEntry,
  floorOf,
  isTaken,
  rangeOf,
  readEntry,
  recordsOf,
} from './archived-entry.ts';

export interface ShardReplayOptions {
  readonly context: StreamContext;
  readonly shardId: string;
  /** Used by this replay alone while it runs. */
  readonly memory: ConsumeMemory;
  readonly folds: FoldCache;
  /** Segments read ahead of those that are appended: bytes as stored, not yet unpacked. */
  readonly parallelReads: number;
  readonly isTimeUp: () => boolean;
  readonly children: readonly string[];
}

export interface ShardReplayed {
  /** False: the time was up before. */
  readonly isWhole: boolean;
  /** Number of records that this replay appended. */
  readonly records: number;
}

/**
 * Appends entries of the archive to the log of one shard. Outcomes depend on the order of records
 * and floors, never on where entries begin and end (architecture §4): consecutive entries with
 * records become one, as large as a consumer's batch, and the last of consecutive fences replaces
 * all. An entry after a gap begins a new one.
 */
export class ShardReplay {
  readonly #options: ShardReplayOptions;
  readonly #context: StreamContext;
  #fold: ShardFold | null;
  /** True while the fold equals HEAD after this replay's last append. */
  #isCurrent = false;
  #appended = 0;
  /** What is appended next: the floor, then the records. */
  #floorMs: EpochMs | null = null;
  #records: StreamRecord[] = [];
  #recordBytes = 0;
  #gapAfter: string | null = null;

  constructor(options: ShardReplayOptions) {
    this.#options = options;
    this.#context = options.context;
    this.#fold = options.folds.get(options.shardId);
  }

  /** Appends what was taken even if the time is up, so that each call makes progress. */
  async replay(entries: readonly PlannedEntry[]): Promise<ShardReplayed> {
    const { shardId, folds, parallelReads, isTimeUp } = this.#options;
    const { head } = await this.#foldNow();
    const left = entries.filter((entry) => !isTaken(head, entry));
    const read = (entry: PlannedEntry) => readEntry(this.#context, shardId, entry);
    let isWhole = true;
    for await (const archived of readAhead(left, parallelReads, read)) {
      if (isTimeUp()) {
        isWhole = false;
        break;
      }
      await this.#take(archived);
    }
    await this.#append();
    if (this.#fold !== null) folds.set(this.#fold);
    return { isWhole, records: this.#appended };
  }

  async #take(archived: ArchivedEntry): Promise<void> {
    const { entry } = archived;
    switch (entry.kind) {
      case 'records':
        return await this.#takeRecords(entry, recordsOf(archived));
      case 'fence':
        if (this.#records.length > 0) await this.#append();
        this.#floorMs = floorOf(entry);
        return;
      case 'redrive':
        await this.#append();
        return await this.#redrive(entry, recordsOf(archived));
      case 'seal':
        await this.#append();
        return await this.#seal(entry.end_reached === true);
    }
  }

  async #takeRecords(
    { gap_after: gapAfter }: PlannedEntry,
    records: readonly StreamRecord[],
  ): Promise<void> {
    const { batchSize, segmentBytes } = this.#context.config.stream;
    const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
    const isFull =
      this.#records.length + records.length > batchSize || this.#recordBytes + bytes > segmentBytes;
    if (this.#records.length > 0 && (isFull || gapAfter !== null)) await this.#append();
    if (this.#records.length === 0) this.#gapAfter = gapAfter;
    for (const record of records) this.#records.push(record);
    this.#recordBytes += bytes;
  }

  async #append(): Promise<void> {
    const floorMs = this.#floorMs;
    if (floorMs !== null) {
      await this.#unless(
        (head) => floorMs <= head.floorMs,
        async (fold) => {
          this.#isCurrent = false;
          return await raiseFloor(this.#context, fold, floorMs, 'drain');
        },
      );
    }
    const records = this.#records;
    const last = records.at(-1);
    if (last !== undefined) {
      await this.#unless(
        ({ checkpoint }) => !isAfter(last.sequenceNumber, checkpoint),
        async (fold) => await this.#appendAfterCheckpoint(fold, records),
      );
    }
    this.#floorMs = null;
    this.#records = [];
    this.#recordBytes = 0;
    this.#gapAfter = null;
  }

  /** Records up to the checkpoint are in the log already, and a gap before them is noted there. */
  async #appendAfterCheckpoint(
    fold: ShardFold,
    records: readonly StreamRecord[],
  ): Promise<TransactStatus> {
    const { checkpoint } = fold.head;
    const fresh = records.filter(({ sequenceNumber }) => isAfter(sequenceNumber, checkpoint));
    const gapAfter = fresh.length === records.length ? this.#gapAfter : null;
    return await this.#appendTo(fold, fresh, { kind: 'records', sourceShard: null, gapAfter });
  }

  /** Noted as redriven here, too: a redrive of the new consumer does not bring them again. */
  async #redrive(entry: PlannedEntry, all: readonly StreamRecord[]): Promise<void> {
    const context = this.#context;
    const { source_shard: sourceShard } = entry;
    const source = sourceShard ?? this.#options.shardId;
    await this.#unless(
      () => false,
      async (fold) => {
        let before = await readRedriven(context, source);
        const isConsumed = await consumedNumbers(context, source, rangeOf(entry), before);
        const records = all.filter(({ sequenceNumber }) => !isConsumed(sequenceNumber));
        return await this.#appendTo(fold, records, {
          ...{ kind: 'redrive', sourceShard, gapAfter: null },
          also: (cut) => {
            const first = cut[0].sequenceNumber;
            const { sequenceNumber: last } = cut[cut.length - 1];
            const { operation, after } = addRange(context, source, before, { first, last });
            before = after;
            return [operation];
          },
        });
      },
    );
  }

  async #seal(endReached: boolean): Promise<void> {
    const { children } = this.#options;
    await this.#unless(
      () => false,
      async (fold) => {
        this.#isCurrent = false;
        return await sealOnce(this.#context, fold, children, endReached);
      },
    );
  }

  async #appendTo(
    fold: ShardFold,
    records: readonly StreamRecord[],
    append: AppendKind,
  ): Promise<TransactStatus> {
    const { memory } = this.#options;
    const { status, appended } = await appendRecords(this.#context, fold, records, memory, append);
    this.#appended += appended;
    return status;
  }

  /** Appends by the newest fold until it is committed, or HEAD says that the log has it. */
  async #unless(
    isDone: (head: ShardHead) => boolean,
    append: (fold: ShardFold) => Promise<TransactStatus>,
  ): Promise<void> {
    for (;;) {
      const fold = await this.#foldNow();
      if (fold.head.sealed || isDone(fold.head)) return;
      if ((await append(fold)) === 'committed') return;
      // Claims of what was not committed are in it.
      this.#fold = null;
    }
  }

  async #foldNow(): Promise<ShardFold> {
    if (this.#fold !== null && this.#isCurrent) return this.#fold;
    const fold = await foldShard(this.#context, this.#options.shardId, this.#fold);
    assert(fold !== null, `${this.#options.shardId} has a HEAD`);
    this.#fold = fold;
    this.#isCurrent = true;
    return fold;
  }
}
