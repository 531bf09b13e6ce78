import { describe, expect, it } from 'vitest';
import { ByteDictionary } from '../../../lambdas/shared/bytes/byte-dictionary.ts';
import { textValues } from '../../../lambdas/shared/bytes/column-data.ts';
import {
  Dimension,
  DimensionBuilder,
} from '../../../lambdas/shared/dimensions/joined-dimension.ts';
import { piecesSource } from '../../../lambdas/shared/ingest/byte-sources.ts';
import { csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import { csvFormat, RecordReader } from '../../../lambdas/shared/ingest/record-reader.ts';
import {
  CUSTOMERS,
  type DimensionDefinition,
  dimensionFields,
  PRODUCTS,
} from '../../../lambdas/shared/model/dimension.ts';
import { placed } from '../../support/bytes-of.ts';

async function build(
  definition: DimensionDefinition,
  lines: readonly (string | Buffer)[],
  layout = dimensionFields(definition).fields.map((_, field) => field),
) {
  const builder = new DimensionBuilder(definition);
  async function* pieces() {
    for (const line of lines) yield Buffer.concat([Buffer.from(line), Buffer.from('\n')]);
  }
  const limits = {
    stopBefore: Number.POSITIVE_INFINITY,
    giveUpAt: Number.POSITIVE_INFINITY,
  };
  const reader = new RecordReader(piecesSource(pieces()), 0);
  await reader.records(csvFormat(csvLayout(layout)), limits, (batch) => void builder.add(batch));
  const data = builder.finish();
  return { counts: builder.counts, data, dimension: new Dimension(data) };
}

type Built = Awaited<ReturnType<typeof build>>;

/** The row of a key: text, days and cents as they are held. */
function rowOf({ dimension }: Built, key: string) {
  const row = dimension.rowOf(key);
  if (row < 0) return null;
  return dimension.columns.map(({ values, codeOfRow }) => {
    const code = codeOfRow[row];
    if (code < 0) return null;
    if (!('heap' in values)) return values[code];
    return Buffer.from(
      values.heap.subarray(values.offsets[code], values.offsets[code + 1]),
    ).toString();
  });
}

describe('DimensionBuilder', () => {
  it('reads customers, with days and nulls', async () => {
    const built = await build(CUSTOMERS, [
      'c1, Ann ,ann@shop.example,gold,2020-02-29',
      '"c,2",,null,NaN,1969-12-31',
      ' c3\t,"B\nob",None,\\N,',
    ]);

    expect(rowOf(built, 'c1')).toEqual(['Ann', 'ann@shop.example', 'gold', 18_321]);
    expect(rowOf(built, 'c,2')).toEqual([null, null, null, -1]);
    expect(rowOf(built, 'c3')).toEqual(['B\nob', null, null, null]);
    expect(rowOf(built, 'c4')).toBe(null);
    expect(built.counts).toEqual({ rows: 3, dimension_issues: 0, dimension_duplicates: 0 });
  });

  it('reads products, with prices by the rules of orders', async () => {
    const built = await build(PRODUCTS, [
      'p1,Tea,Drink,Alder,-0.00',
      'p2,Tea,Drink,Alder,99999999.99',
      'p3,Tea,Drink,Alder,-0.01',
      'p4,Tea,Drink,Alder,1.001',
      'p5,Tea,Drink,Alder,100000000',
      'p6,Tea,Drink,Alder,cheap',
      'p7,Tea,Drink,Alder,',
    ]);

    const price = (key: string) => rowOf(built, key)?.[3];
    expect(['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'].map(price)).toEqual([
      ...[0, 9_999_999_999, null, null, null, null, null],
    ]);
    expect(built.counts).toEqual({ rows: 7, dimension_issues: 4, dimension_duplicates: 0 });
  });

  it('takes the first row of a key; a later one counts as a duplicate and as nothing else', async () => {
    const built = await build(PRODUCTS, [
      'p1,first,,,bad',
      'p1,second,,,bad',
      '" p1 ",third,,,1',
      'p2,other,,,2.50',
    ]);

    expect(rowOf(built, 'p1')).toEqual(['first', null, null, null]);
    expect(rowOf(built, 'p2')).toEqual(['other', null, null, 250]);
    expect(built.counts).toEqual({ rows: 4, dimension_issues: 1, dimension_duplicates: 2 });
  });

  it('skips and counts rows without a key, and rows that cannot be read', async () => {
    const built = await build(CUSTOMERS, [
      ',Ann,,,',
      'null,Ann,,,',
      'c1,Ann',
      Buffer.from('c1,\xff,,,', 'latin1'),
      `c1,${'x'.repeat(1024 * 1024)},,,`,
      'c2,"Ann',
    ]);

    expect(rowOf(built, 'c1')).toBe(null);
    expect(built.counts).toEqual({ rows: 6, dimension_issues: 6, dimension_duplicates: 0 });
  });

  it('reads columns in any order, from the first byte on', async () => {
    const built = await build(PRODUCTS, ['Tea,p1,2.50,Drink,Alder', 'Mug,p2,,,'], [1, 0, 4, 2, 3]);

    expect(rowOf(built, 'p1')).toEqual(['Tea', 'Drink', 'Alder', 250]);
    expect(rowOf(built, 'p2')).toEqual(['Mug', null, null, null]);
  });

  it('grows over many rows', async () => {
    const lines = Array.from({ length: 5_000 }, (_, row) => `p${row},n${row},c${row % 3},,${row}`);
    const built = await build(PRODUCTS, lines);

    const rows = [1, 1_023, 1_024, 2_047, 2_048, 4_999];
    expect(rows.map((row) => rowOf(built, `p${row}`))).toEqual([
      ['n1', 'c1', null, 100],
      ['n1023', 'c0', null, 102_300],
      ['n1024', 'c1', null, 102_400],
      ['n2047', 'c1', null, 204_700],
      ['n2048', 'c2', null, 204_800],
      ['n4999', 'c1', null, 499_900],
    ]);
    expect(built.data.columns.map(({ codeOfRow }) => codeOfRow.length)).toEqual([
      ...[5_000, 5_000, 5_000, 5_000],
    ]);
  });

  it('holds no more than its keys and its distinct values', async () => {
    const { data } = await build(PRODUCTS, ['p1,Tea,Drink,,2.50', 'p2,Tea,Ä,,2.50']);

    expect(data.keys).toEqual(textValues(['p1', 'p2']));
    expect(data.columns).toEqual([
      { name: 'product_name', values: textValues(['Tea']), codeOfRow: Int32Array.of(0, 0) },
      { name: 'category', values: textValues(['Drink', 'Ä']), codeOfRow: Int32Array.of(0, 1) },
      { name: 'brand', values: textValues([]), codeOfRow: Int32Array.of(-1, -1) },
      { name: 'list_price', values: Float64Array.of(250), codeOfRow: Int32Array.of(0, 0) },
    ]);
  });
});

describe('Dimension.rowsOf', () => {
  it('finds the row of each value, -1 for a miss', async () => {
    const { dimension } = await build(PRODUCTS, ['p1,,,,', 'p2,,,,']);
    const values = new ByteDictionary();
    for (const text of ['p2', 'P2', 'p1', '\ufeffp1']) {
      const { view, start, end } = placed(text);
      values.codeOf(view, start, end);
    }

    expect([...dimension.rowsOf(values)]).toEqual([1, -1, 0, -1]);
  });
});
