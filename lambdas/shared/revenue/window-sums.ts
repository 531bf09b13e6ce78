import type { ByteDictionary } from '../bytes/byte-dictionary.ts';
import { sortBytewise } from '../bytes/bytewise-order.ts';
import { CentSums } from './cent-sums.ts';

const INITIAL_GROUPS = 1 << 11;
const FOLD = 2 ** 20;

/** Products in the order of their bytes. */
export interface ProductRanks {
  readonly rankOfProduct: Uint32Array;
  readonly productOfRank: Uint32Array;
}

/** The order of products by their bytes. */
export function rankProducts({ size, view, offsets }: ByteDictionary): ProductRanks {
  const productOfRank = new Uint32Array(size);
  for (let product = 0; product < size; product++) productOfRank[product] = product;
  sortBytewise(productOfRank, view, offsets);
  const rankOfProduct = new Uint32Array(size);
  for (let rank = 0; rank < size; rank++) rankOfProduct[productOfRank[rank]] = rank;
  return { productOfRank, rankOfProduct };
}

/** Parallel arrays, one element per group. */
export interface SortedGroups {
  readonly windowNumbers: Float64Array;
  readonly products: Uint32Array;
  /** Index in `sums`. */
  readonly groups: Uint32Array;
}

/**
 * Count and revenue by window and product (contract §3 `window_revenue`). A window is its number:
 * window start divided by window length. Products are codes below `maxProducts`.
 */
export class WindowSums {
  readonly sums = new CentSums(INITIAL_GROUPS);
  /** Group + 1 by slot; 0: free. Never more than half full. */
  #slots = new Uint32Array(INITIAL_GROUPS * 2);
  #keys = new Float64Array(INITIAL_GROUPS);
  #size = 0;
  readonly #maxProducts: number;

  constructor(maxProducts: number) {
    this.#maxProducts = maxProducts;
  }

  get size(): number {
    return this.#size;
  }

  add(windowNumber: number, productCode: number, cents: number): void {
    this.sums.add(this.#groupOf(windowNumber * this.#maxProducts + productCode), cents);
  }

  /** Adds a count and a sum in two parts, as `CentSums` does. */
  addParts(
    windowNumber: number,
    productCode: number,
    count: number,
    low: number,
    carries: number,
  ): void {
    const group = this.#groupOf(windowNumber * this.#maxProducts + productCode);
    this.sums.addParts(group, count, low, carries);
  }

  /**
   * The groups by window and then by the rank of the product; `productOfRank` is the inverse of
   * `rankOfProduct`.
   */
  sorted({ rankOfProduct, productOfRank }: ProductRanks): SortedGroups {
    const ranked = new Float64Array(this.#size);
    for (let group = 0; group < this.#size; group++) {
      const product = this.#keys[group] % this.#maxProducts;
      ranked[group] = this.#keys[group] - product + rankOfProduct[product];
    }
    ranked.sort();
    const products = new Uint32Array(this.#size);
    const groups = new Uint32Array(this.#size);
    for (let i = 0; i < ranked.length; i++) {
      const rank = ranked[i] % this.#maxProducts;
      products[i] = productOfRank[rank];
      groups[i] = this.#groupOf(ranked[i] - rank + products[i]);
      ranked[i] = (ranked[i] - rank) / this.#maxProducts;
    }
    return { windowNumbers: ranked, products, groups };
  }

  #groupOf(key: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = slotOf(key) & mask;
    for (;;) {
      const group = slots[slot] - 1;
      if (group < 0) break;
      if (this.#keys[group] === key) return group;
      slot = (slot + 1) & mask;
    }
    const group = this.#size++;
    this.#keys[group] = key;
    slots[slot] = group + 1;
    if (this.#size * 2 === slots.length) this.#grow();
    return group;
  }

  #grow(): void {
    const groupsMax = this.#size * 2;
    const slots = new Uint32Array(groupsMax * 2);
    const mask = slots.length - 1;
    for (let group = 0; group < this.#size; group++) {
      let slot = slotOf(this.#keys[group]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = group + 1;
    }
    this.#slots = slots;
    const keys = new Float64Array(groupsMax);
    keys.set(this.#keys);
    this.#keys = keys;
    this.sums.growTo(groupsMax);
  }
}

/**
 * Neighbouring keys take neighbouring slots, because records come by and large in order of time and
 * so stay in the cache; only blocks of keys are scattered.
 */
function slotOf(key: number): number {
  const block = Math.floor(key / FOLD);
  return (key - block * FOLD + Math.imul(block, 0x9e3779b1)) | 0;
}
