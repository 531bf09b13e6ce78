import { describe, expect, it } from 'vitest';
import { plain, type RowGroupData } from '../../../lambdas/shared/bytes/column-data.ts';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { rowsOfOutcomes, TableParts } from '../../../lambdas/shared/rows/table-parts.ts';
import { keysOf } from '../../support/batch-runs.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { COMPACT } from '../../support/parquet-data.ts';
import { readWithTandem } from '../../support/parquet-readers.ts';

const PLACE = { table: 'daily_revenue', day: null, part: '0001-0' } as const;
const KEY = 'lake/daily_revenue/part-0001-0.parquet';

function partsOf(lake: ObjectStore): TableParts {
  const folderOf = (table: string) => `lake/${table}/`;
  return new TableParts({ lake, door: 'batch', folderOf, parquet: COMPACT });
}

/** Rows of `daily_revenue`. */
function group(...days: readonly number[]): RowGroupData {
  return {
    rowCount: days.length,
    columns: {
      order_date: plain(Int32Array.from(days)),
      total_orders: plain(Float64Array.from(days, () => 1)),
      total_revenue: plain(Float64Array.from(days, () => 115)),
    },
  };
}

/** Counts how often a file was given up. */
function storeWithAborts() {
  const lake = new MemoryObjectStore();
  const counts = { aborts: 0 };
  const store: ObjectStore = {
    ...hookedStore(lake, () => {}),
    openWriter(key) {
      const writer = lake.openWriter(key);
      return {
        write: (bytes) => writer.write(bytes),
        commit: (condition) => writer.commit(condition),
        async abort() {
          counts.aborts += 1;
          await writer.abort();
        },
      };
    },
  };
  return { lake, store, counts };
}

describe('a part of a table', () => {
  it('is one file of all its row groups, and is listed', async () => {
    const lake = new MemoryObjectStore();
    const parts = partsOf(lake);

    const file = await parts.write(PLACE, [group(0, 1), group(20_454)]);

    expect(file).toMatchObject({ key: KEY, rows: 3, partition: null });
    expect(parts.files).toEqual({ daily_revenue: [file] });
    const rows = await readWithTandem(Buffer.from(await lake.get(KEY)));
    expect(rows.map(([day]) => day)).toEqual(['1970-01-01', '1970-01-02', '2026-01-01']);
  });

  it('lies in the folder of its day', async () => {
    const parts = partsOf(new MemoryObjectStore());

    const file = await parts.write({ ...PLACE, day: 20_454 }, [group(20_454)]);

    expect(file).toMatchObject({
      key: 'lake/daily_revenue/day=2026-01-01/part-0001-0.parquet',
      partition: { order_date: '2026-01-01' },
    });
  });

  it('is listed behind those before it', async () => {
    const parts = partsOf(new MemoryObjectStore());

    await parts.write(PLACE, [group(1)]);
    await parts.write({ ...PLACE, part: '0001-1' }, [group(2, 3)]);

    expect(parts.files.daily_revenue?.map(({ rows }) => rows)).toEqual([1, 2]);
  });

  it('is no file where there is no row group', async () => {
    const lake = new MemoryObjectStore();
    const parts = partsOf(lake);

    expect(await parts.write(PLACE, [])).toBeNull();

    expect(parts.files).toEqual({});
    expect(await keysOf(lake)).toEqual([]);
  });

  it('asks for a row group when the one before is written', async () => {
    const events: string[] = [];
    const lake = hookedStore(new MemoryObjectStore(), (operation) => void events.push(operation));
    function* groups() {
      for (const day of [1, 2]) {
        events.push(`group ${day}`);
        yield group(day);
      }
    }

    await partsOf(lake).write(PLACE, groups());

    expect(events).toEqual(['group 1', 'write', 'group 2', 'write', 'write', 'commit']);
  });
});

describe('a part that cannot be written', () => {
  it.each([
    ['the first row group', 0],
    ['a later row group', 1],
  ])('leaves no file and is not listed: %s', async (_what, before) => {
    const { lake, store, counts } = storeWithAborts();
    const parts = partsOf(store);
    const broken = new TerminalError('broken', 'no row group');
    function* groups() {
      for (let day = 0; day < before; day++) yield group(day);
      throw broken;
    }

    await expect(parts.write(PLACE, groups())).rejects.toBe(broken);

    expect(counts.aborts).toBe(before);
    expect(await keysOf(lake)).toEqual([]);
    expect(parts.files).toEqual({});
  });

  it('leaves no file where a column is not that of the table', async () => {
    const { lake, store, counts } = storeWithAborts();
    const { total_orders: _, ...columns } = group(1).columns;

    await expect(partsOf(store).write(PLACE, [{ rowCount: 1, columns }])).rejects.toThrow(
      'column total_orders has data',
    );

    expect(counts.aborts).toBe(1);
    expect(await keysOf(lake)).toEqual([]);
  });

  it('does not keep the next one from being written', async () => {
    const lake = new MemoryObjectStore();
    const parts = partsOf(lake);
    await parts.write(PLACE, [{ rowCount: 1, columns: {} }]).catch(() => {});

    await parts.write(PLACE, [group(7)]);

    expect(parts.files.daily_revenue).toHaveLength(1);
  });
});

describe('a part that is there', () => {
  it('may be written again with the same rows', async () => {
    const lake = new MemoryObjectStore();
    const first = await partsOf(lake).write(PLACE, [group(1), group(2)]);

    expect(await partsOf(lake).write(PLACE, [group(1), group(2)])).toEqual(first);
    expect(await keysOf(lake)).toEqual([KEY]);
  });

  it.each([
    ['other rows', [group(2)]],
    ['more rows', [group(1, 2)]],
  ])('fails with %s, and stays as it is', async (_what, groups) => {
    const { lake, store, counts } = storeWithAborts();
    await partsOf(store).write(PLACE, [group(1)]);
    const before = await lake.get(KEY);
    const parts = partsOf(store);

    await expect(parts.write(PLACE, groups)).rejects.toMatchObject({
      code: 'epoch_differs',
      message: expect.stringContaining(KEY),
    });

    expect(counts.aborts).toBe(1);
    expect(await lake.get(KEY)).toEqual(before);
    expect(parts.files).toEqual({});
  });
});

it('rows of outcomes are those of the files of their tables', () => {
  const aFile = (rows: number) => ({ key: 'a', rows, bytes: 1, sha256: '', partition: null });
  const files = {
    orders: [aFile(1), aFile(2)],
    cancelled: [aFile(4)],
    quarantine: [aFile(8)],
    duplicates: [],
    late: [aFile(32)],
    window_revenue: [aFile(64)],
  };

  expect(rowsOfOutcomes(files)).toEqual({
    ...{ active: 3, cancelled: 4, quarantined: 8, duplicate: 0, late: 32 },
  });
  expect(rowsOfOutcomes({})).toEqual({
    ...{ active: 0, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 },
  });
});
