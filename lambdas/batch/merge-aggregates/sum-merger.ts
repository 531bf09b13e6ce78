import { ByteDictionary } from '../../shared/bytes/byte-dictionary.ts';
import { viewOf } from '../../shared/bytes/bytes.ts';
import { assert } from '../../shared/model/errors.ts';
import { CARRY_CENTS } from '../../shared/revenue/cent-sums.ts';
import type { RankedProducts } from '../../shared/revenue/product-revenue.ts';
import type { WindowCell } from '../../shared/revenue/window-group.ts';
import { rankProducts } from '../../shared/revenue/window-sums.ts';
import { type SumList, viewSumList } from '../exchange/sum-list.ts';

interface Cursor {
  readonly list: SumList;
  readonly rankOf: Uint32Array;
  at: number;
  key: number;
}

/** Merges sorted lists of cells by window and product, adding up equal keys. */
export class SumMerger {
  /** The products of all lists, ranked by the bytes of their ids. */
  readonly products: RankedProducts;
  readonly #productCount: number;
  /** Binary heap of cursors, the smallest key first. */
  readonly #heap: Cursor[] = [];

  constructor(lists: readonly Uint8Array[]) {
    const views = lists.map(viewSumList).filter((list) => list.entryCount > 0);
    const dictionary = new ByteDictionary();
    const codes = views.map((list) => codesOf(list, dictionary));
    const { productOfRank, rankOfProduct } = rankProducts(dictionary);
    this.products = { dictionary, codeOfRank: productOfRank };
    this.#productCount = Math.max(1, dictionary.size);
    for (const { windowNumber, entryCount } of views) {
      const cellCount = (windowNumber[entryCount - 1] + 1) * this.#productCount;
      assert(Number.isSafeInteger(cellCount), 'windows times products are numbered exactly');
    }
    views.forEach((list, index) => {
      const rankOf = codes[index].map((code) => rankOfProduct[code]);
      this.#push({ list, rankOf, at: 0, key: 0 });
    });
  }

  /** Fills `cell` with the next one in order; false at the end. */
  next(cell: WindowCell): boolean {
    const heap = this.#heap;
    if (heap.length === 0) return false;
    const { key } = heap[0];
    cell.productRank = key % this.#productCount;
    cell.windowNumber = (key - cell.productRank) / this.#productCount;
    cell.count = 0;
    cell.low = 0;
    cell.carries = 0;
    while (heap.length > 0 && heap[0].key === key) this.#takeFirst(cell);
    return true;
  }

  #takeFirst(cell: WindowCell): void {
    const cursor = this.#heap[0];
    const { list, at } = cursor;
    cell.count += list.count[at];
    cell.low += list.low[at];
    cell.carries += list.carries[at];
    if (cell.low >= CARRY_CENTS) {
      cell.low -= CARRY_CENTS;
      cell.carries += 1;
    }
    cursor.at += 1;
    const last = this.#heap.pop() as Cursor;
    if (last !== cursor) {
      this.#heap[0] = last;
      this.#siftDown();
    }
    if (cursor.at < list.entryCount) this.#push(cursor);
  }

  #push(cursor: Cursor): void {
    const { list, at, rankOf } = cursor;
    cursor.key = list.windowNumber[at] * this.#productCount + rankOf[list.product[at]];
    const heap = this.#heap;
    let child = heap.length;
    heap.push(cursor);
    while (child > 0) {
      const parent = (child - 1) >>> 1;
      if (heap[parent].key <= cursor.key) break;
      heap[child] = heap[parent];
      child = parent;
    }
    heap[child] = cursor;
  }

  #siftDown(): void {
    const heap = this.#heap;
    const moving = heap[0];
    let parent = 0;
    for (;;) {
      let child = parent * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1].key < heap[child].key) child += 1;
      if (heap[child].key >= moving.key) break;
      heap[parent] = heap[child];
      parent = child;
    }
    heap[parent] = moving;
  }
}

function codesOf({ products, productOffsets }: SumList, dictionary: ByteDictionary): Uint32Array {
  const view = viewOf(products);
  const codes = new Uint32Array(productOffsets.length - 1);
  for (let i = 0; i < codes.length; i++) {
    codes[i] = dictionary.codeOf(view, productOffsets[i], productOffsets[i + 1]);
  }
  return codes;
}
