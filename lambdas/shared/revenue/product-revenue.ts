import type { ByteDictionary } from '../bytes/byte-dictionary.ts';
import { type KeyedColumn, plain, type RowGroupData } from '../bytes/column-data.ts';
import { TOP_PRODUCTS } from '../model/tables.ts';
import type { CentSums } from './cent-sums.ts';
import { assertFits } from './revenue-limit.ts';

/** Products, numbered in the order of their bytes. */
export interface RankedProducts {
  readonly dictionary: ByteDictionary;
  /** Code in the dictionary by rank. */
  readonly codeOfRank: Uint32Array;
}

/** Revenue of one product; cents as a bigint. */
export interface ProductTotal {
  readonly productId: string;
  readonly orders: number;
  readonly cents: bigint;
}

/** A byte order mark at the start of an id belongs to it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The id of the product at a rank, as text. A byte order mark at its start is kept. */
export function productText({ dictionary, codeOfRank }: RankedProducts, rank: number): string {
  const { heap, offsets } = dictionary;
  const code = codeOfRank[rank];
  return decoder.decode(heap.slice(offsets[code], offsets[code + 1]));
}

/** Products with active orders: revenue descending, then the bytes of the id. */
export function byRevenue(totals: CentSums): Uint32Array {
  const ranks = Uint32Array.from({ length: totals.size }, (_, rank) => rank);
  const sold = ranks.filter((rank) => totals.counts[rank] > 0);
  return sold.sort(
    (a, b) =>
      totals.carriesAt(b) - totals.carriesAt(a) || totals.lowAt(b) - totals.lowAt(a) || a - b,
  );
}

/** The first `TOP_PRODUCTS` of an order of `byRevenue`. */
export function topOf(
  products: RankedProducts,
  totals: CentSums,
  order: Uint32Array,
): ProductTotal[] {
  return [...order.subarray(0, TOP_PRODUCTS)].map((rank) => ({
    productId: productText(products, rank),
    orders: totals.counts[rank],
    cents: totals.centsAt(rank),
  }));
}

/**
 * Rows of `product_revenue`, those of `ranks`. Throws `TerminalError` `revenue_overflow`, which
 * names the product.
 */
export function productGroup(
  products: RankedProducts,
  totals: CentSums,
  ranks: Uint32Array,
): RowGroupData {
  const keys = new Uint32Array(ranks.length);
  const orders = new Float64Array(ranks.length);
  const cents = new BigInt64Array(ranks.length);
  ranks.forEach((rank, row) => {
    keys[row] = products.codeOfRank[rank];
    orders[row] = totals.counts[rank];
    const sum = totals.centsAt(rank); // May not fit 64 bits.
    assertFits(sum, () => `product_revenue of ${productText(products, rank)}`);
    cents[row] = sum;
  });
  const columns = {
    product_id: productColumn(keys, products),
    total_orders: plain(orders),
    total_revenue: plain(cents),
  };
  return { rowCount: ranks.length, columns };
}

/**
 * Rows of `product_revenue` in an order of `byRevenue`, as row groups; throws as `productGroup`.
 */
export function* productGroups(
  products: RankedProducts,
  totals: CentSums,
  order: Uint32Array,
  rowGroupRows: number,
): Generator<RowGroupData> {
  for (let from = 0; from < order.length; from += rowGroupRows) {
    yield productGroup(products, totals, order.subarray(from, from + rowGroupRows));
  }
}

/** The column of product ids of rows given by their product codes. */
export function productColumn(keys: Uint32Array, { dictionary }: RankedProducts): KeyedColumn {
  const { size, values } = dictionary;
  return { kind: 'keyed', keys, keyCount: size, valueOf: null, values };
}
