import { plain, type RowGroupData } from '../parquet/column-data.ts';
import { CARRY_CENTS } from './cent-sums.ts';
import { DenseKeys } from './dense-keys.ts';
import { productText, type RankedProducts } from './product-revenue.ts';
import { assertFits } from './revenue-limit.ts';

/** One cell of `window_revenue`. */
export interface WindowCell {
  windowNumber: number;
  productRank: number;
  count: number;
  /** The sum is `carries * CARRY_CENTS + low` cents. */
  low: number;
  carries: number;
}

/** Cells of `window_revenue` on their way into a row group. */
export class WindowGroup {
  readonly #products: RankedProducts;
  readonly #windowLengthMs: number;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #product: DenseKeys;
  readonly #orders: Float64Array;
  readonly #cents: BigInt64Array;
  #size = 0;

  constructor(windowLengthMs: number, capacity: number, products: RankedProducts) {
    this.#products = products;
    this.#windowLengthMs = windowLengthMs;
    this.#starts = new Float64Array(capacity);
    this.#ends = new Float64Array(capacity);
    this.#product = new DenseKeys(capacity);
    this.#orders = new Float64Array(capacity);
    this.#cents = new BigInt64Array(capacity);
  }

  get isFull(): boolean {
    return this.#size === this.#starts.length;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add({ windowNumber, productRank, count, low, carries }: WindowCell): void {
    const row = this.#size++;
    const startMs = windowNumber * this.#windowLengthMs;
    this.#starts[row] = startMs;
    this.#ends[row] = startMs + this.#windowLengthMs;
    this.#product.keys[row] = this.#products.codeOfRank[productRank];
    this.#orders[row] = count;
    this.#cents[row] = BigInt(low);
    if (carries === 0) return;
    const cents = BigInt(carries) * BigInt(CARRY_CENTS) + BigInt(low);
    assertFits(cents, () => {
      const product = productText(this.#products, productRank);
      return `window_revenue of ${product} in ${new Date(startMs).toISOString()}`;
    });
    this.#cents[row] = cents;
  }

  /** Hands over the cells so far. Valid until the next `add`. */
  take(): RowGroupData {
    const rowCount = this.#size;
    this.#size = 0;
    const { dictionary } = this.#products;
    this.#product.densify(rowCount, dictionary.size);
    return {
      rowCount,
      columns: [
        plain(this.#starts),
        plain(this.#ends),
        this.#product.column(dictionary.values, this.#product.used),
        plain(this.#orders),
        plain(this.#cents),
      ],
    };
  }
}
