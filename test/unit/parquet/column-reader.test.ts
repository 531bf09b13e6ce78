import { describe, expect, it } from 'vitest';
import type { Column, ColumnType } from '../../../lambdas/shared/model/column.ts';
import {
  type ColumnRows,
  readColumns,
  readTableColumns,
} from '../../../lambdas/shared/parquet/column-reader.ts';
import { rowGroupOf, type StoredRow } from '../../../lambdas/shared/parquet/row-values.ts';
import { ParquetWriter } from '../../../lambdas/shared/parquet/writer.ts';
import { sha256Of } from '../../../lambdas/shared/state/segment.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';

const column = (name: string, type: ColumnType, isNullable: boolean, fieldId: number): Column => ({
  name,
  type,
  isNullable,
  fieldId,
  description: '',
});

const COLUMNS = [
  column('text', { kind: 'string' }, false, 1),
  column('maybe_text', { kind: 'string' }, true, 2),
  column('at', { kind: 'timestamp' }, false, 3),
  column('cents', { kind: 'decimal', precision: 18, scale: 2 }, false, 4),
  column('maybe_cents', { kind: 'decimal', precision: 10, scale: 2 }, true, 5),
  column('day', { kind: 'date' }, true, 6),
  column('pieces', { kind: 'int32' }, false, 7),
];

const ROWS: readonly StoredRow[] = [
  {
    text: '\ufeffä',
    maybe_text: null,
    at: 4_102_444_800_123,
    cents: 10n ** 18n - 1n,
    maybe_cents: 199,
    day: null,
    pieces: -1,
  },
  { text: '', maybe_text: 'b', at: 0, cents: -5, maybe_cents: null, day: 20_454, pieces: 2 },
];

function fileOf(...groups: (readonly StoredRow[])[]): Uint8Array {
  const options = { codec: 'none', encoding: 'compact', zstdLevel: 1 } as const;
  const writer = new ParquetWriter(COLUMNS, options);
  const parts = groups.map((rows) => writer.writeRowGroup(rowGroupOf(COLUMNS, rows)).slice());
  return Buffer.concat([...parts, writer.finish()]);
}

async function groupsOf(file: Uint8Array): Promise<ColumnRows[]> {
  const groups: ColumnRows[] = [];
  for await (const rows of readColumns(
    file,
    COLUMNS.map(({ name }) => name),
  ))
    groups.push(rows);
  return groups;
}

describe('columns', () => {
  it('come back exactly as they were written, row group by row group', async () => {
    const [first, second] = await groupsOf(fileOf(ROWS, ROWS.slice(0, 1)));

    expect([first.rowCount, second.rowCount]).toEqual([2, 1]);
    expect(first.texts('text')).toEqual(['\ufeffä', '']);
    expect(first.textsOrNull('maybe_text').map((text) => text ?? null)).toEqual([null, 'b']);
    expect([...first.numbers('at')]).toEqual([4_102_444_800_123, 0]);
    expect([...first.bigints('cents')]).toEqual([10n ** 18n - 1n, -5n]);
    expect(first.numbersOrNull('maybe_cents')).toEqual([199, null]);
    expect(first.numbersOrNull('day')).toEqual([null, 20_454]);
    expect([...first.numbers('pieces')]).toEqual([-1, 2]);
    expect([...second.numbers('at')]).toEqual([4_102_444_800_123]);
  });

  it('fail when a double does not hold a value, or a null stands where none may', async () => {
    const [rows] = await groupsOf(fileOf(ROWS));
    expect(() => rows.numbers('cents')).toThrow('column cents holds a null or a value over 2^53');
    expect(() => rows.numbers('maybe_cents')).toThrow('column maybe_cents holds a null');
    expect(() => rows.bigints('at')).toThrow('column at holds no instants');
    expect(() => rows.texts('other')).toThrow('column other was not asked for');
  });

  it('fail when the file is none, or lacks a column', async () => {
    await expect(groupsOf(new Uint8Array(3))).rejects.toThrow('3 bytes are not a Parquet file');
    const read = readColumns(fileOf(ROWS), ['absent']);
    await expect(read.next()).rejects.toThrow('absent');
  });

  it('of a small file come from the whole, of a large one from its ranges, both checked', async () => {
    const long = (i: number) => String.fromCodePoint(0x1f600 + i).repeat(25_000);
    const large = Array.from({ length: 180 }, (_, i) => ({ ...ROWS[1], text: long(i), pieces: i }));
    for (const [rows, isWhole] of [
      [ROWS, true],
      [large, false],
    ] as const) {
      const file = fileOf(rows);
      let readBytes = 0;
      class CountingStore extends MemoryObjectStore {
        override async get(...args: Parameters<MemoryObjectStore['get']>) {
          const bytes = await super.get(...args);
          readBytes += bytes.length;
          return bytes;
        }
      }
      const lake = new CountingStore();
      await lake.put('a', file);
      const listed = { key: 'a', bytes: file.length, sha256: sha256Of(file) };
      const read = readTableColumns(lake, listed, ['pieces']);
      const { value } = await read.next();
      expect([...(value as ColumnRows).numbers('pieces')]).toEqual(
        rows.map(({ pieces }) => pieces),
      );
      expect(readBytes >= file.length).toBe(isWhole);

      file[file.length >> 1] ^= 1;
      await lake.put('a', file);
      await expect(readTableColumns(lake, listed, ['pieces']).next()).rejects.toThrow(
        `a has sha256 ${sha256Of(file)}, but its manifest says ${listed.sha256}; npx tandem verify`,
      );
    }
  });

  it('are not read from a file that is missing or of another size', async () => {
    const file = fileOf(ROWS);
    const lake = new MemoryObjectStore();
    await lake.put('a', file);
    const sha256 = sha256Of(file);
    const errorOf = (key: string, bytes: number) =>
      readTableColumns(lake, { key, bytes, sha256 }, ['pieces'])
        .next()
        .then(
          () => null,
          ({ code, message }) => [code, message.replace(/;.*/, '')],
        );
    expect(await errorOf('a', file.length + 1)).toEqual([
      'file_damaged',
      `a has ${file.length} bytes, but its manifest says ${file.length + 1}`,
    ]);
    expect(await errorOf('b', file.length)).toEqual(['file_missing', 'b is missing']);
  });
});

it('a row group takes no null where the column allows none', () => {
  expect(() => rowGroupOf(COLUMNS, [{ ...ROWS[0], text: null }])).toThrow(
    'column text has no null',
  );
});
