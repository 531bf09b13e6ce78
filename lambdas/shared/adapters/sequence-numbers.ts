import type { ReadPosition } from '../ports/event-stream.ts';

/**
 * A record's number in text has 56 digits: two that stand in front, 42 of a counter that grows
 * within a shard and goes on in its children, and 12 of the shard's index. So numbers differ within
 * a stream, and those of two shards do not tell which record came first: Kinesis's do not either.
 */
const FRONT = '49';
const COUNTER_DIGITS = 42;
const INDEX_DIGITS = 12;
const PATTERN = /^49(\d{42})(\d{12})$/;
const SHARD_ID = /^shardId-(\d{12})$/;

export const FIRST_COUNTER = 1;

export function shardIdOf(index: number): string {
  return `shardId-${`${index}`.padStart(INDEX_DIGITS, '0')}`;
}

/** Null for a text that is no shard id. */
export function shardIndexOf(shardId: string): number | null {
  const digits = SHARD_ID.exec(shardId)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function sequenceNumberOf(shardIndex: number, counter: number): string {
  const place = `${counter}`.padStart(COUNTER_DIGITS, '0');
  return FRONT + place + `${shardIndex}`.padStart(INDEX_DIGITS, '0');
}

/** Throws `RangeError` for what is no number of this shard. */
export function counterOf(shardIndex: number, sequenceNumber: string): number {
  const parts = PATTERN.exec(sequenceNumber);
  const counter = Number(parts?.[1]);
  if (parts === null || Number(parts[2]) !== shardIndex || !Number.isSafeInteger(counter)) {
    throw new RangeError(`${sequenceNumber} is not a sequence number of ${shardIdOf(shardIndex)}`);
  }
  return counter;
}

const TOKEN = /^(\d+)\.(\d+)\.(\d+)$/;

/** Where a later read goes on, in the text of a `next`. */
export interface NextPlace {
  readonly shardIndex: number;
  readonly counter: number;
  readonly madeAtMs: number;
}

export function nextPosition(place: NextPlace): ReadPosition {
  return { kind: 'next', token: `${place.shardIndex}.${place.counter}.${place.madeAtMs}` };
}

/** Throws `RangeError` for a token that no read of this shard gave. */
export function placeOf(shardIndex: number, token: string): NextPlace {
  const parts = TOKEN.exec(token)?.slice(1).map(Number);
  if (parts === undefined || parts[0] !== shardIndex) {
    throw new RangeError(`${token} is not a read position of ${shardIdOf(shardIndex)}`);
  }
  return { shardIndex, counter: parts[1], madeAtMs: parts[2] };
}
