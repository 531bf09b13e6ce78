import { formatCents } from '../../../lambdas/shared/model/money.ts';
import type { TableName } from '../../../lambdas/shared/model/tables.ts';
import { formatDay } from '../../../lambdas/shared/model/time.ts';
import type { ColumnRows } from '../../../lambdas/shared/parquet/column-reader.ts';
import {
  OUTCOMES,
  type OutcomeCounts,
  TABLE_OF_OUTCOME,
} from '../../../lambdas/shared/rules/outcome.ts';
import type { EpochSnapshot } from '../../../lambdas/shared/state/epoch-snapshot.ts';
import { Fingerprint, KeyWeights } from './fingerprint.ts';
import { type CellSums, differentCell, sumInto } from './revenue-sums.ts';

/** What a manifest says that its tables have to add up to. */
export interface StatedSums {
  readonly counts: Readonly<OutcomeCounts>;
  readonly issues: Readonly<Record<string, number>>;
  readonly revenue: string;
}

export interface WindowRule {
  readonly lengthMs: number;
  /** Windows that end later are not in the table. */
  readonly finalUntilMs: number;
}

/** The columns that sums are made of; of other tables rows are counted. */
export const SUMMED_COLUMNS: Readonly<Partial<Record<TableName, readonly string[]>>> = {
  orders: ['order_timestamp', 'order_date', 'hour_of_day', 'product_id', 'total_amount'],
  quarantine: ['issues'],
  daily_revenue: ['order_date', 'total_orders', 'total_revenue'],
  hourly_revenue: ['hour_of_day', 'total_orders', 'total_revenue'],
  product_revenue: ['product_id', 'total_orders', 'total_revenue'],
  window_revenue: ['window_start', 'window_end', 'product_id', 'orders_count', 'total_revenue'],
};

/**
 * Adds up the tables of one door, in memory that does not grow with products and windows, and
 * reports where they contradict the manifest or each other.
 */
export class DoorSums {
  readonly #windows: WindowRule;
  readonly #weights = new KeyWeights();
  readonly #rows = new Map<TableName, number>();
  readonly #issues = new Map<string, number>();
  readonly #days: Sides = { orders: new Map(), table: new Map() };
  readonly #hours: Sides = { orders: new Map(), table: new Map() };
  readonly #products = { orders: new Fingerprint(), table: new Fingerprint() };
  readonly #final = { orders: new Fingerprint(), table: new Fingerprint() };
  readonly #open = new Fingerprint();
  #oddWindows = 0;

  constructor(windows: WindowRule) {
    this.#windows = windows;
  }

