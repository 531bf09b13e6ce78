import { TerminalError } from '../model/errors.ts';
import type { Shard } from '../ports/event-stream.ts';

/** Hash keys are MD5s: [0, 2^128). Both ends of a range are included. */
const HASH_KEY_COUNT = 1n << 128n;

export interface HashKeyRange {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * Cuts the hash keys into ranges of equal length for a new stream; the last takes the remainder.
 */
export function cutHashKeys(shardCount: number): HashKeyRange[] {
  if (!Number.isSafeInteger(shardCount) || shardCount < 1) {
    throw new RangeError(`${shardCount} shards: expected 1 or more`);
  }
  const length = HASH_KEY_COUNT / BigInt(shardCount);
  return Array.from({ length: shardCount }, (_, i) => ({
    start: BigInt(i) * length,
    end: i === shardCount - 1 ? HASH_KEY_COUNT - 1n : BigInt(i + 1) * length - 1n,
  }));
}

/** Splits a shard's range in the middle. Throws `TerminalError` for a range of one hash key. */
export function halve(shardId: string, range: HashKeyRange): [HashKeyRange, HashKeyRange] {
  const { start, end } = range;
  if (start === end) {
    throw new TerminalError(
      'shard_too_small',
      `${shardId} holds a single hash key and cannot be split`,
    );
  }
  const middle = (start + end + 1n) / 2n;
  return [
    { start, end: middle - 1n },
    { start: middle, end },
  ];
}

interface NamedRange {
  readonly shardId: string;
  readonly range: HashKeyRange;
}

/** Joins the ranges of two shards. Throws `TerminalError` if they are not adjacent. */
export function unite(a: NamedRange, b: NamedRange): HashKeyRange {
  const [low, high] = a.range.start < b.range.start ? [a.range, b.range] : [b.range, a.range];
  if (low.end + 1n !== high.start) {
    const names = `${a.shardId} and ${b.shardId}`;
    throw new TerminalError(
      'shards_not_adjacent',
      `${names} are not adjacent; merge adjacent shards`,
    );
  }
  return { start: low.start, end: high.end };
}

/** A range as the port has it: decimal texts, because hash keys exceed a `number`. */
export function toShardRange({ start, end }: HashKeyRange): Shard['hashKeyRange'] {
  return { start: `${start}`, end: `${end}` };
}

/** The shard whose range holds the hash key. Ranges must be contiguous and in order. */
export function shardOfHashKey<T extends { readonly range: HashKeyRange }>(
  inOrder: readonly T[],
  hashKey: bigint,
): T {
  let start = 0;
  let end = inOrder.length - 1;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (hashKey > inOrder[middle].range.end) start = middle + 1;
    else end = middle;
  }
  return inOrder[start];
}
