import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteBuffer } from '../../../lambdas/shared/parquet/byte-buffer.ts';
import { ColumnKernel } from '../../../lambdas/shared/parquet/column-kernel.ts';
import { writeRleRun } from '../../../lambdas/shared/parquet/rle-hybrid.ts';
import { seed } from '../../support/seed.ts';
import { ByteReader, decodeRleHybrid } from './decoders.ts';

const kernel = new ColumnKernel();

function encoded(values: readonly number[], width: number): Uint8Array {
  const buffer = new ByteBuffer(4);
  // What stands behind the values must not matter.
  const padded = Int32Array.from([...values, ...Array.from({ length: 8 }, () => -1)]);
  kernel.packIndexes(buffer, padded, values.length, width);
  return buffer.written();
}

describe('indexes', () => {
  it('writes equal values as one run', () => {
    expect([...encoded(new Array(100).fill(5), 3)]).toEqual([0xc8, 0x01, 5]);
  });

  it('packs values that differ', () => {
    expect([...encoded([0, 1, 2, 3, 4, 5, 6, 7], 3)]).toEqual([3, 0x88, 0xc6, 0xfa]);
  });

  it('packs, runs and packs again', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8, ...new Array(20).fill(9), 1, 2];

    expect([...encoded(values, 8)]).toEqual([
      3, 1, 2, 3, 4, 5, 6, 7, 8, 40, 9, 3, 1, 2, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('does not break a packed run for a run that saves nothing', () => {
    const values = [0, 1, 0, 1, 0, 1, 0, 1, ...new Array(9).fill(1), 0, 1, 0, 1, 0, 1, 0];

    expect(encoded(values, 1)).toHaveLength(4);
  });

  it('never loses a value', () => {
    const runs = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 1, max: 90 })),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 32 }), (drawn, width) => {
        const values = drawn.flatMap(([value, count]) => new Array(count).fill(value % 2 ** width));

        const bytes = encoded(values, width);

        const reader = new ByteReader(bytes);
        expect(decodeRleHybrid(reader, values.length, width)).toEqual(values);
        expect(reader.at).toBe(bytes.length);
      }),
      { seed },
    );
  });
});

describe('writeRleRun', () => {
  it('writes the value in as many bytes as the width needs', () => {
    const buffer = new ByteBuffer(4);

    writeRleRun(buffer, { value: 0x1234, count: 8, width: 13 });

    expect([...buffer.written()]).toEqual([16, 0x34, 0x12]);
  });
});