  /** Adds rows of a table; the rows of a file come in row groups. */
  add(table: TableName, rows: ColumnRows): void {
    this.#rows.set(table, (this.#rows.get(table) ?? 0) + rows.rowCount);
    switch (table) {
      case 'orders':
        this.#addOrders(rows);
        break;
      case 'quarantine':
        for (const issue of rows.texts('issues').flatMap((text) => text.split(','))) {
          this.#issues.set(issue, (this.#issues.get(issue) ?? 0) + 1);
        }
        break;
      case 'daily_revenue':
        addCells(rows, 'order_date', this.#days.table);
        break;
      case 'hourly_revenue':
        addCells(rows, 'hour_of_day', this.#hours.table);
        break;
      case 'product_revenue':
        this.#addProducts(rows);
        break;
      case 'window_revenue':
        this.#addWindows(rows);
        break;
      default:
    }
  }

  #addOrders(rows: ColumnRows): void {
    const { lengthMs, finalUntilMs } = this.#windows;
    const timeMs = rows.numbers('order_timestamp');
    const day = rows.numbers('order_date');
    const hour = rows.numbers('hour_of_day');
    const cents = rows.numbers('total_amount');
    const products = rows.texts('product_id');
    for (let row = 0; row < rows.rowCount; row++) {
      sumInto(this.#days.orders, day[row], 1, cents[row]);
      sumInto(this.#hours.orders, hour[row], 1, cents[row]);
      const product = products[row];
      this.#products.orders.add(this.#weights.ofProduct(product), 1, cents[row]);
      const windowNumber = Math.floor(timeMs[row] / lengthMs);
      const isFinal = (windowNumber + 1) * lengthMs <= finalUntilMs;
      const windows = isFinal ? this.#final.orders : this.#open;
      windows.add(this.#weights.ofWindow(product, windowNumber), 1, cents[row]);
    }
  }

  #addProducts(rows: ColumnRows): void {
    const orders = rows.numbers('total_orders');
    const cents = rows.bigints('total_revenue');
    rows.texts('product_id').forEach((product, row) => {
      this.#products.table.add(this.#weights.ofProduct(product), orders[row], cents[row]);
    });
  }

  #addWindows(rows: ColumnRows): void {
    const { lengthMs } = this.#windows;
    const starts = rows.numbers('window_start');
    const ends = rows.numbers('window_end');
    const orders = rows.numbers('orders_count');
    const cents = rows.bigints('total_revenue');
    rows.texts('product_id').forEach((product, row) => {
      if (ends[row] - starts[row] !== lengthMs || starts[row] % lengthMs !== 0) {
        this.#oddWindows += 1;
      }
      const weights = this.#weights.ofWindow(product, Math.floor(starts[row] / lengthMs));
      this.#final.table.add(weights, orders[row], cents[row]);
    });
  }

  /** Each a sentence without a full stop; none where everything adds up. */
  contradictions({ counts, issues, revenue }: StatedSums): string[] {
    const found: string[] = [];
    const expected = OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
    if (counts.read !== expected) {
      found.push(`${counts.read} records were read, but its outcomes are ${expected}`);
    }
    for (const outcome of OUTCOMES) {
      const rows = this.#rows.get(TABLE_OF_OUTCOME[outcome]) ?? 0;
      if (rows === counts[outcome]) continue;
      found.push(`table ${TABLE_OF_OUTCOME[outcome]} has ${rows} rows, not ${counts[outcome]}`);
    }
    const cents = formatCents(
      [...this.#days.orders.values()].reduce((sum, c) => sum + c.cents, 0n),
    );
    if (cents !== revenue) found.push(`the orders are worth ${cents}, not ${revenue}`);
    const codes = new Set([...this.#issues.keys(), ...Object.keys(issues)]);
    for (const code of codes) {
      const rows = this.#issues.get(code) ?? 0;
      const stated = issues[code] ?? 0;
      if (rows !== stated) found.push(`${rows} quarantined rows have issue ${code}, not ${stated}`);
    }
    return [...found, ...this.#differentTables()];
  }

  #differentTables(): string[] {
    const day = differentCell(this.#days.orders, this.#days.table);
    const hour = differentCell(this.#hours.orders, this.#hours.table);
    const odd = this.#oddWindows;
    return [
      day === null ? '' : `daily_revenue ${formatDay(day.key)} ${day.text}`,
      hour === null ? '' : `hourly_revenue of hour ${hour.key} ${hour.text}`,
      this.#products.orders.equals(this.#products.table)
        ? ''
        : 'product_revenue is not the sum of the orders by product',
      this.#final.orders.equals(this.#final.table)
        ? ''
        : 'window_revenue is not the sum of the orders by final window and product',
      odd === 0
        ? ''
        : `${odd} rows of window_revenue are not windows of ${this.#windows.lengthMs} ms`,
    ].filter((text) => text !== '');
  }

  /**
   * Contradictions of the state from which the next epoch continues; all tables are known to be
   * whole.
   */
  contradictionsOf(snapshot: EpochSnapshot, stated: StatedSums): string[] {
    const found: string[] = [];
    const cents = BigInt(snapshot.revenue_cents);
    if (formatCents(cents) !== stated.revenue) found.push(`its revenue is ${formatCents(cents)}`);
    const days: CellSums = new Map();
    for (const [day, orders, text] of snapshot.days) sumInto(days, day, orders, BigInt(text));
    if (differentCell(this.#days.orders, days) !== null) found.push('its days differ from orders');
    const hours: CellSums = new Map();
    for (const [hour, orders, text] of snapshot.hours) sumInto(hours, hour, orders, BigInt(text));
    if (differentCell(this.#hours.orders, hours) !== null) found.push('its hours differ');
    const products = new Fingerprint();
    for (const [id, orders, text] of snapshot.products) {
      products.add(this.#weights.ofProduct(id), orders, BigInt(text));
    }
    if (!products.equals(this.#products.orders)) found.push('its products differ from orders');
    const open = new Fingerprint();
    for (const { start_ms: startMs, products: cells } of snapshot.windows) {
      const windowNumber = Math.floor(startMs / this.#windows.lengthMs);
      for (const [id, orders, text] of cells) {
        open.add(this.#weights.ofWindow(id, windowNumber), orders, BigInt(text));
      }
    }
    if (!open.equals(this.#open)) found.push('its open windows differ from orders');
    return found;
  }
}

interface Sides {
  readonly orders: CellSums;
  readonly table: CellSums;
}

function addCells(rows: ColumnRows, keyColumn: string, cells: CellSums): void {
  const keys = rows.numbers(keyColumn);
  const orders = rows.numbers('total_orders');
  const cents = rows.bigints('total_revenue');
  for (let row = 0; row < rows.rowCount; row++) sumInto(cells, keys[row], orders[row], cents[row]);
}
