import { assert } from '../model/errors.ts';
import { scanEvent } from './event-scanner.ts';
import { type EventPaths, scanMappedEvent } from './mapping/mapped-events.ts';
import { createSpanBatch, type SpanBatch } from './span-batch.ts';

const FIRST_ROOM_BYTES = 64 * 1024;

/**
 * Splits events that have no record issue into their values as read (contract §3, `quarantine`):
 * JSON strings decoded, a number its own text.
 */
export class EventValues {
  /** An event, and room to decode its values. */
  #batch = batchFor(FIRST_ROOM_BYTES);

  /** A batch of one record; a start below 0 is a null. Valid until the next call. */
  split(event: Uint8Array, paths: EventPaths | null): SpanBatch {
    const { length } = this.#batch.bytes;
    if (length < event.length * 2) this.#batch = batchFor(Math.max(event.length, length));
    const batch = this.#batch;
    batch.bytes.set(event);
    batch.recordCount = 0;
    batch.roomAt = event.length;
    if (paths === null) scanEvent(batch, 0, event.length);
    else scanMappedEvent(batch, { start: 0, end: event.length }, paths);
    assert(batch.recordIssue[0] === 0, 'an event that had values has them again');
    return batch;
  }
}

function batchFor(sizeBytes: number): SpanBatch {
  return createSpanBatch(new Uint8Array(sizeBytes * 2), sizeBytes);
}
