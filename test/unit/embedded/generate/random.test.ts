import { describe, expect, it } from 'vitest';
import { Random } from '../../../../lib/embedded/generate/random.ts';

describe('Random', () => {
  it('draws the same numbers for the same key, on every machine', () => {
    const random = new Random(42, 0, 7);
    const first = [random.uint32(), random.uint32(), random.uint32()];
    expect(first).toEqual([597_841_639, 475_509_169, 498_118_037]);

    random.restart(42, 0, 7);
    expect([random.uint32(), random.uint32(), random.uint32()]).toEqual(first);
  });

  it('draws whole numbers with both ends included', () => {
    const random = new Random(1, 2, 3);
    const drawn = new Set(Array.from({ length: 200 }, () => random.between(-2, 2)));
    expect([...drawn].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  it('never hits at rate 0 and always hits at rate 1', () => {
    const random = new Random(1, 2, 3);
    const hits = (rate: number) =>
      Array.from({ length: 1000 }, () => random.chance(rate)).filter(Boolean).length;
    expect([hits(0), hits(1)]).toEqual([0, 1000]);
  });

  it('spreads each bit evenly over neighbouring keys', () => {
    const random = new Random(0, 0, 0);
    const ones = new Array<number>(32).fill(0);
    for (let key = 0; key < 4096; key++) {
      random.restart(42, 0, key);
      const value = random.uint32();
      for (let bit = 0; bit < 32; bit++) ones[bit] = (ones[bit] ?? 0) + ((value >>> bit) & 1);
    }
    // 2048 ± 5 standard deviations of 32.
    expect(Math.min(...ones)).toBeGreaterThan(1888);
    expect(Math.max(...ones)).toBeLessThan(2208);
  });
});
