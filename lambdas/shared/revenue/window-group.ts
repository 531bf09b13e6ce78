import { plain, type RowGroupData } from '../bytes/column-data.ts';
import { CARRY_CENTS } from './cent-sums.ts';
import { productColumn, productText, type RankedProducts } from './product-revenue.ts';
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
  readonly #product: Uint32Array;
  readonly #orders: Float64Array;
  readonly #cents: Float64Array;
  /** The same, where some sum is too large for a double. */
  #largeCents: BigInt64Array | null = null;
  #size = 0;

  constructor(windowLengthMs: number, capacity: number, products: RankedProducts) {
    this.#products = products;
    this.#windowLengthMs = windowLengthMs;
    this.#starts = new Float64Array(capacity);
    this.#ends = new Float64Array(capacity);
    this.#product = new Uint32Array(capacity);
    this.#orders = new Float64Array(capacity);
    this.#cents = new Float64Array(capacity);
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
    this.#product[row] = this.#products.codeOfRank[productRank];
    this.#orders[row] = count;
    this.#cents[row] = low;
    if (this.#largeCents !== null) this.#largeCents[row] = BigInt(low);
    if (carries === 0) return;
    const cents = BigInt(carries) * BigInt(CARRY_CENTS) + BigInt(low);
    assertFits(cents, () => {
      const product = productText(this.#products, productRank);
      return `window_revenue of ${product} in ${new Date(startMs).toISOString()}`;
    });
    this.#largeCents ??= BigInt64Array.from(this.#cents, (known) => BigInt(known));
    this.#largeCents[row] = cents;
  }

  /** Hands over the cells so far. Valid until the next `add`. */
  take(): RowGroupData {
    const rowCount = this.#size;
    const cents = this.#largeCents ?? this.#cents;
    this.#size = 0;
    this.#largeCents = null;
    return {
      rowCount,
      columns: {
        window_start: plain(this.#starts),
        window_end: plain(this.#ends),
        product_id: productColumn(this.#product, this.#products),
        orders_count: plain(this.#orders),
        total_revenue: plain(cents),
      },
    };
  }
}
