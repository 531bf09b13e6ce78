import { ByteHeap } from '../../../lambdas/shared/bytes/byte-heap.ts';
import {
  MAX_PUT_BYTES,
  MAX_PUT_RECORDS,
  type NewRecord,
} from '../../../lambdas/shared/ports/event-stream.ts';

export interface RequestLimits {
  readonly records: number;
  /**
   * Event time from the first to the last record at most, and each order id once: a stream does not
   * keep the order within a request. Null: neither is asked for.
   */
  readonly spanMs: number | null;
}

/** A record on its way: its data is `[dataStart, dataEnd)` of the request's heap. */
export interface RequestEntry {
  readonly partitionKey: string;
  /** False: the key is a random one. */
  readonly isOrderId: boolean;
  readonly dataStart: number;
  readonly dataEnd: number;
  /** NaN: none that could be read. */
  readonly timeMs: number;
}

/** Collects the records of one put request, within the limits of `EventStream.put`. */
export class PutRequest {
  readonly heap = new ByteHeap();
  readonly #limits: RequestLimits;
  #entries: RequestEntry[] = [];
  readonly #ids = new Set<string>();
  #bytes = 0;
  #earliestMs = Number.POSITIVE_INFINITY;
  #latestMs = Number.NEGATIVE_INFINITY;

  constructor({ records, spanMs }: RequestLimits) {
    this.#limits = { records: Math.min(records, MAX_PUT_RECORDS), spanMs };
  }

  get recordCount(): number {
    return this.#entries.length;
  }

  /** False: it has to go into the next request, this one is to be sent first. */
  hasRoomFor(entry: RequestEntry): boolean {
    const { records, spanMs } = this.#limits;
    if (this.#entries.length === 0) return true;
    if (this.#entries.length >= records) return false;
    if (this.#bytes + bytesOf(entry) > MAX_PUT_BYTES) return false;
    if (spanMs === null) return true;
    if (entry.isOrderId && this.#ids.has(entry.partitionKey)) return false;
    if (Number.isNaN(entry.timeMs)) return true;
    const earliestMs = Math.min(this.#earliestMs, entry.timeMs);
    return Math.max(this.#latestMs, entry.timeMs) - earliestMs <= spanMs;
  }

  /** Adds a record, whose bytes are in `heap`. Check `hasRoomFor` first. */
  add(entry: RequestEntry): void {
    this.#entries.push(entry);
    this.#bytes += bytesOf(entry);
    if (this.#limits.spanMs === null) return;
    if (entry.isOrderId) this.#ids.add(entry.partitionKey);
    if (Number.isNaN(entry.timeMs)) return;
    if (entry.timeMs < this.#earliestMs) this.#earliestMs = entry.timeMs;
    if (entry.timeMs > this.#latestMs) this.#latestMs = entry.timeMs;
  }

  /** The records in the form that the stream takes. */
  records(): NewRecord[] {
    const { bytes } = this.heap;
    return this.#entries.map(({ partitionKey, dataStart, dataEnd }) => ({
      partitionKey,
      data: bytes.subarray(dataStart, dataEnd),
    }));
  }

  /**
   * Empties the request. The data of `kept`, the last one in the heap, moves to its front; returns
   * it as it is then.
   */
  restart(kept: RequestEntry | null): RequestEntry | null {
    this.#entries = [];
    this.#ids.clear();
    this.#bytes = 0;
    this.#earliestMs = Number.POSITIVE_INFINITY;
    this.#latestMs = Number.NEGATIVE_INFINITY;
    this.heap.size = 0;
    if (kept === null) return null;
    this.heap.bytes.copyWithin(0, kept.dataStart, kept.dataEnd);
    this.heap.size = kept.dataEnd - kept.dataStart;
    return { ...kept, dataStart: 0, dataEnd: this.heap.size };
  }
}

function bytesOf({ partitionKey, dataStart, dataEnd }: RequestEntry): number {
  // A key has three bytes of UTF-8 a character at most; near the limit that is close enough.
  return dataEnd - dataStart + partitionKey.length * 3;
}
