import type { ByteDictionary } from '../../shared/ingest/byte-dictionary.ts';
import type { CentSums } from '../../shared/transform/cent-sums.ts';
import type { ProductRanks, SortedGroups } from '../../shared/transform/window-sums.ts';
import { alignedTo8 } from './slice-layout.ts';

/**
 * Window sums of one bucket and one range of products, sorted by window and product, as columns one
 * behind the other. Products are numbered in the order of their bytes, so that numbers compare as
 * products do.
 */
export interface SumRun {
  readonly entryCount: number;
  readonly windowNumber: Float64Array;
  /** A sum is `carries * 2^50 + low` cents. */
  readonly low: Float64Array;
  readonly count: Float64Array;
  readonly carries: Uint32Array;
  readonly product: Uint32Array;
  /** Product p is `products[productOffsets[p] … productOffsets[p + 1] - 1]`. */
  readonly productOffsets: Uint32Array;
  readonly products: Uint8Array;
}

const HEADER_BYTES = 3 * 8; // Entries, products, bytes of products.

function runBytes(entryCount: number, productCount: number, productBytes: number): number {
  const entries = entryCount * 24 + alignedTo8(entryCount * 4) * 2;
  return HEADER_BYTES + entries + alignedTo8((productCount + 1) * 4) + alignedTo8(productBytes);
}

/** The run as views of its bytes, which start 8-byte aligned. */
export function viewRun(bytes: Uint8Array): SumRun {
  const header = new Float64Array(bytes.buffer, bytes.byteOffset, 3);
  const [entryCount, productCount, productBytes] = header;
  let at = bytes.byteOffset + HEADER_BYTES;
  const doubles = () => {
    const view = new Float64Array(bytes.buffer, at, entryCount);
    at += entryCount * 8;
    return view;
  };
  const integers = (length: number) => {
    const view = new Uint32Array(bytes.buffer, at, length);
    at = alignedTo8(at + length * 4);
    return view;
  };
  return {
    entryCount,
    windowNumber: doubles(),
    low: doubles(),
    count: doubles(),
    carries: integers(entryCount),
    product: integers(entryCount),
    productOffsets: integers(productCount + 1),
    products: new Uint8Array(bytes.buffer, at, productBytes),
  };
}

/** Writes the groups whose product is in range, in memory from `allocate`. */
export function encodeRun(
  sums: CentSums,
  sorted: SortedGroups,
  products: ByteDictionary,
  { productOfRank }: ProductRanks,
  isInRange: (product: number) => boolean,
  allocate: (sizeBytes: number) => Uint8Array,
): Uint8Array {
  const numberOf = new Int32Array(products.size).fill(-1);
  let productCount = 0;
  let productBytes = 0;
  for (const product of productOfRank) {
    if (!isInRange(product)) continue;
    numberOf[product] = productCount++;
    productBytes += products.offsets[product + 1] - products.offsets[product];
  }
  let entryCount = 0;
  for (const product of sorted.products) if (numberOf[product] >= 0) entryCount++;
  const bytes = allocate(runBytes(entryCount, productCount, productBytes));
  new Float64Array(bytes.buffer, bytes.byteOffset, 3).set([entryCount, productCount, productBytes]);
  const run = viewRun(bytes);
  writeEntries(sums, sorted, numberOf, run);
  for (let product = 0; product < products.size; product++) {
    if (numberOf[product] < 0) continue;
    run.productOffsets[numberOf[product] + 1] =
      products.offsets[product + 1] - products.offsets[product];
  }
  for (let p = 0; p < productCount; p++) run.productOffsets[p + 1] += run.productOffsets[p];
  for (let product = 0; product < products.size; product++) {
    if (numberOf[product] < 0) continue;
    const value = products.heap.subarray(products.offsets[product], products.offsets[product + 1]);
    run.products.set(value, run.productOffsets[numberOf[product]]);
  }
  return bytes;
}

function writeEntries(
  sums: CentSums,
  { windowNumbers, products, groups }: SortedGroups,
  numberOf: Int32Array,
  run: SumRun,
): void {
  let entry = 0;
  for (let i = 0; i < groups.length; i++) {
    const number = numberOf[products[i]];
    if (number < 0) continue;
    run.windowNumber[entry] = windowNumbers[i];
    run.product[entry] = number;
    run.count[entry] = sums.counts[groups[i]];
    run.low[entry] = sums.lowAt(groups[i]);
    run.carries[entry] = sums.carriesAt(groups[i]);
    entry++;
  }
}
