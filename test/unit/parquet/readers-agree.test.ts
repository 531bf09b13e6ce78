import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../lambdas/shared/model/column.ts';
import { tablesOf } from '../../../lambdas/shared/model/tables.ts';
import type { ParquetOptions } from '../../../lambdas/shared/parquet/writer.ts';
import {
  COMPACT,
  columnsOf,
  expectedRows,
  parquetFile,
  type Stored,
  type TestColumn,
} from '../../support/parquet-data.ts';
import {
  hasPyArrow,
  type PyArrowView,
  pyArrowTitle,
  readWithDuckDb,
  readWithParquetJs,
  readWithPyArrow,
  readWithTandem,
} from '../../support/parquet-readers.ts';

const STRING: ColumnType = { kind: 'string' };
const INT32: ColumnType = { kind: 'int32' };
const INT64: ColumnType = { kind: 'int64' };
const AMOUNT: ColumnType = { kind: 'decimal', precision: 18, scale: 2 };

const LARGEST = 10n ** 18n - 1n;

/** Values that are hard for each type. */
const EDGES: Readonly<Record<ColumnType['kind'], readonly Stored[]>> = {
  string: ['', 'a', 'ab', 'abc', 'Zoë', '日本語', '👩‍🚀', 'a,"b"\r\n', ' ', 'x'.repeat(70_000), ''],
  int32: [0, 1, -1, 2_147_483_647, -2_147_483_648, 2_147_483_647, 100_000, 7, 7, 7, 7],
  int64: [0, 1, -1, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n, -5, 5, 5, 5],
  date: [0, 20_454, 20_485, 83_991, 0, 1, 2, 3, 4, 5, 6],
  timestamp: [0, 1, 999, 1_767_225_600_000, 7_258_118_399_999, 1000, 0, 5, 5, 5, 5],
  decimal: [LARGEST, -LARGEST, 1, -1, 0, 99, -99, 100, LARGEST, LARGEST, -LARGEST],
};

/** Eleven of the edge values, or those that the precision allows. */
function edgesOf(type: ColumnType): readonly Stored[] {
  if (type.kind !== 'decimal' || type.precision === 18) return EDGES[type.kind];
  const largest = 10 ** type.precision - 1;
  return [largest, -largest, 1, -1, 0, 99, -99, 100, largest, largest, -largest];
}

/** As many rows as wanted, the edge values again and again. */
function repeat(values: readonly Stored[], rowCount: number, nulls: 'none' | 'some' | 'all') {
  return Array.from({ length: rowCount }, (_, row) => {
    if (nulls === 'all' || (nulls === 'some' && row % 3 === 1)) return null;
    return values[row % values.length];
  });
}

interface Case {
  readonly name: string;
  readonly columns: readonly TestColumn[];
  readonly options: ParquetOptions;
  readonly groupRows?: number;
}

function tableCases(rowCount: number, isKeyed: boolean, options: ParquetOptions): Case[] {
  return (['batch', 'stream'] as const).flatMap((door) =>
    tablesOf(door).map((table) => ({
      name: [door, table.name, rowCount, isKeyed ? 'keyed' : 'plain', options.encoding].join(' '),
      options,
      columns: table.columns.map(({ name, type, isNullable }) => ({
        name,
        type,
        isNullable,
        isKeyed,
        values: repeat(edgesOf(type), rowCount, isNullable ? 'some' : 'none'),
      })),
    })),
  );
}

const ALL_TYPES: readonly ColumnType[] = [
  STRING,
  INT32,
  INT64,
  { kind: 'date' },
  { kind: 'timestamp' },
  AMOUNT,
  { kind: 'decimal', precision: 10, scale: 2 },
  { kind: 'decimal', precision: 9, scale: 3 },
  { kind: 'decimal', precision: 4, scale: 1 },
];

function typeCase(
  rowCount: number,
  nulls: 'none' | 'some' | 'all',
  isKeyed: boolean,
  options: ParquetOptions,
): Case {
  return {
    name: [
      `all types, ${rowCount} rows, nulls ${nulls}`,
      isKeyed ? 'keyed' : 'plain',
      options.encoding,
      options.codec,
    ].join(', '),
    options,
    columns: ALL_TYPES.map((type, index) => ({
      name: `c${index}`,
      type,
      isNullable: nulls !== 'none' || index % 2 === 0,
      isKeyed,
      values: repeat(edgesOf(type), rowCount, nulls),
    })),
  };
}

const PLAIN_NONE: ParquetOptions = { ...COMPACT, codec: 'none', encoding: 'plain' };
const PLAIN_SNAPPY: ParquetOptions = { ...COMPACT, codec: 'snappy', encoding: 'plain' };

