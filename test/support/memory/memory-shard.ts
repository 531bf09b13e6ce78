import { type HashKeyRange, toShardRange } from '../../../lambdas/shared/adapters/hash-ranges.ts';
import {
  FIRST_COUNTER,
  sequenceNumberOf,
  shardIdOf,
} from '../../../lambdas/shared/adapters/record-numbering.ts';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import type { NewRecord, Shard, StreamRecord } from '../../../lambdas/shared/ports/event-stream.ts';

/** One shard of a stream in memory. Counters of its records have no gaps. */
export class MemoryShard {
  readonly index: number;
  readonly shardId: string;
  readonly range: HashKeyRange;
  readonly #parentShardIds: readonly string[];
  readonly firstCounter: number;
  closedAtMs: number | null = null;
  /** True once the shard cannot be read any more. */
  isGone = false;
  #records: StreamRecord[] = [];
  #lastArrivalMs: number;
  #lastTrimmedArrivalMs = Number.NEGATIVE_INFINITY;
  /** Counter of `#records[0]`, or of the next record. */
  #startCounter: number;

  constructor(index: number, range: HashKeyRange, parents: readonly MemoryShard[]) {
    this.index = index;
    this.shardId = shardIdOf(index);
    this.range = range;
    this.#parentShardIds = parents.map((parent) => parent.shardId);
    this.firstCounter = Math.max(FIRST_COUNTER, ...parents.map((parent) => parent.#nextCounter));
    this.#startCounter = this.firstCounter;
    this.#lastArrivalMs = Math.max(0, ...parents.map((parent) => parent.#lastArrivalMs));
  }

  get recordCount(): number {
    return this.#records.length;
  }

  /** Arrival of its newest record; before the first one, that of its parents. */
  get lastArrivalMs(): number {
    return this.#lastArrivalMs;
  }

  /** Counter of the last record that is gone by age. */
  get trimmedThrough(): number {
    return this.#startCounter - 1;
  }

  get #nextCounter(): number {
    return this.#startCounter + this.#records.length;
  }

  describe(): Shard {
    return {
      shardId: this.shardId,
      parentShardIds: this.#parentShardIds,
      hashKeyRange: toShardRange(this.range),
    };
  }

  /** Appends a record; its arrival time is never before that of the previous one. */
  append(record: NewRecord, nowMs: number): StreamRecord {
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, nowMs);
    const stored = {
      sequenceNumber: sequenceNumberOf(this.index, this.#nextCounter),
      arrivalTimeMs: this.#lastArrivalMs as EpochMs,
      ...record,
    };
    this.#records.push(stored);
    return stored;
  }

  close(nowMs: number): void {
    this.closedAtMs = Math.max(nowMs, this.#lastArrivalMs);
  }

  /**
   * The record with this counter, or the oldest one kept if it was trimmed; undefined at the tip.
   */
  recordAt(counter: number): StreamRecord | undefined {
    return this.#records[Math.max(0, counter - this.#startCounter)];
  }

  /** Returns the first record even if it exceeds `maxBytes`. */
  recordsFrom(counter: number, most: { limit: number; maxBytes: number }): StreamRecord[] {
    const start = Math.max(0, counter - this.#startCounter);
    const records: StreamRecord[] = [];
    let totalBytes = 0;
    for (const record of this.#records.slice(start, start + most.limit)) {
      totalBytes += record.data.length;
      if (totalBytes > most.maxBytes && records.length > 0) break;
      records.push(record);
    }
    return records;
  }

  /**
   * Counter of the first record that arrived at this time or later; that of a trimmed one if it may
   * have.
   */
  counterAtTime(timeMs: number): number {
    if (timeMs <= this.#lastTrimmedArrivalMs) return this.trimmedThrough;
    const at = this.#records.findIndex((record) => record.arrivalTimeMs >= timeMs);
    return at === -1 ? this.#nextCounter : this.#startCounter + at;
  }

  /** Removes the records up to this counter, as expiry does. */
  trimThrough(counter: number): void {
    const trimmed = this.#records.splice(0, Math.max(0, counter + 1 - this.#startCounter));
    const last = trimmed.at(-1);
    if (last === undefined) return;
    this.#startCounter += trimmed.length;
    this.#lastTrimmedArrivalMs = last.arrivalTimeMs;
  }
}
