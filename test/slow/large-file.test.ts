import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RowGroupData } from '../../lambdas/shared/bytes/column-data.ts';
import { readRows } from '../../lambdas/shared/parquet/reader.ts';
import { ParquetWriter } from '../../lambdas/shared/parquet/writer.ts';
import { bytesValues, COMPACT, columnsOf, parquetFile } from '../support/parquet-data.ts';
import {
  hasPyArrow,
  pyArrowTitle,
  queryDuckDb,
  readWithDuckDb,
  readWithPyArrow,
  readWithTandem,
} from '../support/parquet-readers.ts';

const ROWS = 1_048_577;

const COLUMNS = columnsOf([
  { name: 'id', type: { kind: 'string' }, isNullable: false },
  { name: 'customer', type: { kind: 'string' }, isNullable: true },
  { name: 'scattered', type: { kind: 'int32' }, isNullable: true },
  { name: 'amount', type: { kind: 'decimal', precision: 18, scale: 2 }, isNullable: false },
  { name: 'noise', type: { kind: 'int64' }, isNullable: false },
]);

/** Rows `[from, from + rowCount)` as functions of the row, so that SQL can say what they hold. */
function group(from: number, rowCount: number): RowGroupData {
  const row = (index: number) => from + index;
  return {
    rowCount,
    columns: {
      id: {
        kind: 'plain',
        values: bytesValues(Array.from({ length: rowCount }, (_, index) => `o${row(index)}`)),
        validity: null,
      },
      customer: {
        kind: 'keyed',
        keys: Uint32Array.from({ length: rowCount }, (_, index) => (row(index) * 7919) % 1000),
        keyCount: 1000,
        valueOf: Int32Array.from({ length: 1000 }, (_, key) => (key % 10 === 0 ? -1 : key)),
        values: bytesValues(Array.from({ length: 1000 }, (_, key) => `c${key}`)),
      },
      scattered: {
        kind: 'plain',
        values: Int32Array.from({ length: rowCount }, (_, index) => (row(index) * 7919) % 100_003),
        validity: Uint8Array.from({ length: rowCount }, (_, index) =>
          row(index) % 3 === 0 ? 0 : 1,
        ),
      },
      amount: {
        kind: 'plain',
        values: Float64Array.from({ length: rowCount }, (_, index) => row(index) * 1_000_000_007),
        validity: null,
      },
      noise: {
        kind: 'plain',
        values: Float64Array.from(
          { length: rowCount },
          (_, index) => (row(index) * row(index) * 7919) % 4_294_967_291,
        ),
        validity: null,
      },
    },
  };
}

describe('a file of 1,048,577 rows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-parquet-'));
  const path = join(folder, 'large.parquet');
  let file: Uint8Array = new Uint8Array(0);

  beforeAll(() => {
    const writer = new ParquetWriter(COLUMNS, COMPACT);
    const first = Buffer.from(writer.writeRowGroup(group(0, ROWS - 1)));
    const second = Buffer.from(writer.writeRowGroup(group(ROWS - 1, 1)));
    file = Buffer.concat([first, second, writer.finish()]);
    writeFileSync(path, file);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('holds every value, as DuckDB reads it', async () => {
    const wrong = `SELECT count(*), count(*) FILTER (WHERE
        id IS DISTINCT FROM 'o' || file_row_number
        OR customer IS DISTINCT FROM CASE WHEN (file_row_number * 7919) % 10 = 0 THEN NULL
          ELSE 'c' || ((file_row_number * 7919) % 1000) END
        OR scattered IS DISTINCT FROM CASE WHEN file_row_number % 3 = 0 THEN NULL
          ELSE (file_row_number * 7919) % 100003 END
        OR amount IS DISTINCT FROM (file_row_number * 1000000007)::DECIMAL(18,0) / 100
        OR noise IS DISTINCT FROM (file_row_number * file_row_number * 7919) % 4294967291)
      FROM read_parquet('${path}', file_row_number = true)`;

    expect(await queryDuckDb(wrong)).toEqual([[1_048_577n, 0n]]);
  });

  it('shows its first rows from the first page of each column', async () => {
    const rows = [];
    for await (const row of readRows(file, { limit: 2 })) rows.push(row);

    expect(rows).toEqual([
      { id: 'o0', customer: null, scattered: null, amount: '0.00', noise: '0' },
      { id: 'o1', customer: 'c919', scattered: 7919, amount: '10000000.07', noise: '7919' },
    ]);
  });

  it('reads on where a page and a row group end', async () => {
    const ids: unknown[] = [];
    for await (const row of readRows(file, { columns: ['id'] })) ids.push(row.id);

    expect(ids).toHaveLength(1_048_577);
    expect([32_767, 32_768, 1_048_575, 1_048_576].map((row) => ids[row])).toEqual([
      'o32767',
      'o32768',
      'o1048575',
      'o1048576',
    ]);
  });

  it.skipIf(!hasPyArrow)(pyArrowTitle('has two row groups that pyarrow reads'), () => {
    const [view] = readWithPyArrow([path], 'metadata');

    expect([view.row_count, view.row_groups]).toEqual([1_048_577, 2]);
    expect(
      view.chunks.map(({ name, rows, nulls, min, max }) => [name, rows, nulls, min, max]),
    ).toEqual([
      ['id', 1_048_576, 0, 'o0', 'o999999'],
      ['customer', 1_048_576, 104_858, 'c1', 'c999'],
      ['scattered', 1_048_576, 349_526, 0, 100_002],
      ['amount', 1_048_576, 0, '0.00', '10485750073400.25'],
      ['noise', 1_048_576, 0, 0, 4_294_964_146],
      ['id', 1, 0, 'o1048576', 'o1048576'],
      ['customer', 1, 0, 'c344', 'c344'],
      ['scattered', 1, 0, 24_242, 24_242],
      ['amount', 1, 0, '10485760073400.32', '10485760073400.32'],
      ['noise', 1, 0, 10_136_320, 10_136_320],
    ]);
  });
});

