import { ByteHeap } from '../../../lambdas/shared/bytes/byte-heap.ts';
import type { RequestEntry } from './put-request.ts';
import { SortedFile } from './sorted-file.ts';
import type { SortedRecord, SortKeyed } from './sorted-record.ts';

/** Bytes of a record in memory in addition to its data, approximately. */
const ENTRY_BYTES = 200;

/**
 * Sorts any number of records by event time, in about `memoryBytes`: the rest goes to a temporary
 * file in sorted runs, which are merged. Stable for equal times. A record without a readable time
 * stays after the one before it; those before the first readable one come first.
 */
export class RecordSorter {
  /** Into which the next record is encoded. */
  readonly heap = new ByteHeap();
  readonly #memoryBytes: number;
  readonly #runs: SortedFile;
  #entries: SortKeyed[] = [];
  #lastMs = Number.NEGATIVE_INFINITY;
  /** Data bytes of all records so far. */
  dataBytes = 0;

  /** `path` is that of the temporary file, which must be unique. */
  constructor(path: string, memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
    this.#runs = new SortedFile(path, memoryBytes);
  }

  /** `entry` is the last one in the heap. */
  add(entry: RequestEntry): void {
    if (!Number.isNaN(entry.timeMs)) this.#lastMs = entry.timeMs;
    this.dataBytes += entry.dataEnd - entry.dataStart;
    this.#entries.push({ ...entry, sortMs: this.#lastMs });
  }

  /** Spills what exceeds memory; call it often. Throws the disk's errors. */
  async spillIfFull(): Promise<void> {
    const heldBytes = this.heap.size + this.#entries.length * ENTRY_BYTES;
    if (heldBytes >= this.#memoryBytes) await this.#spill();
  }

  /** All records in order, once. */
  async *sorted(): AsyncGenerator<SortedRecord> {
    if (this.#runs.isEmpty) {
      for (const entry of this.#inOrder()) {
        yield { ...entry, data: this.heap.bytes.subarray(entry.dataStart, entry.dataEnd) };
      }
      return;
    }
    if (this.#entries.length > 0) await this.#spill();
    yield* this.#runs.merged();
  }

  /** Closes the temporary file, which frees its space: it has no name. */
  async close(): Promise<void> {
    await this.#runs.close();
  }

  #inOrder(): SortKeyed[] {
    // Equal for two that are infinite; their difference would be NaN.
    return this.#entries.sort((a, b) => (a.sortMs < b.sortMs ? -1 : a.sortMs > b.sortMs ? 1 : 0));
  }

  async #spill(): Promise<void> {
    await this.#runs.write(this.#inOrder(), this.heap.bytes);
    this.#entries = [];
    this.heap.size = 0;
  }
}
