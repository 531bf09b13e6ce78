import { TerminalError } from '../model/errors.ts';
import type { Shard } from '../ports/event-stream.ts';

/** Hash keys are MD5s: [0, 2^128). Both ends of a range are included. */
const HASH_KEY_COUNT = 1n << 128n;

export interface HashKeyRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** The ranges of a new stream: of equal length, the last one takes what is left over. */
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

/** Throws `TerminalError` for a range of one hash key. */
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

/** Throws `TerminalError` for ranges that are not neighbours. */
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

export function toShardRange({ start, end }: HashKeyRange): Shard['hashKeyRange'] {
  return { start: `${start}`, end: `${end}` };
}

/** The one whose range holds the hash key, of contiguous ones in order of their ranges. */
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
