import type { ReadPosition } from '../ports/event-stream.ts';

/**
 * A sequence number has 56 digits: two fixed ones, 42 of a counter that grows within a shard and
 * continues in its children, and 12 of the shard's index. Numbers are unique within a stream; those
 * of two shards do not tell which record came first, as in Kinesis.
 */
const FRONT = '49';
const COUNTER_DIGITS = 42;
const INDEX_DIGITS = 12;
const PATTERN = /^49(\d{42})(\d{12})$/;
const SHARD_ID = /^shardId-(\d{12})$/;

export const FIRST_COUNTER = 1;

/** The id of a shard, in the form that Kinesis gives. */
export function shardIdOf(index: number): string {
  return `shardId-${`${index}`.padStart(INDEX_DIGITS, '0')}`;
}

/** The index in a shard id; null for other text. */
export function shardIndexOf(shardId: string): number | null {
  const digits = SHARD_ID.exec(shardId)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The sequence number of a shard's record; within a shard they rise with the counter. */
export function sequenceNumberOf(shardIndex: number, counter: number): string {
  const place = `${counter}`.padStart(COUNTER_DIGITS, '0');
  return FRONT + place + `${shardIndex}`.padStart(INDEX_DIGITS, '0');
}

/**
 * The counter in a sequence number. Throws `RangeError` for text that is no number of this shard.
 */
export function counterOf(shardIndex: number, sequenceNumber: string): number {
  const parts = PATTERN.exec(sequenceNumber);
  const counter = Number(parts?.[1]);
  if (parts === null || Number(parts[2]) !== shardIndex || !Number.isSafeInteger(counter)) {
    throw new RangeError(`${sequenceNumber} is not a sequence number of ${shardIdOf(shardIndex)}`);
  }
  return counter;
}

const TOKEN = /^(\d+)\.(\d+)\.(\d+)$/;

/** Where a later read continues; the content of a `next` token. */
export interface NextPlace {
  readonly shardIndex: number;
  readonly counter: number;
  readonly madeAtMs: number;
}

/** Packs a place into the opaque token of a `next` position, which `placeOf` reads. */
export function nextPosition(place: NextPlace): ReadPosition {
  return { kind: 'next', token: `${place.shardIndex}.${place.counter}.${place.madeAtMs}` };
}

/** Unpacks a `next` token. Throws `RangeError` if no read of this shard made it. */
export function placeOf(shardIndex: number, token: string): NextPlace {
  const parts = TOKEN.exec(token)?.slice(1).map(Number);
  if (parts === undefined || parts[0] !== shardIndex) {
    throw new RangeError(`${token} is not a read position of ${shardIdOf(shardIndex)}`);
  }
  return { shardIndex, counter: parts[1], madeAtMs: parts[2] };
}
