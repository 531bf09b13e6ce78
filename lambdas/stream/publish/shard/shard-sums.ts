import { ByteDictionary } from '../../../shared/bytes/byte-dictionary.ts';
import { assert } from '../../../shared/model/errors.ts';
import { PRODUCT } from '../../../shared/model/order.ts';
import { CentSums } from '../../../shared/revenue/cent-sums.ts';
import { productText } from '../../../shared/revenue/product-revenue.ts';
import { RevenueSums } from '../../../shared/revenue/revenue-sums.ts';
import { rankProducts } from '../../../shared/revenue/window-sums.ts';
import type { OrderRows } from '../../../shared/rows/order-rows.ts';
import { countsByCode, IssueCounter } from '../../../shared/rules/issue-counts.ts';
import {
  numberedCells,
  type ProductCell,
  type RevenueCells,
  WindowCellList,
} from '../../../shared/state/revenue-cells.ts';
import type { RecordChunk } from './record-chunk.ts';

/** Of one shard in one epoch. With windows of a minute, all cells up to 2199 have a number. */
const MAX_PRODUCTS = 2 ** 25;

/** Sums over the active orders of a shard, and its issues, chunk by chunk. */
export class ShardSums {
  readonly #issues = new IssueCounter();
  readonly #products = new ByteDictionary();
  readonly #sums: RevenueSums;
  readonly #windowLengthMs: number;
  /** From the product codes of the chunk to those of the shard. */
  #codeOf = new Int32Array(0);

  constructor(windowLengthMs: number) {
    this.#windowLengthMs = windowLengthMs;
    this.#sums = new RevenueSums(windowLengthMs, MAX_PRODUCTS);
  }

  /** Called first for each chunk. */
  startChunk({ columns }: RecordChunk): void {
    const { dictionaries, issues, quarantinedRow, quarantinedCount } = columns;
    this.#codeOf = new Int32Array(dictionaries[PRODUCT].size).fill(-1);
    for (let i = 0; i < quarantinedCount; i++) this.#issues.add(issues[quarantinedRow[i]]);
  }

  /** Adds active rows of one day, which were picked from the chunk. */
  addDay(day: number, { dictionaries }: RecordChunk, rows: OrderRows): void {
    const { rowCount, timeMs, totalCents, hour } = rows;
    const products = dictionaries[PRODUCT];
    const { view, offsets } = products;
    const used = rows.product.used.map((code) => {
      if (this.#codeOf[code] < 0) {
        const hash = products.hashAt(code);
        const ofShard = this.#products.codeOf(view, offsets[code], offsets[code + 1], hash);
        this.#codeOf[code] = ofShard;
      }
      return this.#codeOf[code];
    });
    assert(this.#products.size <= MAX_PRODUCTS, 'products of a shard are numbered exactly');
    const product = { keys: rows.product.keys, used };
    this.#sums.addDay(day, { rowCount, timeMs, totalCents, product, hour });
  }

  /** Records by issue code, in the order of the contract; codes that did not occur are left out. */
  issueRecords(): Record<string, number> {
    return countsByCode(this.#issues.counts);
  }

  cells(): RevenueCells {
    const { byDay, byHour, windows } = this.#sums;
    const hours = Array.from({ length: byHour.size }, (_, hour) => hour)
      .filter((hour) => byHour.counts[hour] > 0)
      .map((hour) => [hour, byHour.counts[hour], String(byHour.centsAt(hour))] as const);
    const ranks = rankProducts(this.#products);
    const named = { dictionary: this.#products, codeOfRank: ranks.productOfRank };
    const texts = Array.from(ranks.productOfRank, (_, rank) => productText(named, rank));
    const totals = new CentSums(texts.length);
    const list = new WindowCellList();
    const { windowNumbers, products, groups } = windows.sorted(ranks);
    const { sums } = windows;
    groups.forEach((group, i) => {
      const rank = ranks.rankOfProduct[products[i]];
      const count = sums.counts[group];
      totals.addParts(rank, count, sums.lowAt(group), sums.carriesAt(group));
      const cell = [texts[rank], count, String(sums.centsAt(group))] as const;
      list.add(windowNumbers[i] * this.#windowLengthMs, cell);
    });
    const productCells = texts.map(
      (text, rank): ProductCell => [text, totals.counts[rank], String(totals.centsAt(rank))],
    );
    return { days: numberedCells(byDay), hours, products: productCells, windows: list.cells };
  }
}
