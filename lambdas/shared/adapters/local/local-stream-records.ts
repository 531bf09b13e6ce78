import type { StatementSync } from 'node:sqlite';
import { assert } from '../../model/errors.ts';
import type { EpochMs } from '../../model/time.ts';
import type { NewRecord, StreamRecord } from '../../ports/event-stream.ts';
import { sequenceNumberOf } from '../record-numbering.ts';
import type { LocalShard } from './local-stream-shards.ts';
import { cellsOf, textOf } from './sqlite-cells.ts';
import type { SqliteFile } from './sqlite-file.ts';

/** A record's place in the table: its shard's index and its counter in one safe integer. */
const COUNTERS_PER_SHARD = 2 ** 40;

export interface RecordRange {
  readonly shardIndex: number;
  /** Counters `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly limit: number;
  /** Limit on the data's size; the first record is returned even if it exceeds the limit. */
  readonly maxBytes: number;
}

/** The records in a stream's file. Counters within a shard have no gaps. */
export class StreamRecords {
  readonly #append: StatementSync;
  readonly #read: StatementSync;
  readonly #arrival: StatementSync;

  constructor(file: SqliteFile) {
    // Node 24.0 stores some arrays of no bytes as NULL.
    this.#append = file.prepare("INSERT INTO record VALUES (?, ?, ?, coalesce(?, x''))");
    this.#read = file.prepare(`SELECT arrival_time_ms, partition_key, data FROM record
      WHERE place >= ? AND place < ? ORDER BY place LIMIT ?`);
    this.#arrival = file.prepare('SELECT arrival_time_ms FROM record WHERE place = ?');
  }

  /** Takes the shard's last arrival time as that of the record. */
  append(shard: LocalShard, counter: number, { partitionKey, data }: NewRecord): void {
    // Node 24.0 cuts text at a NUL when it reads; bytes it leaves alone.
    const key = partitionKey.includes('\0') ? Buffer.from(partitionKey) : partitionKey;
    this.#append.run(placeOf(shard.index, counter), shard.lastArrivalMs, key, data);
  }

  read({ shardIndex, start, end, limit, maxBytes }: RecordRange): StreamRecord[] {
    const records: StreamRecord[] = [];
    if (start >= end) return records;
    const rows = this.#read.iterate(placeOf(shardIndex, start), placeOf(shardIndex, end), limit);
    let totalBytes = 0;
    for (const row of rows) {
      const [arrivalTimeMs, partitionKey, data] = cellsOf(row) ?? [];
      assert(data instanceof Uint8Array, 'data is stored as bytes');
      totalBytes += data.length;
      if (totalBytes > maxBytes && records.length > 0) break;
      records.push({
        sequenceNumber: sequenceNumberOf(shardIndex, start + records.length),
        partitionKey: textOf(partitionKey),
        arrivalTimeMs: Number(arrivalTimeMs) as EpochMs,
        data,
      });
    }
    return records;
  }

  /**
   * Counter of the first record that arrived at this time or later. Arrival times never decrease.
   */
  counterAtTime(shard: LocalShard, timeMs: number): number {
    let start = shard.firstCounter;
    let end = shard.nextCounter;
    while (start < end) {
      const middle = Math.floor((start + end) / 2);
      const cells = cellsOf(this.#arrival.get(placeOf(shard.index, middle)));
      assert(cells !== null, 'a shard has no hole');
      if (Number(cells[0]) < timeMs) start = middle + 1;
      else end = middle;
    }
    return start;
  }
}

function placeOf(shardIndex: number, counter: number): number {
  const place = shardIndex * COUNTERS_PER_SHARD + counter;
  assert(counter < COUNTERS_PER_SHARD && Number.isSafeInteger(place), 'a record has a place');
  return place;
}
