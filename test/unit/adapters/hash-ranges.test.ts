import { describe, expect, it } from 'vitest';
import {
  cutHashKeys,
  halve,
  shardOfHashKey,
} from '../../../lambdas/shared/adapters/hash-ranges.ts';

const LAST = 2n ** 128n - 1n;

import { hashKeyOf } from '../../../lambdas/shared/model/hash-key.ts';

describe('hash ranges', () => {
  it.each([1, 2, 3, 7, 100])('of %i shards cover all hash keys without a gap', (count) => {
    const ranges = cutHashKeys(count);

    expect(ranges).toHaveLength(count);
    expect(ranges[0].start).toBe(0n);
    expect(ranges[count - 1].end).toBe(LAST);
    for (let i = 1; i < count; i++) expect(ranges[i].start).toBe(ranges[i - 1].end + 1n);
  });

  it('are halved down to a single hash key, which cannot be', () => {
    expect(halve('s', { start: 4n, end: 5n })).toEqual([
      { start: 4n, end: 4n },
      { start: 5n, end: 5n },
    ]);
    expect(halve('s', { start: 0n, end: 2n })).toEqual([
      { start: 0n, end: 0n },
      { start: 1n, end: 2n },
    ]);
    expect(() => halve('s', { start: 5n, end: 5n })).toThrow('s holds a single hash key');
  });

  it('find the shard of every bound', () => {
    const shards = cutHashKeys(5).map((range, index) => ({ range, index }));

    for (const { range, index } of shards) {
      expect(shardOfHashKey(shards, range.start).index).toBe(index);
      expect(shardOfHashKey(shards, range.end).index).toBe(index);
    }
  });
});

it('takes the MD5 of the key as a number', () => {
  expect(hashKeyOf('a')).toBe(0x0cc175b9c0f1b6a831c399e269772661n);
});
