import type { RequestEntry } from './put-request.ts';

/** A record on its way, with the bytes of its data. They are valid until the next one is asked. */
export interface SortedRecord {
  readonly partitionKey: string;
  readonly isOrderId: boolean;
  readonly timeMs: number;
  readonly data: Uint8Array;
}

export interface SortKeyed extends RequestEntry {
  /** The time by which it is sorted. */
  readonly sortMs: number;
}
