import { describe, expect, it } from 'vitest';
import { ByteDictionary } from '../../../lambdas/shared/bytes/byte-dictionary.ts';
import { textValues } from '../../../lambdas/shared/bytes/column-data.ts';
import { Dimension } from '../../../lambdas/shared/dimensions/joined-dimension.ts';
import { RevenueSums } from '../../../lambdas/shared/revenue/revenue-sums.ts';
import {
  dailyColumns,
  hourlyColumns,
  topColumns,
} from '../../../lambdas/shared/revenue/summary-columns.ts';
import { WindowGroup } from '../../../lambdas/shared/revenue/window-group.ts';
import { placed } from '../../support/bytes-of.ts';
import { valuesByName } from '../../support/column-values.ts';

const TOO_MUCH = 10n ** 18n;

function productsOf(ids: readonly string[]) {
  const dictionary = new ByteDictionary();
  for (const id of ids) {
    const { view, start, end } = placed(id);
    dictionary.codeOf(view, start, end);
  }
  return { dictionary, codeOfRank: Uint32Array.from(ids, (_, rank) => ids.length - 1 - rank) };
}

describe('sums of revenue', () => {
  const rows = (times: readonly number[], hour: readonly number[], cents: readonly number[]) => ({
    rowCount: times.length,
    timeMs: Float64Array.from([...times, 0]),
    totalCents: Float64Array.from([...cents, 1]),
    product: {
      keys: Uint32Array.from([...times.map((_, i) => i % 2), 0]),
      used: Int32Array.of(2, 0),
    },
    hour: { keys: Uint32Array.from([...hour, 0]), used: Int32Array.of(5, 23) },
  });

  it('are by day, by hour of day, and by window and product', () => {
    const sums = new RevenueSums(1_000, 3);
    sums.addDay(4, rows([5_000, 5_999, 6_000, 4_999], [0, 0, 1, 0], [1, 20, 300, 4_000]));
    sums.addDay(7, rows([5_500], [1], [50_000]));
    sums.addDay(4, rows([9_000], [0], [600_000]));

    expect([...sums.byDay]).toEqual([
      [4, { orders: 5, cents: 604_321n }],
      [7, { orders: 1, cents: 50_000n }],
    ]);
    const hours = [4, 5, 23].map((hour) => [sums.byHour.counts[hour], sums.byHour.centsAt(hour)]);
    expect(hours).toEqual([
      [0, 0n],
      [4, 604_021n],
      [2, 50_300n],
    ]);
    const same = Uint32Array.of(0, 1, 2);
    const sorted = sums.windows.sorted({ rankOfProduct: same, productOfRank: same });
    const cells = [...sorted.groups].map((group, i) => [
      sorted.windowNumbers[i],
      sorted.products[i],
      sums.windows.sums.counts[group],
      Number(sums.windows.sums.centsAt(group)),
    ]);
    expect(cells).toEqual([
      [4, 0, 1, 4_000],
      [5, 0, 1, 20],
      [5, 2, 2, 50_001],
      [6, 2, 1, 300],
      [9, 2, 1, 600_000],
    ]);
  });

  it.each([
    [
      [1_500, 1_600],
      [1, 1],
    ],
    [
      [500, 5_000, 500],
      [0, 0, 5],
    ],
    [
      [5_000, 500, 1_500],
      [0, 1, 5],
    ],
  ])('find the window of each row: %j', (times, expected) => {
    const sums = new RevenueSums(1_000, 3);
    sums.addDay(0, rows(times, [0, 0, 0], [1, 1, 1]));

    const same = Uint32Array.of(0, 1, 2);
    const sorted = sums.windows.sorted({ rankOfProduct: same, productOfRank: same });
    const found = [...sorted.groups].flatMap((group, i) =>
      Array.from({ length: sums.windows.sums.counts[group] }, () => sorted.windowNumbers[i]),
    );
    expect(found).toEqual(expected);
  });

  it('can be without any product', () => {
    expect(new RevenueSums(1_000, 0).windows.size).toBe(0);
  });

  it('fails when windows and products are too many to number', () => {
    expect(() => new RevenueSums(1, 2_000)).toThrow('windows times products are numbered exactly');
  });
});

