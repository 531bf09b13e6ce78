import { type FileHandle, open, unlink } from 'node:fs/promises';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { SortedRecord, SortKeyed } from './sorted-record.ts';

/** Lengths of data and key, flag, time to sort by, event time. */
const HEADER_BYTES = 28;
const WRITE_BYTES = 1024 * 1024;
const READ_BYTES_MIN = 16 * 1024;
const READ_BYTES_MAX = 1024 * 1024;

interface Run {
  readonly startByte: number;
  readonly endByte: number;
}

/**
 * Sorted runs of records, one after another in a temporary file. The file loses its name as soon as
 * it is open, so that nothing is left however the process ends.
 */
export class SortedFile {
  readonly #path: string;
  readonly #memoryBytes: number;
  readonly #runs: Run[] = [];
  #file: FileHandle | null = null;
  #sizeBytes = 0;

  constructor(path: string, memoryBytes: number) {
    this.#path = path;
    this.#memoryBytes = memoryBytes;
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** Entries in order, with the bytes that hold their data. */
  async write(entries: readonly SortKeyed[], bytes: Uint8Array): Promise<void> {
    const startByte = this.#sizeBytes;
    let block = Buffer.allocUnsafe(WRITE_BYTES);
    let used = 0;
    for (const entry of entries) {
      const key = Buffer.from(entry.partitionKey);
      const dataBytes = entry.dataEnd - entry.dataStart;
      const entryBytes = HEADER_BYTES + dataBytes + key.length;
      if (used + entryBytes > block.length) {
        await this.#append(block.subarray(0, used));
        block = Buffer.allocUnsafe(Math.max(WRITE_BYTES, entryBytes));
        used = 0;
      }
      block.writeUInt32LE(dataBytes, used);
      block.writeUInt32LE(key.length, used + 4);
      block.writeUInt32LE(entry.isOrderId ? 1 : 0, used + 8);
      block.writeDoubleLE(entry.sortMs, used + 12);
      block.writeDoubleLE(entry.timeMs, used + 20);
      block.set(bytes.subarray(entry.dataStart, entry.dataEnd), used + HEADER_BYTES);
      block.set(key, used + HEADER_BYTES + dataBytes);
      used += entryBytes;
    }
    await this.#append(block.subarray(0, used));
    this.#runs.push({ startByte, endByte: this.#sizeBytes });
  }

  /** The records of all runs in order; of equal ones those of the earlier run come first. */
  async *merged(): AsyncGenerator<SortedRecord> {
    const share = Math.floor(this.#memoryBytes / Math.max(1, this.#runs.length));
    const blockBytes = Math.min(READ_BYTES_MAX, Math.max(READ_BYTES_MIN, share));
    const file = await this.#opened();
    const heap: RunCursor[] = [];
    for (const [index, run] of this.#runs.entries()) {
      const cursor = new RunCursor(file, { ...run, index, blockBytes });
      if (await cursor.advance()) siftUp(heap, heap.push(cursor) - 1);
    }
    while (heap.length > 0) {
      const [cursor] = heap;
      yield cursor.record();
      if (await cursor.advance()) siftDown(heap);
      else if (heap.length === 1) return;
      else {
        heap[0] = heap.pop() as RunCursor;
        siftDown(heap);
      }
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    try {
      const file = await this.#opened();
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(
          bytes,
          done,
          bytes.length - done,
          this.#sizeBytes,
        );
        done += bytesWritten;
        this.#sizeBytes += bytesWritten;
      }
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message =
        `cannot sort in ${this.#path}: ${reason}; --sort needs space for all records there: ` +
        'set TMPDIR to a folder with enough space';
      throw new TerminalError('system_error', message, { cause });
    }
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file !== null) return this.#file;
    this.#file = await open(this.#path, 'wx+', 0o600);
    await unlink(this.#path);
    return this.#file;
  }
}

/** Walks over one run, a block in memory at a time. */
class RunCursor {
  readonly index: number;
  sortMs = 0;
  readonly #file: FileHandle;
  readonly #endByte: number;
  /** Offset in the file of the bytes after those in memory. */
  #nextByte: number;
  #block: Buffer;
  /** Offsets in the block: the current record, and the end of the bytes read. */
  #at = 0;
  #filled = 0;
  #recordBytes = 0;

  constructor(
    file: FileHandle,
    run: Run & { readonly index: number; readonly blockBytes: number },
  ) {
    this.#file = file;
    this.index = run.index;
    this.#nextByte = run.startByte;
    this.#endByte = run.endByte;
    this.#block = Buffer.allocUnsafe(run.blockBytes);
  }

  /** False: the run is over. */
  async advance(): Promise<boolean> {
    this.#at += this.#recordBytes;
    if (!(await this.#holds(HEADER_BYTES))) return false;
    const dataBytes = this.#block.readUInt32LE(this.#at);
    const keyBytes = this.#block.readUInt32LE(this.#at + 4);
    this.#recordBytes = HEADER_BYTES + dataBytes + keyBytes;
    await this.#holds(this.#recordBytes);
    this.sortMs = this.#block.readDoubleLE(this.#at + 12);
    return true;
  }

  record(): SortedRecord {
    const dataBytes = this.#block.readUInt32LE(this.#at);
    const dataStart = this.#at + HEADER_BYTES;
    const dataEnd = dataStart + dataBytes;
    return {
      partitionKey: this.#block.toString('utf8', dataEnd, this.#at + this.#recordBytes),
      isOrderId: this.#block.readUInt32LE(this.#at + 8) === 1,
      timeMs: this.#block.readDoubleLE(this.#at + 20),
      data: this.#block.subarray(dataStart, dataEnd),
    };
  }

  /**
   * True if the run has this many bytes from the current record on; afterwards they are in memory.
   */
  async #holds(bytes: number): Promise<boolean> {
    if (this.#filled - this.#at >= bytes) return true;
    if (this.#nextByte === this.#endByte && this.#at === this.#filled) return false;
    const rest = this.#block.subarray(this.#at, this.#filled);
    const block = bytes > this.#block.length ? Buffer.allocUnsafe(bytes) : this.#block;
    rest.copy(block);
    this.#block = block;
    this.#filled = rest.length;
    this.#at = 0;
    while (this.#filled < bytes) {
      const room = Math.min(block.length - this.#filled, this.#endByte - this.#nextByte);
      const { bytesRead } = await this.#file.read(block, this.#filled, room, this.#nextByte);
      if (bytesRead === 0) throw new Error('invariant broken: a run ends inside a record');
      this.#filled += bytesRead;
      this.#nextByte += bytesRead;
    }
    return true;
  }
}

function isBefore(a: RunCursor, b: RunCursor): boolean {
  return a.sortMs < b.sortMs || (a.sortMs === b.sortMs && a.index < b.index);
}

function siftUp(heap: RunCursor[], from: number): void {
  for (let at = from; at > 0; ) {
    const parent = (at - 1) >> 1;
    if (!isBefore(heap[at], heap[parent])) return;
    [heap[at], heap[parent]] = [heap[parent], heap[at]];
    at = parent;
  }
}

function siftDown(heap: RunCursor[]): void {
  for (let at = 0; ; ) {
    let least = at;
    for (const child of [at * 2 + 1, at * 2 + 2]) {
      if (child < heap.length && isBefore(heap[child], heap[least])) least = child;
    }
    if (least === at) return;
    [heap[at], heap[least]] = [heap[least], heap[at]];
    at = least;
  }
}
