import { describe, expect, it } from 'vitest';
import type { ColumnData, RowGroupData } from '../../../lambdas/shared/bytes/column-data.ts';
import type { Column } from '../../../lambdas/shared/model/column.ts';
import { EncodeArena } from '../../../lambdas/shared/parquet/arena.ts';
import { type ParquetOptions, ParquetWriter } from '../../../lambdas/shared/parquet/writer.ts';
import {
  bytesValues,
  COMPACT,
  columnsOf,
  keyedColumn,
  parquetFile,
  plainColumn,
} from '../../support/parquet-data.ts';
import { readWithTandem } from '../../support/parquet-readers.ts';

const STRING = { kind: 'string' } as const;
const INT32 = { kind: 'int32' } as const;

const ID: readonly Column[] = columnsOf([{ name: 'id', type: STRING, isNullable: false }]);
const COUNT: readonly Column[] = columnsOf([{ name: 'count', type: INT32, isNullable: false }]);

function ids(...values: readonly string[]): RowGroupData {
  return { rowCount: values.length, columns: { id: plainColumn(STRING, values) } };
}

function fileOf(
  columns: readonly Column[],
  groups: readonly RowGroupData[],
  options: ParquetOptions = COMPACT,
  arena = new EncodeArena(),
): Buffer {
  const writer = new ParquetWriter(columns, options, {}, arena);
  const parts = groups.map((group) => Buffer.from(writer.writeRowGroup(group)));
  return Buffer.concat([...parts, writer.finish()]);
}

describe('ParquetWriter', () => {
  it('begins and ends a file with the magic', () => {
    const file = fileOf(ID, [ids('a')]);

    expect(file.subarray(0, 4).toString()).toBe('PAR1');
    expect(file.subarray(-4).toString()).toBe('PAR1');
  });

  it('writes a valid file without row groups', async () => {
    const file = fileOf(ID, []);

    expect(file.subarray(0, 4).toString()).toBe('PAR1');
    expect(await readWithTandem(file)).toEqual([]);
  });

  it('leaves out row groups without rows', async () => {
    const file = fileOf(ID, [ids(), ids('a'), ids(), ids('b')]);

    expect(await readWithTandem(file)).toEqual([['a'], ['b']]);
    expect(file).toEqual(fileOf(ID, [ids('a'), ids('b')]));
  });

  it('counts its rows and bytes', () => {
    const writer = new ParquetWriter(ID, COMPACT);

    const first = writer.writeRowGroup(ids('a', 'b')).length;
    expect([writer.rowCount, writer.sizeBytes]).toEqual([2, first]);
    const second = writer.writeRowGroup(ids('c')).length;
    const end = writer.finish().length;

    expect([writer.rowCount, writer.sizeBytes]).toEqual([3, first + second + end]);
  });

  it('writes equal bytes whatever an arena was used for before', () => {
    const texts = Array.from({ length: 3_000 }, (_, index) => `value ${(index * 7919) % 3_001}`);
    const large: RowGroupData = { rowCount: 3_000, columns: { id: plainColumn(STRING, texts) } };
    const keyed: RowGroupData = {
      rowCount: 9,
      columns: { id: keyedColumn(STRING, ['b', 'a', 'b', 'b', 'a', 'c', 'c', 'b', 'a']) },
    };
    const arena = new EncodeArena();

    fileOf(ID, [large, keyed], COMPACT, arena);

    expect(fileOf(ID, [keyed], COMPACT, arena)).toEqual(fileOf(ID, [keyed]));
    expect(fileOf(ID, [ids('z')], COMPACT, arena)).toEqual(fileOf(ID, [ids('z')]));
  });

  it('writes equal bytes whether or not columns share their keys', () => {
    const columns = columnsOf([
      { name: 'id', type: STRING, isNullable: false },
      { name: 'name', type: STRING, isNullable: true },
      { name: 'mail', type: STRING, isNullable: true },
      { name: 'segment', type: STRING, isNullable: true },
    ]);
    const keys = Uint32Array.from({ length: 5_000 }, (_, row) => (row * 7919) % 40);
    const column = (values: readonly string[], valueOfKey: Int32Array | null, own: boolean) =>
      ({
        kind: 'keyed',
        keys: own ? keys.slice() : keys,
        keyCount: 40,
        valueOf: valueOfKey,
        values: bytesValues(values),
      }) as const;
    const names = (prefix: string) => Array.from({ length: 40 }, (_, key) => `${prefix}${key}`);
    const known = Int32Array.from({ length: 40 }, (_, key) => (key % 9 === 0 ? -1 : key));
    const segment = Int32Array.from({ length: 40 }, (_, key) => key % 3);
    const group = (own: boolean): RowGroupData => ({
      rowCount: 5_000,
      columns: {
        id: column(names('c'), null, own),
        name: column(names('name '), known, own),
        mail: column(names('mail '), known, own),
        segment: column(['a', 'b', 'c'], segment, own),
      },
    });

    expect(fileOf(columns, [group(false)])).toEqual(fileOf(columns, [group(true)]));
  });

  it('puts values into a dictionary in the order of their first row, and each only once', () => {
    const column: ColumnData = {
      kind: 'keyed',
      keys: Uint32Array.of(3, 1, 0, 3, 1, 0, 3, 3),
      keyCount: 4,
      valueOf: Int32Array.of(1, 0, 2, 0),
      values: bytesValues(['first', 'second', 'unused']),
    };

    const file = fileOf(ID, [{ rowCount: 8, columns: { id: column } }], {
      ...COMPACT,
      codec: 'none',
    });

    expect(file.includes('\x05\0\0\0first\x06\0\0\0second')).toBe(true);
    expect(file.includes('unused')).toBe(false);
  });

  it('writes values instead of a dictionary where few rows share one', async () => {
    const distinct = Array.from({ length: 100 }, (_, index) => `value ${index}`);

    const file = fileOf(ID, [{ rowCount: 100, columns: { id: keyedColumn(STRING, distinct) } }], {
      ...COMPACT,
      codec: 'none',
    });

    expect(await readWithTandem(file)).toEqual(distinct.map((value) => [value]));
    expect(file).toEqual(
      fileOf(ID, [{ rowCount: 100, columns: { id: plainColumn(STRING, distinct) } }], {
        ...COMPACT,
        codec: 'none',
      }),
    );
  });

  it('takes arrays that are longer than the rows', async () => {
    const columns = [...ID, ...COUNT];
    const values = bytesValues(['a', 'b', 'c']);
    const group: RowGroupData = {
      rowCount: 2,
      columns: {
        id: { kind: 'plain', values, validity: null },
        count: { kind: 'plain', values: Int32Array.of(7, 8, 9, 10), validity: null },
      },
    };

    expect(await readWithTandem(fileOf(columns, [group]))).toEqual([
      ['a', '7'],
      ['b', '8'],
    ]);
  });

  it('never reads what stands in the place of a null', async () => {
    const columns = columnsOf([{ name: 'n', type: { kind: 'int64' }, isNullable: true }]);
    const column = (atNull: number): ColumnData => ({
      kind: 'plain',
      values: Float64Array.of(1, atNull, 3),
      validity: Uint8Array.of(1, 0, 1),
    });

    const file = fileOf(columns, [{ rowCount: 3, columns: { n: column(Number.NaN) } }]);

    expect(await readWithTandem(file)).toEqual([['1'], [null], ['3']]);
    expect(file).toEqual(fileOf(columns, [{ rowCount: 3, columns: { n: column(0) } }]));
  });

  it('fails when a column without nulls gets one', () => {
    const plain = plainColumn(STRING, ['a', null]);
    const keyed = keyedColumn(STRING, ['a', null]);

    for (const column of [plain, keyed]) {
      expect(() => fileOf(ID, [{ rowCount: 2, columns: { id: column } }])).toThrow(
        'invariant broken: column id has no nulls',
      );
    }
  });

  it('fails when columns or rows do not fit, or after the end', () => {
    const writer = new ParquetWriter(ID, COMPACT);

    expect(() => writer.writeRowGroup({ rowCount: 1, columns: {} })).toThrow('column id has data');
    expect(() => writer.writeRowGroup({ ...ids('a'), rowCount: 1_048_577 })).toThrow(
      '1048577 rows',
    );
    writer.finish();
    expect(() => writer.writeRowGroup(ids('a'))).toThrow('finished');
    expect(() => writer.finish()).toThrow('finished once');
  });
});

