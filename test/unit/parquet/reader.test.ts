import { describe, expect, it } from 'vitest';
import {
  type ReadOptions,
  type RowValue,
  readRows,
} from '../../../lambdas/shared/parquet/reader.ts';
import { COMPACT, parquetFile } from '../../support/parquet-data.ts';

const FILE = parquetFile(
  [
    { name: 'id', type: { kind: 'string' }, isNullable: false, values: ['a', 'b', 'c', 'd', 'e'] },
    { name: 'n', type: { kind: 'int32' }, isNullable: true, values: [1, null, 3, 4, 5] },
    {
      name: 'big',
      type: { kind: 'int64' },
      isNullable: false,
      values: [2n ** 63n - 1n, 2, 3, 4, 5],
    },
    {
      name: 'price',
      type: { kind: 'decimal', precision: 9, scale: 2 },
      isNullable: false,
      values: [115, -5, 0, 100, 999_999_999],
    },
    { name: 'day', type: { kind: 'date' }, isNullable: false, values: [20_454, 0, 1, 2, 3] },
    {
      name: 'at',
      type: { kind: 'timestamp' },
      isNullable: false,
      values: [1_767_225_600_001, 0, 1, 2, 3],
    },
  ],
  COMPACT,
  2,
);

async function rowsOf(
  file: Parameters<typeof readRows>[0],
  options?: ReadOptions,
): Promise<Record<string, RowValue>[]> {
  const rows: Record<string, RowValue>[] = [];
  for await (const row of readRows(file, options)) rows.push(row);
  return rows;
}

describe('readRows', () => {
  it('gives numbers, exact texts, days, instants and nulls', async () => {
    const [first, second] = await rowsOf(FILE, { limit: 2 });

    expect(first).toEqual({
      id: 'a',
      n: 1,
      big: '9223372036854775807',
      price: '1.15',
      day: '2026-01-01',
      at: '2026-01-01T00:00:00.001Z',
    });
    expect([second.n, second.price]).toEqual([null, '-0.05']);
  });

  it.each([
    [0, []],
    [1, ['a']],
    [2, ['a', 'b']],
    [3, ['a', 'b', 'c']],
    [99, ['a', 'b', 'c', 'd', 'e']],
  ])('stops after %i rows, across row groups', async (limit, ids) => {
    expect((await rowsOf(FILE, { limit })).map((row) => row.id)).toEqual(ids);
  });

  it('gives the columns that are asked for, in that order', async () => {
    const [row] = await rowsOf(FILE, { columns: ['price', 'id'] });

    expect(Object.entries(row)).toEqual([
      ['price', '1.15'],
      ['id', 'a'],
    ]);
  });

  it('leaves out columns that an older file lacks, where that may be', async () => {
    const skip = { maySkipColumns: true };
    const [row] = await rowsOf(FILE, { ...skip, columns: ['id', 'newer'] });
    expect(Object.keys(row)).toEqual(['id']);
    const all = await rowsOf(FILE);
    expect(await rowsOf(FILE, { ...skip, columns: ['newer'] })).toHaveLength(all.length);
  });

  it('reads ranges of a file, and only the row groups and columns that it needs', async () => {
    const bytes = Buffer.concat([FILE]);
    const ranges: number[] = [];
    const remote = {
      byteLength: bytes.length,
      slice: async (start: number, end = bytes.length) => {
        ranges.push(end - start);
        return new Uint8Array(bytes.subarray(start, end)).buffer;
      },
    };

    const rows = await rowsOf(remote, { limit: 1, columns: ['id'] });

    expect(rows).toEqual([{ id: 'a' }]);
    // The footer, then one column of one row group.
    expect(ranges).toHaveLength(2);
    expect(ranges[1]).toBeLessThan(100);
  });

  it('gives the columns of a file of an earlier version under the names of now', async () => {
    const text = (name: string, value: string) =>
      ({ name, type: { kind: 'string' }, isNullable: false, values: [value] }) as const;
    const old = parquetFile([text('source', 'b.csv'), text('first_source', 'a.csv')], COMPACT, 1);

    expect(await rowsOf(old)).toEqual([{ source: 'b.csv', kept_source: 'a.csv' }]);
    expect(await rowsOf(old, { columns: ['kept_source'] })).toEqual([{ kept_source: 'a.csv' }]);
  });

  it('fails when the bytes are no Parquet file', async () => {
    await expect(rowsOf(Buffer.from('order_id,customer_id\n'))).rejects.toThrow(/parquet/i);
    await expect(rowsOf(new Uint8Array(0))).rejects.toThrow(/parquet/i);
  });

  it('fails when a column is asked for that the file does not have', async () => {
    await expect(rowsOf(FILE, { columns: ['price', 'prise'] })).rejects.toThrow(/prise/);
  });
});
