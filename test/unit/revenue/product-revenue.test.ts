import { describe, expect, it } from 'vitest';
import { ByteDictionary } from '../../../lambdas/shared/bytes/byte-dictionary.ts';
import { CentSums } from '../../../lambdas/shared/revenue/cent-sums.ts';
import {
  byRevenue,
  productGroup,
  type RankedProducts,
  topOf,
} from '../../../lambdas/shared/revenue/product-revenue.ts';
import { assertFits } from '../../../lambdas/shared/revenue/revenue-limit.ts';
import { rankProducts } from '../../../lambdas/shared/revenue/window-sums.ts';
import { placed } from '../../support/bytes-of.ts';

function productsOf(ids: readonly string[]): RankedProducts {
  const dictionary = new ByteDictionary();
  for (const id of ids) {
    const { view, start, end } = placed(id);
    dictionary.codeOf(view, start, end);
  }
  return { dictionary, codeOfRank: rankProducts(dictionary).productOfRank };
}

/** By rank: number of orders and cents. */
function totalsOf(cells: readonly (readonly [number, number])[]): CentSums {
  const totals = new CentSums(cells.length);
  cells.forEach(([orders, cents], rank) => {
    totals.addParts(rank, orders, cents, 0);
  });
  return totals;
}

it('ranks products by their bytes, a byte order mark as any other', () => {
  const ids = ['b', '\ufeffa', 'a', 'ab', 'B', '\u{1f600}', '\uffee'];
  const { dictionary } = productsOf(ids);

  const { productOfRank, rankOfProduct } = rankProducts(dictionary);

  expect([...productOfRank].map((code) => ids[code])).toEqual([
    'B',
    'a',
    'ab',
    'b',
    '\ufeffa',
    '\uffee',
    '\u{1f600}',
  ]);
  expect([...rankOfProduct]).toEqual([3, 4, 1, 2, 0, 6, 5]);
});

describe('products by revenue', () => {
  it('are those with orders: largest first, of equal ones the first by rank', () => {
    const totals = totalsOf([
      [1, 5],
      [0, 0],
      [2, 7],
      [1, 7],
      [1, 0],
      [9, 6],
    ]);

    expect([...byRevenue(totals)]).toEqual([2, 3, 5, 0, 4]);
  });

  it('compares sums beyond what a double holds', () => {
    const totals = totalsOf([
      [1, 1],
      [1, 9],
      [1, 2],
      [1, 1],
    ]);
    totals.addParts(0, 0, 0, 2);
    totals.addParts(2, 0, 0, 2);
    totals.addParts(3, 0, 0, 3);

    expect([...byRevenue(totals)]).toEqual([3, 2, 0, 1]);
  });

  it('has the first ten as the top', () => {
    const ids = 'abcdefghijkl'.split('');
    const totals = totalsOf(ids.map((_, rank) => [rank + 1, 100 + rank]));

    const top = topOf(productsOf(ids), totals, byRevenue(totals));

    expect(top.map(({ productId }) => productId).join('')).toBe('lkjihgfedc');
    expect(top[0]).toEqual({ productId: 'l', orders: 12, cents: 111n });
  });

  it('keeps a byte order mark in the id of the top', () => {
    const totals = totalsOf([[1, 1]]);

    expect(topOf(productsOf(['\ufeffé']), totals, Uint32Array.of(0))[0].productId).toBe('\ufeffé');
  });
});

describe('rows of product_revenue', () => {
  it('are those of the ranks that are asked for', () => {
    const products = productsOf(['b', 'a', 'c']);
    const group = productGroup(
      products,
      totalsOf([
        [1, 10],
        [2, 20],
        [3, 30],
      ]),
      Uint32Array.of(2, 0),
    );

    expect(group.rowCount).toBe(2);
    const { product_id: product, total_orders: orders, total_revenue: cents } = group.columns;
    expect(Object.keys(group.columns)).toHaveLength(3);
    expect(product).toMatchObject({ kind: 'keyed', keys: Uint32Array.of(2, 1), keyCount: 3 });
    expect([orders.values, cents.values]).toEqual([
      Float64Array.of(3, 1),
      BigInt64Array.of(30n, 10n),
    ]);
  });

  it('fails when a sum is more than DECIMAL(18,2) holds, and names the product', () => {
    const totals = totalsOf([[1, 1]]);
    totals.addParts(0, 0, 0, 2 ** 20);

    expect(() => productGroup(productsOf(['p9']), totals, Uint32Array.of(0))).toThrow(
      'product_revenue of p9 is 11805916207174113034.25, more than',
    );
  });
});

it('lets the largest sum of DECIMAL(18,2) pass, and no larger one', () => {
  const cell = () => 'a cell';

  expect(() => assertFits(999_999_999_999_999_999n, cell)).not.toThrow();
  expect(() => assertFits(10n ** 18n, cell)).toThrow(
    'a cell is 10000000000000000.00, more than DECIMAL(18,2) holds (9999999999999999.99)',
  );
});
