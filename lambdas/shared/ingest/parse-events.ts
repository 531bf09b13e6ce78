import { assert } from '../model/errors.ts';
import { issueBit } from '../model/issue.ts';
import { MAX_RAW_BYTES, MAX_RECORD_BYTES } from '../model/order.ts';
import type { CsvBatch } from './csv-scanner.ts';
import { scanEvent } from './event-scanner.ts';
import { scanMappedEvent } from './mapping/mapped-events.ts';
import type { MappedValues } from './mapping/mapped-values.ts';
import type { OrderColumns } from './order-columns.ts';
import { parseOrders } from './parse-orders.ts';
import { createReaderBatch } from './record-reader.ts';
import type { RecordRules } from './record-rules.ts';
import { addRejectedRecord, SPAN_BATCH_RECORDS } from './span-batch.ts';

const RECORD_TOO_LONG = issueBit('record_too_long');
/** One more than is stored, so that the cut can be seen. */
const KEPT_OF_LONG_BYTES = MAX_RAW_BYTES + 1;

/**
 * Reads Kinesis events into columns with the same field parsers and rules as CSV records. A parser
 * reuses its memory (some megabytes) across calls.
 */
export class EventParser {
  readonly #rules: RecordRules;
  readonly #batch: CsvBatch = createReaderBatch();
  readonly #mapped: MappedValues | null;
  /** The window is in front of the rooms for mapped and for decoded values. */
  readonly #windowBytes = this.#batch.mappedAt;
  readonly #roomAt = this.#batch.roomAt;
  readonly #roomEnd = this.#batch.bytes.length;

  constructor(rules: RecordRules) {
    this.#rules = rules;
    this.#mapped = rules.mappedValues();
  }

  /**
   * Appends one row for each of `events[from … to - 1]`, in order, whatever its bytes; a row's
   * `offset` is the event's index. `into` must have room for them.
   */
  parse(events: readonly Uint8Array[], from: number, to: number, into: OrderColumns): void {
    assert(into.rowCount + to - from <= into.capacity, `${to - from} events fit into the columns`);
    for (let next = from; next < to; ) {
      const end = this.#scan(events, next, to);
      const first = into.rowCount;
      this.#mapped?.apply(this.#batch, this.#batch.mappedAt);
      parseOrders(this.#batch, 0, this.#rules, into);
      for (let index = next; index < end; index++) into.offset[first + index - next] = index;
      next = end;
    }
  }

  #scanEvent(start: number, end: number): void {
    const { eventPaths } = this.#rules;
    if (eventPaths === null) scanEvent(this.#batch, start, end);
    else scanMappedEvent(this.#batch, { start, end }, eventPaths);
  }

  /** Fills the batch with events from `from` on, and returns the index of the first left out. */
  #scan(events: readonly Uint8Array[], from: number, to: number): number {
    const batch = this.#batch;
    const { bytes } = batch;
    batch.recordCount = 0;
    batch.roomAt = this.#roomAt;
    const end = Math.min(to, from + SPAN_BATCH_RECORDS);
    let at = 0;
    for (let index = from; index < end; index++) {
      const event = events[index];
      const isTooLong = event.length > MAX_RECORD_BYTES;
      const length = isTooLong ? KEPT_OF_LONG_BYTES : event.length;
      if (at + length > this.#windowBytes || batch.roomAt + length > this.#roomEnd) return index;
      if (isTooLong) {
        bytes.set(event.subarray(0, length), at);
        addRejectedRecord(batch, at, at + length, RECORD_TOO_LONG);
      } else {
        bytes.set(event, at);
        this.#scanEvent(at, at + length);
      }
      at += length;
    }
    return end;
  }
}
