import { describe, expect, it } from 'vitest';
import {
  type ColumnData,
  type NamedColumns,
  plain,
  textValues,
} from '../../../lambdas/shared/bytes/column-data.ts';
import { columnsInOrder } from '../../../lambdas/shared/parquet/column-checks.ts';
import { ParquetWriter } from '../../../lambdas/shared/parquet/writer.ts';
import { COMPACT, columnsOf } from '../../support/parquet-data.ts';

const TABLE = columnsOf([
  { name: 'id', type: { kind: 'string' }, isNullable: false },
  { name: 'quantity', type: { kind: 'int32' }, isNullable: false },
  { name: 'day', type: { kind: 'date' }, isNullable: false },
  { name: 'offset', type: { kind: 'int64' }, isNullable: false },
  { name: 'time', type: { kind: 'timestamp' }, isNullable: false },
  { name: 'price', type: { kind: 'decimal', precision: 10, scale: 2 }, isNullable: false },
]);

const TEXT = plain(textValues(['a', 'b']));
const INTS = plain(Int32Array.of(1, 2));
const LONGS = plain(Float64Array.of(1, 2));
const BIG_LONGS = plain(BigInt64Array.of(1n, 2n));

const DATA: NamedColumns = {
  id: TEXT,
  quantity: INTS,
  day: INTS,
  offset: LONGS,
  time: LONGS,
  price: LONGS,
};

function bytesOf(columns: NamedColumns): Buffer {
  const writer = new ParquetWriter(TABLE, COMPACT);
  const group = Buffer.from(writer.writeRowGroup({ rowCount: 2, columns }));
  return Buffer.concat([group, writer.finish()]);
}

describe('columns of a row group', () => {
  it('come in the order of the table, whatever the order of their names', () => {
    const columns = Object.fromEntries(Object.entries(DATA).toReversed());

    const inOrder = columnsInOrder(TABLE, columns, 2);

    expect(inOrder).toEqual([TEXT, INTS, INTS, LONGS, LONGS, LONGS]);
    expect(bytesOf(columns)).toEqual(bytesOf(DATA));
  });

  it.each(Object.keys(DATA))('fail without %s', (name) => {
    const { [name]: _, ...others } = DATA;

    expect(() => bytesOf(others)).toThrow(`column ${name} has data`);
  });

  it('fail with a column that the table does not have', () => {
    expect(() => bytesOf({ ...DATA, colour: TEXT })).toThrow('the table has a column colour');
    expect(() => bytesOf({ ...DATA, Id: TEXT })).toThrow('the table has a column Id');
  });

  it.each<[string, string, ColumnData]>([
    ['whole numbers', 'id', INTS],
    ['doubles', 'id', LONGS],
    ['text', 'quantity', TEXT],
    ['doubles', 'quantity', LONGS],
    ['bigints', 'quantity', BIG_LONGS],
    ['text', 'day', TEXT],
    ['doubles', 'day', LONGS],
    ['text', 'offset', TEXT],
    ['whole numbers of 32 bits', 'offset', INTS],
    ['text', 'time', TEXT],
    ['whole numbers of 32 bits', 'time', INTS],
    ['text', 'price', TEXT],
    ['whole numbers of 32 bits', 'price', INTS],
  ])('fail with %s as %s', (_what, name, data) => {
    const keyed: ColumnData = {
      ...{ kind: 'keyed', keys: Uint32Array.of(0, 1), keyCount: 2, valueOf: null },
      values: data.values,
    };

    for (const wrong of [data, keyed]) {
      expect(() => bytesOf({ ...DATA, [name]: wrong })).toThrow(
        `column ${name} holds values of its type`,
      );
    }
  });

  it('fail where two of them were swapped', () => {
    const { id, time, quantity } = DATA;

    expect(() => bytesOf({ ...DATA, id: time, time: id })).toThrow('column id holds');
    expect(() => bytesOf({ ...DATA, time: quantity, quantity: time })).toThrow(
      'column quantity holds',
    );
  });

  it.each(['offset', 'time', 'price'])('may be doubles or bigints: %s', (name) => {
    expect(bytesOf({ ...DATA, [name]: BIG_LONGS })).toEqual(bytesOf(DATA));
  });
});
