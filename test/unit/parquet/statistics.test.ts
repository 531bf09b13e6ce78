import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnKernel } from '../../../lambdas/shared/parquet/column-kernel.ts';
import {
  bytesBounds,
  bytesRange,
  numberBounds,
  numberRange,
} from '../../../lambdas/shared/parquet/statistics.ts';
import { bytesValues } from '../../support/parquet-data.ts';
import { seed } from '../../support/seed.ts';

const kernel = new ColumnKernel();

function boundsOf(texts: readonly string[]) {
  const values = bytesValues(texts);
  return bytesBounds(values, bytesRange(kernel, values, 0, texts.length, null));
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 200, size: 'max' }).map((drawn) => drawn.toWellFormed()),
  fc.constantFrom('a'.repeat(63), 'a'.repeat(64), 'a'.repeat(65), '\u{10ffff}'.repeat(17)),
);

describe('bounds of texts', () => {
  it('are in the order of bytes, not of UTF-16 units', () => {
    const bounds = boundsOf(['\uff5e', '\u{10000}', '~']);

    expect(Buffer.from(bounds!.min.bytes).toString()).toBe('~');
    expect(Buffer.from(bounds!.max.bytes).toString()).toBe('\u{10000}');
  });

  it('always hold, are UTF-8, and say whether they are exact', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
        const bounds = boundsOf(texts);
        if (bounds === null) return;
        const sorted = texts.map((value) => Buffer.from(value)).sort(Buffer.compare);
        const min = Buffer.from(bounds.min.bytes);
        const max = Buffer.from(bounds.max.bytes);
        expect(Buffer.compare(min, sorted[0])).toBe(bounds.min.isExact ? 0 : -1);
        expect(Buffer.compare(max, sorted[sorted.length - 1])).toBe(bounds.max.isExact ? 0 : 1);
        expect(Buffer.from(min.toString())).toEqual(min);
        expect(Buffer.from(max.toString())).toEqual(max);
        expect(Math.max(min.length, max.length)).toBeLessThanOrEqual(65);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('are the same page by page as at once', () => {
    const values = bytesValues(['m', 'b', 'z', 'a', 'y', 'zz', 'aa']);

    const first = bytesRange(kernel, values, 0, 3, null);

    expect(first).toEqual({ min: 1, max: 2 });
    expect(bytesRange(kernel, values, 3, 7, first)).toEqual({ min: 3, max: 5 });
    expect(bytesRange(kernel, values, 0, 7, null)).toEqual({ min: 3, max: 5 });
  });

  it('are left out where a long text is not UTF-8', () => {
    const heap = new Uint8Array(70).fill(0xff);

    expect(bytesBounds({ heap, offsets: Uint32Array.of(0, 70) }, { min: 0, max: 0 })).toBeNull();
  });
});

describe('bounds of numbers', () => {
  it('are found in each kind of array', () => {
    expect(numberRange(kernel, Int32Array.of(3, -2, 9, 1), 0, 4)).toEqual({ min: -2, max: 9 });
    expect(numberRange(kernel, Float64Array.of(3, -2, 9, 1), 2, 4)).toEqual({ min: 1, max: 9 });
    expect(numberRange(kernel, BigInt64Array.of(3n, -2n, 9n), 0, 3)).toEqual({ min: -2n, max: 9n });
  });

  it('are little-endian, as wide as the physical type', () => {
    expect([...numberBounds({ min: -2, max: 258 }, 1).max.bytes]).toEqual([2, 1, 0, 0]);
    expect([...numberBounds({ min: -2, max: 258 }, 2).min.bytes]).toEqual([
      254, 255, 255, 255, 255, 255, 255, 255,
    ]);
  });
});
