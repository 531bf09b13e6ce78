import { assert } from '../model/errors.ts';
import { HOURS_PER_DAY, MAX_INSTANT_MS } from '../model/time.ts';
import type { RowKeys } from '../rows/row-keys.ts';
import { CentSums } from './cent-sums.ts';
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
  readonly product: Pick<RowKeys, 'keys' | 'used'>;
  readonly hour: Pick<RowKeys, 'keys' | 'used'>;
}

/** Sums over active orders: by day, by hour of day, and by window and product. */
export class RevenueSums {
  readonly byDay = new Map<number, Revenue>();
  readonly byHour = new CentSums(HOURS_PER_DAY);
  readonly windows: WindowSums;
  protected readonly windowLengthMs: number;
  /** Of the day under way. */
  protected readonly hourOfDay = new CentSums(HOURS_PER_DAY);

  /** Codes of products are below `maxProducts`. */
  constructor(windowLengthMs: number, maxProducts: number) {
    const cellCount = Math.ceil(MAX_INSTANT_MS / windowLengthMs) * maxProducts;
    assert(Number.isSafeInteger(cellCount), 'windows times products are numbered exactly');
    this.windowLengthMs = windowLengthMs;
    this.windows = new WindowSums(Math.max(1, maxProducts));
  }

  /** Adds rows of one day. */
  addDay(day: number, rows: SummedRows): void {
    this.addRows(day, rows);
    this.#closeDay(day, rows.rowCount);
  }

  /** Adds rows to `windows` and to `hourOfDay`. */
  protected addRows(
    _day: number,
    { timeMs, totalCents, rowCount, product, hour }: SummedRows,
  ): void {
    const { windows, windowLengthMs } = this;
    let windowNumber = -1;
    for (let i = 0; i < rowCount; i++) {
      const sinceWindowStart = timeMs[i] - windowNumber * windowLengthMs;
      if (sinceWindowStart < 0 || sinceWindowStart >= windowLengthMs) {
        windowNumber = Math.floor(timeMs[i] / windowLengthMs);
      }
      windows.add(windowNumber, product.used[product.keys[i]], totalCents[i]);
      this.hourOfDay.add(hour.used[hour.keys[i]], totalCents[i]);
    }
  }

  #closeDay(day: number, rowCount: number): void {
    const { hourOfDay } = this;
    let dayCents = 0n;
    for (let h = 0; h < HOURS_PER_DAY; h++) {
      this.byHour.addParts(h, hourOfDay.counts[h], hourOfDay.lowAt(h), hourOfDay.carriesAt(h));
      dayCents += hourOfDay.centsAt(h);
    }
    const before = this.byDay.get(day) ?? { orders: 0, cents: 0n };
    this.byDay.set(day, { orders: before.orders + rowCount, cents: before.cents + dayCents });
    hourOfDay.clear();
  }
}