const CASES: readonly Case[] = [
  ...tableCases(23, false, COMPACT),
  ...tableCases(60, true, COMPACT),
  ...[0, 1, 2, 11, 300].flatMap((rowCount) =>
    [COMPACT, { ...COMPACT, codec: 'snappy' } as const, PLAIN_NONE].flatMap((options) =>
      (['none', 'some', 'all'] as const).flatMap((nulls) =>
        [false, true].map((isKeyed) => typeCase(rowCount, nulls, isKeyed, options)),
      ),
    ),
  ),
  { ...typeCase(300, 'some', false, COMPACT), name: 'several row groups', groupRows: 70 },
  { ...typeCase(300, 'some', true, COMPACT), name: 'several keyed row groups', groupRows: 70 },
];

/**
 * What parquetjs-lite can read: PLAIN; it has no DECIMAL, and fails on the INT64 of a timestamp.
 */
const SIMPLE_CASES: readonly Case[] = [PLAIN_NONE, PLAIN_SNAPPY].flatMap((options) =>
  [1, 11, 300].flatMap((rowCount) =>
    (['none', 'some', 'all'] as const).map((nulls) => {
      const wide = typeCase(rowCount, nulls, false, options);
      return {
        ...wide,
        columns: wide.columns.filter(
          ({ type }) => type.kind !== 'decimal' && type.kind !== 'timestamp',
        ),
      };
    }),
  ),
);

const folder = mkdtempSync(join(tmpdir(), 'tandem-parquet-'));
const written = CASES.map((testCase, index) => writeCase(testCase, `${index}.parquet`));
const simple = SIMPLE_CASES.map((testCase, index) =>
  writeCase(testCase, `simple-${index}.parquet`),
);

function writeCase(testCase: Case, fileName: string) {
  const bytes = parquetFile(testCase.columns, testCase.options, testCase.groupRows);
  const path = join(folder, fileName);
  writeFileSync(path, bytes);
  return { ...testCase, bytes, path, expected: expectedRows(testCase.columns) };
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('readers agree on what was written', () => {
  it.each(written)('our reader: $name', async ({ bytes, expected }) => {
    expect(await readWithTandem(bytes)).toEqual(expected);
  });

  it.each(written)('DuckDB: $name', async ({ path, columns, expected }) => {
    expect(await readWithDuckDb(path, columnsOf(columns))).toEqual(expected);
  });

  it.each(simple)('parquetjs-lite: $name', async ({ path, columns, expected }) => {
    expect(await readWithParquetJs(path, columnsOf(columns))).toEqual(expected);
  });

  it('shows decimals to the last digit', async () => {
    const values = [999_999_999_999_999_999n, -999_999_999_999_999_999n, 1n, 0n, -1n];
    const bytes = parquetFile([{ name: 'amount', type: AMOUNT, isNullable: false, values }]);

    expect(await readWithTandem(bytes)).toEqual([
      ['9999999999999999.99'],
      ['-9999999999999999.99'],
      ['0.01'],
      ['0.00'],
      ['-0.01'],
    ]);
  });
});

describe.skipIf(!hasPyArrow)(pyArrowTitle('pyarrow agrees'), () => {
  let views: readonly PyArrowView[] = [];

  beforeAll(() => {
    views = readWithPyArrow(written.map(({ path }) => path));
  });

  it.each(written.map((testCase, index) => ({ ...testCase, index })))(
    'on the rows: $name',
    ({ expected, index }) => {
      expect(views[index].rows).toEqual(expected);
    },
  );

  it.each(written.map((testCase, index) => ({ ...testCase, index })))(
    'on the schema: $name',
    ({ columns, index }) => {
      expect(views[index].columns).toEqual(
        columns.map(({ name, type, isNullable }, column) => ({
          name,
          ...pyArrowTypeOf(type),
          nullable: isNullable,
          field_id: column + 1,
        })),
      );
    },
  );
});

function pyArrowTypeOf(type: ColumnType) {
  switch (type.kind) {
    case 'string':
      return { type: 'string', physical: 'BYTE_ARRAY', logical: 'String', converted: 'UTF8' };
    case 'int32':
      return { type: 'int32', physical: 'INT32', logical: 'None', converted: 'NONE' };
    case 'int64':
      return { type: 'int64', physical: 'INT64', logical: 'None', converted: 'NONE' };
    case 'date':
      return { type: 'date32[day]', physical: 'INT32', logical: 'Date', converted: 'DATE' };
    case 'timestamp':
      return {
        type: 'timestamp[us, tz=UTC]',
        physical: 'INT64',
        logical:
          'Timestamp(isAdjustedToUTC=true, timeUnit=microseconds, ' +
          'is_from_converted_type=false, force_set_converted_type=false)',
        converted: 'TIMESTAMP_MICROS',
      };
    case 'decimal':
      return {
        type: `decimal128(${type.precision}, ${type.scale})`,
        physical: type.precision <= 9 ? 'INT32' : 'INT64',
        logical: `Decimal(precision=${type.precision}, scale=${type.scale})`,
        converted: 'DECIMAL',
      };
  }
}
