import { describe, expect, it } from 'vitest';
import { dealHash } from '../../../lambdas/shared/bytes/bytes.ts';

describe('dealHash', () => {
  it.each([
    [0, 1, 0],
    [0xffff_ffff, 1, 0],
    [0, 5, 0],
    [0xffff_ffff, 5, 4],
    [0x8000_0000, 2, 1],
    [0x7fff_ffff, 2, 0],
    [0xffff_ffff, 4096, 4095],
  ])('puts hash %i of %i buckets into bucket %i', (hash, bucketCount, bucket) => {
    expect(dealHash(hash, bucketCount)).toBe(bucket);
  });
});