describe('long texts', () => {
  it('are cut into pages by their bytes', async () => {
    const columns = columnsOf([{ name: 'raw', type: { kind: 'string' }, isNullable: true }]);
    const texts = Array.from({ length: 300 }, (_, row) => `${row}${'x'.repeat(60_000)}`);
    const writer = new ParquetWriter(columns, COMPACT);
    const validity = Uint8Array.from(texts, (_, row) => (row % 7 === 0 ? 0 : 1));
    const group = Buffer.from(
      writer.writeRowGroup({
        rowCount: 300,
        columns: { raw: { kind: 'plain', values: bytesValues(texts), validity } },
      }),
    );
    const file = Buffer.concat([group, writer.finish()]);

    const lengths = [];
    for await (const row of readRows(file))
      lengths.push((row.raw as string | null)?.length ?? null);

    expect(lengths.slice(0, 8)).toEqual([null, ...new Array(6).fill(60_001), null]);
    expect(lengths.slice(295)).toEqual([60_003, 60_003, 60_003, 60_003, 60_003]);
  });
});

describe('pages without a value among pages with values', () => {
  const ROWS_WITH_NULLS = 40_000;
  const folder = mkdtempSync(join(tmpdir(), 'tandem-parquet-'));
  const types = [
    { kind: 'string' },
    { kind: 'string' },
    { kind: 'int32' },
    { kind: 'int64' },
    { kind: 'decimal', precision: 18, scale: 2 },
  ] as const;
  const last = [
    ['order-1', 'order-2', 'order-3', 'order-4'],
    ['x', 'yy', 'zzz', ''],
    [1, -5, 7, 7],
    [2n ** 63n - 1n, 0n, 5n, 5n],
    [115, 115, 115, -1],
  ];
  const columns = types.flatMap((type, index) =>
    [false, true].map((isKeyed) => ({
      name: `c${index}${isKeyed ? 'k' : ''}`,
      type,
      isNullable: true,
      isKeyed,
      values: [...new Array(ROWS_WITH_NULLS - 4).fill(null), ...last[index]],
    })),
  );
  const tail = [
    ['order-1', 'order-1', 'x', 'x', '1', '1', ...new Array(2).fill('9223372036854775807')],
    ['order-2', 'order-2', 'yy', 'yy', '-5', '-5', '0', '0'],
    ['order-3', 'order-3', 'zzz', 'zzz', '7', '7', '5', '5'],
    ['order-4', 'order-4', '', '', '7', '7', '5', '5'],
  ].map((row, index) => [...row, ...new Array(2).fill(index === 3 ? '-0.01' : '1.15')]);

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['compact', 'plain'] as const)('are read by all readers: %s', async (encoding) => {
    const path = join(folder, encoding);
    const file = parquetFile(columns, { ...COMPACT, encoding });
    writeFileSync(path, file);

    const answers = [
      await readWithTandem(file),
      await readWithDuckDb(path, columnsOf(columns)),
      ...(hasPyArrow ? [readWithPyArrow([path])[0].rows] : []),
    ];

    for (const rows of answers) {
      expect(rows).toHaveLength(40_000);
      expect(rows.slice(-4)).toEqual(tail);
      expect(rows.slice(0, -4).every((row) => row.every((value) => value === null))).toBe(true);
    }
  });
});