describe('cells of window_revenue', () => {
  const cell = (windowNumber: number, productRank: number, low: number, carries = 0) => {
    return { windowNumber, productRank, count: windowNumber + 1, low, carries };
  };
  const CELL_COLUMNS = [
    ...['window_start', 'window_end', 'product_id', 'orders_count', 'total_revenue'],
  ];
  const valuesOf = (group: WindowGroup) => {
    const { rowCount, columns } = group.take();
    expect(Object.keys(columns)).toEqual(CELL_COLUMNS);
    return CELL_COLUMNS.map((name) => {
      const column = columns[name];
      const list = column.kind === 'keyed' ? column.keys : (column.values as Float64Array);
      return [...list.subarray(0, rowCount)];
    });
  };

  it('come with start, end, product, orders and cents', () => {
    const group = new WindowGroup(60_000, 3, productsOf(['b', 'a']));
    expect([group.isEmpty, group.isFull]).toEqual([true, false]);
    group.add(cell(0, 0, 5));
    group.add(cell(2, 1, 7));
    expect([group.isEmpty, group.isFull]).toEqual([false, false]);
    group.add(cell(3, 0, 9));
    expect([group.isEmpty, group.isFull]).toEqual([false, true]);

    expect(valuesOf(group)).toEqual([
      [0, 120_000, 180_000],
      [60_000, 180_000, 240_000],
      [1, 0, 1],
      [1, 3, 4],
      [5, 7, 9],
    ]);
    expect(group.isEmpty).toBe(true);
  });

  it('are exact beyond what a double holds, before and behind such a one', () => {
    const group = new WindowGroup(60_000, 4, productsOf(['a']));
    group.add(cell(0, 0, 5));
    group.add(cell(1, 0, 7, 9));
    group.add(cell(2, 0, 8));
    group.add(cell(3, 0, 3, 8));

    expect(valuesOf(group)[4]).toEqual([5n, 10_133_099_161_583_623n, 8n, 9_007_199_254_740_995n]);
    group.add(cell(0, 0, 6));
    expect(valuesOf(group)[4]).toEqual([6]);
  });

  it('fail when a sum is more than DECIMAL(18,2) holds', () => {
    const group = new WindowGroup(60_000, 1, productsOf(['p1']));

    expect(() => group.add(cell(1, 0, 1, 1_000))).toThrow(
      'window_revenue of p1 in 1970-01-01T00:01:00.000Z is 11258999068426240.01',
    );
  });
});

describe('the small tables', () => {
  it('list days in order', () => {
    const byDay = new Map([
      [9, { orders: 1, cents: 10n }],
      [-1, { orders: 2, cents: 20n }],
      [10, { orders: 3, cents: 0n }],
    ]);

    expect(valuesByName(dailyColumns(byDay), 3)).toEqual({
      order_date: [-1, 9, 10],
      total_orders: [2, 1, 3],
      total_revenue: [20n, 10n, 0n],
    });
  });

  it('list hours as they come', () => {
    const columns = hourlyColumns([[3, { orders: 4, cents: 5n }]]);

    expect(valuesByName(columns, 1)).toEqual({
      hour_of_day: [3],
      total_orders: [4],
      total_revenue: [5n],
    });
  });

  it('list the top with rank, name and category, null where the product is unknown', () => {
    const keys = { heap: Buffer.from('p1p2'), offsets: Uint32Array.of(0, 2, 4) };
    const names = {
      ...{ name: 'product_name', values: textValues(['Tea', 'Cup']) },
      codeOfRow: Int32Array.of(1, 0),
    };
    const categories = {
      ...{ name: 'category', values: textValues(['Drink']) },
      codeOfRow: Int32Array.of(-1, 0),
    };
    const products = new Dimension({ keys, columns: [categories, names] });
    const top = ['p2', 'p9', 'p1'].map((productId, i) => ({ productId, orders: i, cents: 9n }));

    const columns = topColumns(top, products);

    expect(valuesByName(columns, 3)).toEqual({
      rank: [1, 2, 3],
      product_id: ['p2', 'p9', 'p1'],
      product_name: ['Tea', null, 'Cup'],
      category: ['Drink', null, null],
      total_orders: [0, 1, 2],
      total_revenue: [9n, 9n, 9n],
    });
    const keyed = { kind: 'keyed', keys: Uint32Array.of(0, 1, 2), keyCount: 3 };
    expect(columns).toMatchObject({ product_name: keyed, category: keyed });
  });

  it('fail where the dimension lacks a column of the top', () => {
    const keys = textValues(['p1']);
    const names = { values: textValues(['Tea']), codeOfRow: Int32Array.of(0) };
    const products = new Dimension({ keys, columns: [{ name: 'product_name', ...names }] });

    expect(() => topColumns([{ productId: 'p1', orders: 1, cents: 1n }], products)).toThrow(
      'the dimension has no column category',
    );
  });

  it('fail when a sum is too large, and name the cell', () => {
    const cellOf = (cents: bigint) => ({ orders: 1, cents });
    const days = new Map([
      [20_454, cellOf(1n)],
      [20_455, cellOf(TOO_MUCH)],
    ]);
    const noProducts = new Dimension({
      keys: { heap: new Uint8Array(0), offsets: Uint32Array.of(0) },
      columns: ['product_name', 'category'].map((name) => ({
        ...{ name, values: textValues([]) },
        codeOfRow: new Int32Array(0),
      })),
    });

    expect(() => dailyColumns(days)).toThrow('daily_revenue of 2026-01-02 is');
    expect(() => hourlyColumns([[13, cellOf(TOO_MUCH)]])).toThrow('hourly_revenue of hour 13 is');
    expect(() => topColumns([{ productId: 'p1', ...cellOf(TOO_MUCH) }], noProducts)).toThrow(
      'top_products of p1 is',
    );
  });
});
