import { FIELD_COUNT, MAX_ID_BYTES } from '../../model/order.ts';
import { SPAN_BATCH_RECORDS } from '../span-batch.ts';

/** Longest value that is written: an id of one byte more is too long however it goes on. */
export const MAX_MAPPED_BYTES = MAX_ID_BYTES + 1;

/** Longest number: more digits than any that is not too large or too precise. */
export const MAX_NUMBER_BYTES = 64;

/** `2026-01-31T10:00:00.000Z` */
export const TIME_BYTES = 24;

/** The seven fields and the currency of each record, and what is written once for a batch. */
export const MAPPED_ROOM_BYTES =
  SPAN_BATCH_RECORDS * (FIELD_COUNT + 1) * MAX_MAPPED_BYTES + 2 * 1024 * 1024;

/** The part of a reader's buffer that holds what a mapping writes; starts anew with each batch. */
export class MappedRoom {
  readonly bytes: Uint8Array;
  readonly #from: number;
  at: number;

  constructor(bytes: Uint8Array, from: number) {
    this.bytes = bytes;
    this.#from = from;
    this.at = from;
  }

  clear(): void {
    this.at = this.#from;
  }

  /** Returns where the value starts; it ends at `at`. */
  write(value: Uint8Array): number {
    const start = this.at;
    this.bytes.set(value, start);
    this.at = start + value.length;
    return start;
  }
}
