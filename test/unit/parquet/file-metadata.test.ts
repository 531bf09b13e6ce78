import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ParquetWriter } from '../../../lambdas/shared/parquet/writer.ts';
import {
  COMPACT,
  columnsOf,
  parquetFile,
  type Stored,
  type TestColumn,
} from '../../support/parquet-data.ts';
import {
  hasPyArrow,
  type PyArrowView,
  pyArrowTitle,
  readWithPyArrow,
} from '../../support/parquet-readers.ts';

const rows = Array.from({ length: 200 }, (_, row) => row);

function column(
  name: string,
  type: TestColumn['type'],
  values: readonly Stored[],
  isKeyed = false,
): TestColumn {
  return { name, type, values, isKeyed, isNullable: values.includes(null) };
}

const COLUMNS: readonly TestColumn[] = [
  column(
    'id',
    { kind: 'string' },
    rows.map((row) => `order-${row}`),
  ),
  column(
    'mixed',
    { kind: 'string' },
    rows.map((row) => `${(row * 7919) % 211} x`),
  ),
  column(
    'status',
    { kind: 'string' },
    rows.map((row) => ['b', 'é', 'a'][row % 3]),
    true,
  ),
  column(
    'name',
    { kind: 'string' },
    rows.map((row) => (row % 4 === 0 ? null : `n${row % 5}`)),
    true,
  ),
  column(
    'quantity',
    { kind: 'int32' },
    rows.map((row) => row - 100),
  ),
  column(
    'day',
    { kind: 'date' },
    rows.map((row) => 20_454 + (row % 31)),
  ),
  column(
    'at',
    { kind: 'timestamp' },
    rows.map((row) => 1_767_225_600_000 + row * 1001),
  ),
  column(
    'offset',
    { kind: 'int64' },
    rows.map((row) => row * 2 ** 40),
  ),
  column(
    'amount',
    { kind: 'decimal', precision: 18, scale: 2 },
    rows.map((row) => row * 5 - 7),
  ),
  column(
    'small',
    { kind: 'decimal', precision: 9, scale: 2 },
    rows.map((row) => row),
  ),
  column(
    'empty',
    { kind: 'int32' },
    rows.map(() => null),
  ),
];

const LONG_ASCII = 'a'.repeat(100);
const LONG_TEXTS = [LONG_ASCII, `${'é'.repeat(40)}`, `z${'\u{10ffff}'.repeat(20)}`];

const FILES: Readonly<Record<string, () => Uint8Array>> = {
  zstd: () => parquetFile(COLUMNS),
  snappy: () => parquetFile(COLUMNS, { ...COMPACT, codec: 'snappy' }),
  plain: () => parquetFile(COLUMNS, { ...COMPACT, codec: 'none', encoding: 'plain' }),
  long: () => parquetFile([column('text', { kind: 'string' }, LONG_TEXTS)]),
  longKeyed: () =>
    parquetFile([column('text', { kind: 'string' }, [...LONG_TEXTS, ...LONG_TEXTS], true)]),
  highest: () => parquetFile([column('text', { kind: 'string' }, ['\u{10ffff}'.repeat(20), 'a'])]),
  raised: () =>
    parquetFile([column('text', { kind: 'string' }, [`${'b'.repeat(63)}\ud7ff`, 'a'.repeat(64)])]),
  keyValues: () => {
    const writer = new ParquetWriter(columnsOf(COLUMNS), COMPACT, {
      table: 'orders',
      door: 'batch',
    });
    return writer.finish();
  },
};

let views: Readonly<Record<string, PyArrowView>> = {};

beforeAll(() => {
  if (!hasPyArrow) return;
  const folder = mkdtempSync(join(tmpdir(), 'tandem-parquet-'));
  const names = Object.keys(FILES);
  for (const name of names) writeFileSync(join(folder, name), FILES[name]());
  const read = readWithPyArrow(names.map((name) => join(folder, name)));
  views = Object.fromEntries(names.map((name, index) => [name, read[index]]));
  rmSync(folder, { recursive: true });
});

describe.skipIf(!hasPyArrow)(pyArrowTitle('pyarrow sees'), () => {
  it('the encoding that fits each column', () => {
    expect(views.zstd.chunks.map(({ name, encodings }) => [name, ...encodings])).toEqual([
      ['id', 'DELTA_BYTE_ARRAY'],
      ['mixed', 'DELTA_LENGTH_BYTE_ARRAY'],
      ['status', 'PLAIN', 'RLE_DICTIONARY'],
      ['name', 'PLAIN', 'RLE', 'RLE_DICTIONARY'],
      ['quantity', 'DELTA_BINARY_PACKED'],
      ['day', 'DELTA_BINARY_PACKED'],
      ['at', 'DELTA_BINARY_PACKED'],
      ['offset', 'DELTA_BINARY_PACKED'],
      ['amount', 'DELTA_BINARY_PACKED'],
      ['small', 'DELTA_BINARY_PACKED'],
      ['empty', 'PLAIN', 'RLE'],
    ]);
  });

  it('plain values only where the simplest readers are to read them', () => {
    const encodings = views.plain.chunks.flatMap((chunk) => chunk.encodings);

    expect([...new Set(encodings)].sort()).toEqual(['PLAIN', 'RLE']);
  });

  it('the codec of the options in every column', () => {
    const codecs = (name: string) => [...new Set(views[name].chunks.map(({ codec }) => codec))];

    expect(codecs('zstd')).toEqual(['ZSTD']);
    expect(codecs('snappy')).toEqual(['SNAPPY']);
    expect(codecs('plain')).toEqual(['UNCOMPRESSED']);
  });

  it.each(['zstd', 'snappy', 'plain'])('exact bounds and counts of nulls: %s', (name) => {
    expect(
      views[name].chunks.map((chunk) => [chunk.name, chunk.min, chunk.max, chunk.nulls]),
    ).toEqual([
      ['id', 'order-0', 'order-99', 0],
      ['mixed', '0 x', '98 x', 0],
      ['status', 'a', 'é', 0],
      ['name', 'n0', 'n4', 50],
      ['quantity', -100, 99, 0],
      ['day', '2026-01-01', '2026-01-31', 0],
      ['at', '2026-01-01T00:00:00.000Z', '2026-01-01T00:03:19.199Z', 0],
      ['offset', 0, 218_802_813_927_424, 0],
      ['amount', '-0.07', '9.88', 0],
      ['small', '0.00', '1.99', 0],
      ['empty', null, null, 200],
    ]);
  });
});

describe.skipIf(!hasPyArrow)(pyArrowTitle('pyarrow sees of the whole file'), () => {
  it('bounds of long texts that are cut between characters and still hold', () => {
    const [chunk] = views.long.chunks;

    expect(chunk.min).toBe('a'.repeat(64));
    expect(chunk.max).toBe('é'.repeat(31).concat('ê'));
    expect(views.longKeyed.chunks[0].max).toBe(chunk.max);
  });

  it('an upper bound that skips what is no character', () => {
    expect(views.raised.chunks[0].max).toBe('b'.repeat(62).concat('c'));
    expect(views.raised.chunks[0].min).toBe('a'.repeat(64));
  });

  it('no bounds where no text lies above', () => {
    expect(views.highest.chunks[0].max).toBeNull();
  });

  it('who wrote the file, and what the caller says about it', () => {
    expect(views.zstd.created_by).toBe('tandem version 1.0.0');
    expect(views.zstd.key_values).toEqual({});
    expect(views.keyValues.key_values).toEqual({ table: 'orders', door: 'batch' });
    expect(views.keyValues.row_count).toBe(0);
  });
});
