import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBits, packWideBits } from '../../../lambdas/shared/parquet/bit-packing.ts';
import { seed } from '../../support/seed.ts';
import { unpackBits } from './decoders.ts';

const words = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 8, maxLength: 64 });

describe('packBits', () => {
  it('packs the numbers 0 to 7 in 3 bits as the format shows them', () => {
    const view = new DataView(new ArrayBuffer(8));

    const end = packBits(view, 0, Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7), 0, 8, 3);

    expect([...new Uint8Array(view.buffer, 0, end)]).toEqual([0b10001000, 0b11000110, 0b11111010]);
  });

  it('loses no bit at any width and place', () => {
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 1, max: 32 }),
        fc.integer({ min: 0, max: 3 }),
        (raw, width, start) => {
          const count = raw.length & ~7;
          const values = Int32Array.from(raw, (word) => (width === 32 ? word : word % 2 ** width));
          const view = new DataView(new ArrayBuffer(start + count * 4));

          const end = packBits(view, start, values, 0, count, width);

          expect(end - start).toBe((count / 8) * width);
          const packed = new Uint8Array(view.buffer, start);
          expect(unpackBits(packed, count, width)).toEqual(
            raw.slice(0, count).map((word) => BigInt(word) % 2n ** BigInt(width)),
          );
        },
      ),
      { seed },
    );
  });
});

describe('packWideBits', () => {
  it('loses no bit at any width from 33 to 64', () => {
    fc.assert(
      fc.property(words, words, fc.integer({ min: 33, max: 64 }), (lows, highs, width) => {
        const count = Math.min(lows.length, highs.length) & ~7;
        const limit = 2 ** (width - 32);
        const low = Int32Array.from(lows);
        const high = Int32Array.from(highs, (word) => (width === 64 ? word : word % limit));
        const view = new DataView(new ArrayBuffer(count * 8));

        const end = packWideBits(view, 0, low, high, { from: 0, to: count, width });

        expect(end).toBe((count / 8) * width);
        expect(unpackBits(new Uint8Array(view.buffer), count, width)).toEqual(
          lows
            .slice(0, count)
            .map((word, index) => BigInt(highs[index] % limit) * 2n ** 32n + BigInt(word)),
        );
      }),
      { seed },
    );
  });
});
