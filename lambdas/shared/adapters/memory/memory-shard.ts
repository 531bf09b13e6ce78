import type { EpochMs } from '../../model/time.ts';
import type { NewRecord, Shard, StreamRecord } from '../../ports/event-stream.ts';
import { type HashKeyRange, toShardRange } from '../hash-ranges.ts';
import { FIRST_COUNTER, sequenceNumberOf, shardIdOf } from '../record-numbering.ts';

/** One shard of a stream in memory. Its records have counters without holes. */
export class MemoryShard {
  readonly index: number;
  readonly shardId: string;
  readonly range: HashKeyRange;
  readonly #parentShardIds: readonly string[];
  readonly firstCounter: number;
  closedAtMs: number | null = null;
  /** Nobody can read it any more. */
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

  /** Of its newest record, or that of its parents. */
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

  recordAt(counter: number): StreamRecord | undefined {
    return this.#records[Math.max(0, counter - this.#startCounter)];
  }

  /** At least one record where there is one. */
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

  /** Of the first record that arrived at this time or later; of a trimmed one if it may have. */
  counterAtTime(timeMs: number): number {
    if (timeMs <= this.#lastTrimmedArrivalMs) return this.trimmedThrough;
    const at = this.#records.findIndex((record) => record.arrivalTimeMs >= timeMs);
    return at === -1 ? this.#nextCounter : this.#startCounter + at;
  }

  trimThrough(counter: number): void {
    const trimmed = this.#records.splice(0, Math.max(0, counter + 1 - this.#startCounter));
    const last = trimmed.at(-1);
    if (last === undefined) return;
    this.#startCounter += trimmed.length;
    this.#lastTrimmedArrivalMs = last.arrivalTimeMs;
  }
}
