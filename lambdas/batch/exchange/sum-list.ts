import type { ByteDictionary } from '../../shared/bytes/byte-dictionary.ts';
import { copyBytes, viewOf } from '../../shared/bytes/bytes.ts';
import type { CentSums } from '../../shared/revenue/cent-sums.ts';
import type { ProductRanks, SortedGroups } from '../../shared/revenue/window-sums.ts';
import { alignedTo8 } from './slice-layout.ts';

/**
 * Window sums of one bucket and one range of products, sorted by window and product, as columns one
 * behind the other. Products are numbered in the order of their bytes, so that numbers compare as
 * products do.
 */
export interface SumList {
  readonly entryCount: number;
  /** A sum is `carries * 2^50 + low` cents. */
  readonly low: Float64Array;
  /** Window start divided by window length: below 2^27, as a window has a minute at least. */
  readonly windowNumber: Uint32Array;
  readonly count: Uint32Array;
  readonly carries: Uint32Array;
  readonly product: Uint32Array;
  /** Product p is `products[productOffsets[p] … productOffsets[p + 1] - 1]`. */
  readonly productOffsets: Uint32Array;
  readonly products: Uint8Array;
}

const HEADER_BYTES = 3 * 8; // Entries, products, bytes of products.

function listBytes(entryCount: number, productCount: number, productBytes: number): number {
  const entries = entryCount * 8 + alignedTo8(entryCount * 4) * 4;
  return HEADER_BYTES + entries + alignedTo8((productCount + 1) * 4) + alignedTo8(productBytes);
}

/** The list as views of its bytes, which start 8-byte aligned. */
export function viewSumList(bytes: Uint8Array): SumList {
  const header = new Float64Array(bytes.buffer, bytes.byteOffset, 3);
  const [entryCount, productCount, productBytes] = header;
  let at = bytes.byteOffset + HEADER_BYTES;
  const low = new Float64Array(bytes.buffer, at, entryCount);
  at += entryCount * 8;
  const integers = (length: number) => {
    const view = new Uint32Array(bytes.buffer, at, length);
    at = alignedTo8(at + length * 4);
    return view;
  };
  return {
    entryCount,
    low,
    windowNumber: integers(entryCount),
    count: integers(entryCount),
    carries: integers(entryCount),
    product: integers(entryCount),
    productOffsets: integers(productCount + 1),
    products: new Uint8Array(bytes.buffer, at, productBytes),
  };
}

/** Into which list each product goes, and its number there. */
interface ProductPlaces {
  readonly rangeOf: Uint16Array;
  readonly numberOf: Uint32Array;
  /** By range. */
  readonly productCounts: Uint32Array;
  readonly productBytes: Float64Array;
}

/**
 * Writes the groups into one block, in memory from `allocate`: a list per range of products, one
 * behind the other. `ranges.of` says the range of a product; `ends` says where each list ends.
 */
export function encodeSumLists(
  sums: CentSums,
  sorted: SortedGroups,
  products: ByteDictionary,
  ranges: { readonly count: number; readonly of: (product: number) => number },
  ranks: ProductRanks,
  allocate: (sizeBytes: number) => Uint8Array,
): { block: Uint8Array; ends: Uint32Array } {
  const places = placeProducts(products, ranges, ranks);
  const entryCounts = new Uint32Array(ranges.count);
  for (const product of sorted.products) entryCounts[places.rangeOf[product]]++;
  const ends = new Uint32Array(ranges.count);
  let sizeBytes = 0;
  for (let range = 0; range < ranges.count; range++) {
    const { productCounts, productBytes } = places;
    sizeBytes += listBytes(entryCounts[range], productCounts[range], productBytes[range]);
    ends[range] = sizeBytes;
  }
  const block = allocate(sizeBytes);
  const lists = Array.from(ends, (end, range) => {
    const bytes = block.subarray(range === 0 ? 0 : ends[range - 1], end);
    const header = new Float64Array(bytes.buffer, bytes.byteOffset, 3);
    const { productCounts, productBytes } = places;
    header.set([entryCounts[range], productCounts[range], productBytes[range]]);
    return viewSumList(bytes);
  });
  writeProducts(products, places, ranks, lists);
  writeEntries(sums, sorted, places, lists);
  return { block, ends };
}

function placeProducts(
  { size, offsets }: ByteDictionary,
  ranges: { readonly count: number; readonly of: (product: number) => number },
  { productOfRank }: ProductRanks,
): ProductPlaces {
  const rangeOf = new Uint16Array(size);
  const numberOf = new Uint32Array(size);
  const productCounts = new Uint32Array(ranges.count);
  const productBytes = new Float64Array(ranges.count);
  for (const product of productOfRank) {
    const range = ranges.of(product);
    rangeOf[product] = range;
    numberOf[product] = productCounts[range]++;
    productBytes[range] += offsets[product + 1] - offsets[product];
  }
  return { rangeOf, numberOf, productCounts, productBytes };
}

/** In the order of their bytes, so each one stands behind the one before of its range. */
function writeProducts(
  { view, offsets }: ByteDictionary,
  { rangeOf, numberOf }: ProductPlaces,
  { productOfRank }: ProductRanks,
  lists: readonly SumList[],
): void {
  for (const { productOffsets } of lists) productOffsets[0] = 0;
  const targets = lists.map(({ products }) => viewOf(products));
  for (const product of productOfRank) {
    const { productOffsets } = lists[rangeOf[product]];
    const start = productOffsets[numberOf[product]];
    copyBytes(view, offsets[product], offsets[product + 1], targets[rangeOf[product]], start);
    productOffsets[numberOf[product] + 1] = start + offsets[product + 1] - offsets[product];
  }
}

function writeEntries(
  sums: CentSums,
  { windowNumbers, products, groups }: SortedGroups,
  { rangeOf, numberOf }: ProductPlaces,
  lists: readonly SumList[],
): void {
  const entries = new Uint32Array(lists.length);
  for (let i = 0; i < groups.length; i++) {
    const range = rangeOf[products[i]];
    const list = lists[range];
    const entry = entries[range]++;
    list.windowNumber[entry] = windowNumbers[i];
    list.product[entry] = numberOf[products[i]];
    list.count[entry] = sums.counts[groups[i]];
    list.low[entry] = sums.lowAt(groups[i]);
    list.carries[entry] = sums.carriesAt(groups[i]);
  }
}
