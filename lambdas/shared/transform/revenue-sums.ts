import { MAX_INSTANT_MS } from '../model/time.ts';
import { assert } from '../runtime/errors.ts';
import { CentSums } from './cent-sums.ts';
import type { DenseKeys } from './dense-keys.ts';
import { WindowSums } from './window-sums.ts';

/** Orders and exact cents of one cell. */
export interface Revenue {
  readonly orders: number;
  readonly cents: bigint;
}

/** Rows whose sums are taken. `used` says the code of a product, or the hour, of a key. */
export interface SummedRows {
  readonly rowCount: number;
  readonly timeMs: Float64Array;
  readonly totalCents: Float64Array;
  readonly product: Pick<DenseKeys, 'keys' | 'used'>;
  readonly hour: Pick<DenseKeys, 'keys' | 'used'>;
}

/** Sums over active orders: by day, by hour of day, and by window and product. */
export class RevenueSums {
  readonly byDay = new Map<number, Revenue>();
  readonly byHour = new CentSums(24);
  readonly windows: WindowSums;
  readonly #windowLengthMs: number;
  readonly #hourOfDay = new CentSums(24);

  /** Codes of products are below `maxProducts`. */
  constructor(windowLengthMs: number, maxProducts: number) {
    const cellCount = Math.ceil(MAX_INSTANT_MS / windowLengthMs) * maxProducts;
    assert(Number.isSafeInteger(cellCount), 'windows times products are numbered exactly');
    this.#windowLengthMs = windowLengthMs;
    this.windows = new WindowSums(Math.max(1, maxProducts));
  }

  /** Adds rows of one day. */
  addDay(day: number, rows: SummedRows): void {
    const { timeMs, totalCents, rowCount, product, hour } = rows;
    const { windows } = this;
    const windowLengthMs = this.#windowLengthMs;
    let windowNumber = -1;
    for (let i = 0; i < rowCount; i++) {
      const sinceWindowStart = timeMs[i] - windowNumber * windowLengthMs;
      if (sinceWindowStart < 0 || sinceWindowStart >= windowLengthMs) {
        windowNumber = Math.floor(timeMs[i] / windowLengthMs);
      }
      windows.add(windowNumber, product.used[product.keys[i]], totalCents[i]);
      this.#hourOfDay.add(hour.used[hour.keys[i]], totalCents[i]);
    }
    let dayCents = 0n;
    for (let h = 0; h < 24; h++) {
      const { counts } = this.#hourOfDay;
      const low = this.#hourOfDay.lowAt(h);
      this.byHour.addParts(h, counts[h], low, this.#hourOfDay.carriesAt(h));
      dayCents += this.#hourOfDay.centsAt(h);
    }
    const before = this.byDay.get(day) ?? { orders: 0, cents: 0n };
    this.byDay.set(day, { orders: before.orders + rowCount, cents: before.cents + dayCents });
    this.#hourOfDay.clear();
  }
}
