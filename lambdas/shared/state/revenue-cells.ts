import {
  CENTS,
  COUNT,
  listOf,
  objectWith,
  type Shape,
  TEXT,
  tuple,
  WHOLE_NUMBER,
} from '../model/shape.ts';
import type { Revenue } from '../revenue/revenue-sums.ts';

/**
 * Sums as JSON: cents are decimal text, because they may be larger than the integers that a JSON
 * number holds everywhere.
 */

export type DayCell = readonly [day: number, orders: number, cents: string];
export type HourCell = readonly [hour: number, orders: number, cents: string];
export type ProductCell = readonly [productId: string, orders: number, cents: string];
export type WindowCells = {
  /** Milliseconds since 1970. */
  readonly start_ms: number;
  /** Sorted by the bytes of their ids. */
  readonly products: readonly ProductCell[];
};

/** Sums over active orders, every list in the order of its first value; ids bytewise. */
export interface RevenueCells {
  /** Days since 1970. */
  readonly days: readonly DayCell[];
  readonly hours: readonly HourCell[];
  readonly products: readonly ProductCell[];
  readonly windows: readonly WindowCells[];
}

/** Shapes of `RevenueCells` as stored. */
export const REVENUE_CELLS: Readonly<Record<keyof RevenueCells, Shape>> = {
  days: listOf(tuple(WHOLE_NUMBER, COUNT, CENTS)),
  hours: listOf(tuple(COUNT, COUNT, CENTS)),
  products: listOf(tuple(TEXT, COUNT, CENTS)),
  windows: listOf(
    objectWith({ start_ms: WHOLE_NUMBER, products: listOf(tuple(TEXT, COUNT, CENTS)) }),
  ),
};

/** Reads stored cells of days or hours into a map. */
export function revenueByNumber(
  cells: readonly (readonly [number, number, string])[],
): Map<number, Revenue> {
  return new Map(cells.map(([key, orders, cents]) => [key, { orders, cents: BigInt(cents) }]));
}

/** A map by day or hour as cells to store, in order. */
export function numberedCells(
  sums: ReadonlyMap<number, Revenue>,
): (readonly [number, number, string])[] {
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([key, { orders, cents }]) => [key, orders, String(cents)] as const);
}

/** Collects cells of windows, which must come in order. */
export class WindowCellList {
  readonly cells: { start_ms: number; products: ProductCell[] }[] = [];

  /** Adds a cell; windows must come in order, and products within them. */
  add(startMs: number, cell: ProductCell): void {
    let last = this.cells.at(-1);
    if (last?.start_ms !== startMs) {
      last = { start_ms: startMs, products: [] };
      this.cells.push(last);
    }
    last.products.push(cell);
  }
}