describe('arrays that do not fit', () => {
  const values = bytesValues(['a', 'b']);
  const keyed = { kind: 'keyed', keys: Uint32Array.of(0, 1), keyCount: 2, valueOf: null } as const;
  const CASES: readonly (readonly [string, ColumnData])[] = [
    ['id has 2 values', { kind: 'plain', values: bytesValues(['a']), validity: null }],
    ['whether they are null', { kind: 'plain', values, validity: Uint8Array.of(1) }],
    ['values of its type', { kind: 'plain', values: Int32Array.of(1, 2), validity: null }],
    ['id has 2 keys', { ...keyed, keys: Uint32Array.of(0), values }],
    ['what its 3 keys stand for', { ...keyed, keyCount: 3, values }],
    ['what its 2 keys stand for', { ...keyed, valueOf: Int32Array.of(0), values }],
    ['keys are below 2', { ...keyed, keys: Uint32Array.of(0, 2), values }],
    ['keys are below 2', { ...keyed, keys: Uint32Array.of(5_000_000, 0), values }],
  ];

  it.each(CASES)('fail a row group: %s', (message, column) => {
    expect(() => fileOf(ID, [{ rowCount: 2, columns: { id: column } }])).toThrow(message);
  });

  it('leave the arena as it was', () => {
    const arena = new EncodeArena();
    const wrong: ColumnData = { ...keyed, keys: Uint32Array.of(1, 7), values };
    const right: RowGroupData = {
      rowCount: 9,
      columns: { id: keyedColumn(STRING, ['b', 'a', 'b', 'b', 'a', 'c', 'c', 'b', 'a']) },
    };

    expect(() => fileOf(ID, [{ rowCount: 2, columns: { id: wrong } }], COMPACT, arena)).toThrow(
      'below',
    );

    expect(fileOf(ID, [right], COMPACT, arena)).toEqual(fileOf(ID, [right]));
  });
});

describe('a file', () => {
  it('is the same in every run', () => {
    const values = Array.from({ length: 2_000 }, (_, index) => `o${index}`);
    const column = { name: 'id', type: STRING, isNullable: false, values };

    expect(parquetFile([column])).toEqual(parquetFile([column]));
  });
});
