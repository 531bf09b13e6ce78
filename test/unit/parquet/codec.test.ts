import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createCompressor } from '../../../lambdas/shared/parquet/codec.ts';
import { looksIncompressible } from '../../../lambdas/shared/parquet/entropy.ts';

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7919) % 251);
}

/** xorshift32: bytes without a pattern, the same in every run. */
function noise(length: number): Uint8Array {
  let state = 2_463_534_242;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}

describe('the zstd codec', () => {
  const compress = createCompressor('zstd', 1);

  it('writes valid frames on both sides of every size that changes their form', () => {
    // Evenly spread bytes, so that all of them are stored.
    for (const length of [
      0, 1, 255, 256, 257, 512, 513, 65_791, 65_792, 131_072, 131_073, 300_000,
    ]) {
      expect(new Uint8Array(zstdDecompressSync(compress(bytes(length))))).toEqual(bytes(length));
    }
  });

  it('stores small pages, whose compression would cost more than it saves', () => {
    expect(compress(new Uint8Array(512))).toHaveLength(522);
    expect(compress(new Uint8Array(513)).length).toBeLessThan(40);
  });

  it('stores pages of any size that cannot become smaller', () => {
    expect(compress(noise(300_000))).toHaveLength(300_000 + 4 + 5 + 3 * 3);
    expect(new Uint8Array(zstdDecompressSync(compress(noise(300_000))))).toEqual(noise(300_000));
  });

  it('follows the level', () => {
    const text = new TextEncoder().encode(
      Array.from({ length: 20_000 }, (_, index) => `${(index * 7919) % 10_007},`).join(''),
    );

    expect(createCompressor('zstd', 19)(text).length).toBeLessThan(compress(text).length);
  });
});

describe('no codec', () => {
  it('hands out the page as it is', () => {
    const page = bytes(100);

    expect(createCompressor('none', 1)(page)).toBe(page);
  });
});

describe('looksIncompressible', () => {
  it.each([513, 1_000, 4_096, 4_097, 100_000])('is true for %i bytes of noise', (length) => {
    expect(looksIncompressible(noise(length))).toBe(true);
  });

  it.each([513, 1_000, 4_096, 4_097, 100_000])(
    'is false for %i bytes that zstd shrinks',
    (length) => {
      const sevenBits = noise(length).map((byte) => byte & 0x7f);
      const text = new TextEncoder().encode('order 17, customer 4, completed; '.repeat(4_000));

      expect(looksIncompressible(sevenBits)).toBe(false);
      expect(looksIncompressible(text.subarray(0, length))).toBe(false);
      expect(looksIncompressible(new Uint8Array(length))).toBe(false);
    },
  );

  it('is false for nothing', () => {
    expect(looksIncompressible(new Uint8Array(0))).toBe(false);
  });
});
