import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodeArena } from '../../../lambdas/shared/parquet/arena.ts';
import { ByteBuffer } from '../../../lambdas/shared/parquet/byte-buffer.ts';
import { ColumnKernel } from '../../../lambdas/shared/parquet/column-kernel.ts';
import {
  writeDeltaMillis,
  writeDeltaNumbers,
} from '../../../lambdas/shared/parquet/number-page.ts';
import { seed } from '../../support/seed.ts';
import { ByteReader, decodeDelta } from './decoders.ts';

const kernel = new ColumnKernel();

function decodeAll(buffer: ByteBuffer, bits: 32 | 64): bigint[] {
  const reader = new ByteReader(buffer.written());
  const values = decodeDelta(reader, bits);
  expect(reader.at).toBe(buffer.at);
  return values;
}

function viaInt32(values: readonly number[]): bigint[] {
  const buffer = new ByteBuffer(1);
  kernel.packInts(buffer, Int32Array.from(values), 0, values.length);
  return decodeAll(buffer, 32);
}

function viaDouble(values: readonly number[]): bigint[] {
  const buffer = new ByteBuffer(1);
  const range = { min: Math.min(...values), max: Math.max(...values) };
  const all = { from: 0, to: values.length };
  writeDeltaNumbers(kernel, buffer, Float64Array.from(values), all, range);
  return decodeAll(buffer, 64);
}

function viaMillis(values: readonly number[]): bigint[] {
  const arena = new EncodeArena(kernel);
  const range = { min: Math.min(...values), max: Math.max(...values) };
  const all = { from: 0, to: values.length };
  writeDeltaMillis(arena, Float64Array.from(values), all, range);
  return decodeAll(arena.body, 64);
}

function viaBigInt(values: readonly bigint[]): bigint[] {
  const buffer = new ByteBuffer(1);
  kernel.packLongs(buffer, BigInt64Array.from(values), { from: 0, to: values.length }, false);
  return decodeAll(buffer, 64);
}

/** Short, and longer than a block. */
const maxLength = 300;
const size = 'max';

describe('deltas of INT32', () => {
  it('writes steps of one size without a bit per value', () => {
    const buffer = new ByteBuffer(16);

    kernel.packInts(buffer, Int32Array.of(1, 2, 3, 4, 5), 0, 5);

    expect([...buffer.written()]).toEqual([0x80, 1, 4, 5, 2, 2, 0, 0, 0, 0]);
  });

  it("writes the format's example", () => {
    const buffer = new ByteBuffer(16);

    kernel.packInts(buffer, Int32Array.of(7, 5, 3, 1, 2, 3, 4, 5), 0, 8);

    expect([...buffer.written()]).toEqual([
      0x80, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0b11000000, 0b00111111, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('wraps differences that do not fit 32 bits', () => {
    const values = [2_147_483_647, -2_147_483_648, 2_147_483_647, 0, -2_147_483_648, -1];

    expect(viaInt32(values)).toEqual(values.map(BigInt));
  });

  it('never loses a value', () => {
    const ints = fc.oneof(fc.integer(), fc.integer({ min: -20, max: 20 }));
    fc.assert(
      fc.property(fc.array(ints, { maxLength, size }), (values) => {
        expect(viaInt32(values)).toEqual(values.map(BigInt));
      }),
      { seed },
    );
  });

  it.each([0, 1, 2, 32, 33, 128, 129, 130, 257])('takes %i values', (count) => {
    const values = Array.from({ length: count }, (_, index) => (index * 7919) % 1009);

    expect(viaInt32(values)).toEqual(values.map(BigInt));
  });

  it('encodes a part of the values', () => {
    const buffer = new ByteBuffer(1);

    kernel.packInts(buffer, Int32Array.of(9, 9, 1, 5, 2, 9), 2, 5);

    expect(decodeAll(buffer, 32)).toEqual([1n, 5n, 2n]);
  });
});

describe('deltas of doubles', () => {
  it('is exact for values that are 2^52 apart', () => {
    const values = [2 ** 51, -(2 ** 51), 2 ** 51 - 1, 1 - 2 ** 51, 0, 2 ** 51, 2 ** 51];

    expect(viaDouble(values)).toEqual(values.map(BigInt));
  });

  it('is exact for close values at the end of what doubles hold', () => {
    const largest = Number.MAX_SAFE_INTEGER;

    expect(viaDouble([largest, largest - 5, largest - 1])).toEqual([
      9_007_199_254_740_991n,
      9_007_199_254_740_986n,
      9_007_199_254_740_990n,
    ]);
    expect(viaDouble([-largest, -largest + 7])).toEqual([
      -9_007_199_254_740_991n,
      -9_007_199_254_740_984n,
    ]);
  });

  it.each([31, 32, 33, 40, 51])('never loses a value in a range of 2^%i', (bits) => {
    const offsets = fc.array(fc.integer({ min: 0, max: 2 ** bits }), { maxLength, size });
    fc.assert(
      fc.property(offsets, fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (drawn, base) => {
        const values = drawn.map((offset) => base + offset);
        expect(viaDouble(values)).toEqual(values.map(BigInt));
      }),
      { seed, numRuns: 40 },
    );
  });
});

describe('deltas of 64-bit integers', () => {
  it('keeps the edges of DECIMAL(18,2) and of 64 bits', () => {
    const largest = 10n ** 18n - 1n;
    const values = [largest, -largest, largest, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n - 1n, 0n];

    expect(viaBigInt(values)).toEqual(values);
  });

  it('never loses a value', () => {
    const values = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(fc.array(values, { maxLength, size }), (drawn) => {
        expect(viaBigInt(drawn)).toEqual(drawn);
      }),
      { seed, numRuns: 40 },
    );
  });
});

describe('deltas of instants', () => {
  it('writes milliseconds as microseconds', () => {
    expect(viaMillis([1_767_225_600_000, 1_767_225_600_001, 0])).toEqual([
      1_767_225_600_000_000n,
      1_767_225_600_001_000n,
      0n,
    ]);
  });

  it('is exact at both ends of what is an instant, and just inside and outside of 32 bits', () => {
    const last = 7_258_118_399_999;
    const steps = [0, 2 ** 31 - 1, 0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, last, 0, last - 1];

    expect(viaMillis(steps)).toEqual(steps.map((value) => BigInt(value) * 1000n));
    expect(viaMillis([0, 2 ** 31 - 1, 0])).toEqual([0n, 2_147_483_647_000n, 0n]);
  });

  it.each([0, 1, 10, 22, 30, 31, 32, 42])('never loses a value in a range of 2^%i', (bits) => {
    const offsets = fc.array(fc.integer({ min: 0, max: 2 ** bits }), { maxLength, size });
    fc.assert(
      fc.property(offsets, fc.integer({ min: -1e6, max: 2 ** 42 }), (drawn, base) => {
        const values = drawn.map((offset) => base + offset);
        expect(viaMillis(values)).toEqual(values.map((value) => BigInt(value) * 1000n));
      }),
      { seed, numRuns: 40 },
    );
  });
});
