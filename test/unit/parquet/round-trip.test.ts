import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../lambdas/shared/model/column.ts';
import type { ParquetOptions } from '../../../lambdas/shared/parquet/writer.ts';
import {
  expectedRows,
  parquetFile,
  type Stored,
  type TestColumn,
} from '../../support/parquet-data.ts';
import { readWithTandem } from '../../support/parquet-readers.ts';
import { seed } from '../../support/seed.ts';

const MAX_MS = Date.UTC(2200, 0, 1) - 1;

/** Values of a type: any, and some that come again. */
function valuesOf(type: ColumnType): fc.Arbitrary<Stored> {
  switch (type.kind) {
    case 'string':
      return fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.constantFrom('', 'a', 'completed'),
      );
    case 'int32':
      return fc.oneof(fc.integer(), fc.integer({ min: 0, max: 3 }));
    case 'int64':
      return fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger());
    case 'date':
      return fc.integer({ min: 0, max: 84_000 });
    case 'timestamp':
      return fc.integer({ min: 0, max: MAX_MS });
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision) - 1n;
      return fc.oneof(fc.bigInt({ min: -limit, max: limit }), fc.constantFrom(limit, -limit, 0n));
    }
  }
}

const types: fc.Arbitrary<ColumnType> = fc.constantFrom<ColumnType>(
  { kind: 'string' },
  { kind: 'int32' },
  { kind: 'int64' },
  { kind: 'date' },
  { kind: 'timestamp' },
  { kind: 'decimal', precision: 9, scale: 2 },
  { kind: 'decimal', precision: 18, scale: 2 },
);

const options: fc.Arbitrary<ParquetOptions> = fc.record({
  codec: fc.constantFrom('zstd', 'snappy', 'none'),
  encoding: fc.constantFrom('compact', 'plain'),
  zstdLevel: fc.constantFrom(1, 3),
});

function columnArbitrary(rowCount: number): fc.Arbitrary<TestColumn> {
  return fc.tuple(types, fc.boolean(), fc.boolean()).chain(([type, isNullable, isKeyed]) => {
    const value = valuesOf(type);
    return fc
      .array(isNullable ? fc.option(value) : value, { minLength: rowCount, maxLength: rowCount })
      .map((values) => ({ name: 'c', type, isNullable, isKeyed, values }));
  });
}

const files = fc
  .integer({ min: 1, max: 200 })
  .chain((rowCount) =>
    fc.tuple(
      fc.array(columnArbitrary(rowCount), { minLength: 1, maxLength: 4 }),
      options,
      fc.integer({ min: 1, max: 200 }),
    ),
  );

describe('a written file', () => {
  it('always reads back as what went in', async () => {
    await fc.assert(
      fc.asyncProperty(files, async ([drawn, fileOptions, groupRows]) => {
        const columns = drawn.map((column, index) => ({ ...column, name: `c${index}` }));

        const file = parquetFile(columns, fileOptions, groupRows);

        expect(await readWithTandem(file)).toEqual(expectedRows(columns));
      }),
      { seed, numRuns: 150 },
    );
  });
});
