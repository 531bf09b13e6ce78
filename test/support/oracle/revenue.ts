import type { DimensionRow } from './dimension.ts';
import type { Order } from './order.ts';
import { compareText, decimalText } from './text.ts';

/** The five revenue tables of contract §3, from the active orders. */

export type Row = Readonly<Record<string, string | number | null>>;

interface Cell {
  readonly orders: bigint;
  readonly cents: bigint;
}

/** A sum that does not fit DECIMAL(18,2). */
export class RevenueOverflow extends Error {}

const LARGEST_CENTS = 10n ** 18n - 1n;

export function totalCents(active: readonly Order[]): bigint {
  const cents = active.reduce((sum, order) => sum + order.totalCents, 0n);
  if (cents > LARGEST_CENTS) throw new RevenueOverflow(`${cents} cents`);
  return cents;
}

export function revenueTables(
  active: readonly Order[],
  lookUpProduct: (productId: string) => DimensionRow,
  windowLengthMs: number,
): Record<
  'daily_revenue' | 'hourly_revenue' | 'product_revenue' | 'top_products' | 'window_revenue',
  Row[]
> {
  const isoDay = (order: Order) => new Date(order.eventTimeMs).toISOString().slice(0, 10);
  const days = cellsBy(active, isoDay).sort(([a], [b]) => compareText(a, b));
  const hours = cellsBy(active, (order) => String(new Date(order.eventTimeMs).getUTCHours())).sort(
    ([a], [b]) => Number(a) - Number(b),
  );
  const products = cellsBy(active, (order) => order.productId).sort(([a, x], [b, y]) =>
    x.cents === y.cents ? compareText(a, b) : x.cents > y.cents ? -1 : 1,
  );
  return {
    daily_revenue: days.map(([day, cell]) => ({ order_date: day, ...totals(cell) })),
    hourly_revenue: hours.map(([hour, cell]) => ({ hour_of_day: Number(hour), ...totals(cell) })),
    product_revenue: products.map(([product, cell]) => ({ product_id: product, ...totals(cell) })),
    top_products: products.slice(0, 10).map(([product, cell], index) => {
      const { product_name, category } = lookUpProduct(product);
      return { rank: index + 1, product_id: product, product_name, category, ...totals(cell) };
    }),
    window_revenue: windowRevenue(active, windowLengthMs),
  };
}

function windowRevenue(active: readonly Order[], windowLengthMs: number): Row[] {
  const startOf = (order: Order) => Math.floor(order.eventTimeMs / windowLengthMs) * windowLengthMs;
  const cells = cellsBy(active, (order) => JSON.stringify([startOf(order), order.productId]));
  return cells
    .map(([key, cell]) => ({ window: JSON.parse(key) as [number, string], cell }))
    .sort((a, b) => a.window[0] - b.window[0] || compareText(a.window[1], b.window[1]))
    .map(({ window: [startMs, productId], cell }) => ({
      window_start: new Date(startMs).toISOString(),
      window_end: new Date(startMs + windowLengthMs).toISOString(),
      product_id: productId,
      orders_count: String(cell.orders),
      total_revenue: decimalText(cell.cents),
    }));
}

function cellsBy(active: readonly Order[], keyOf: (order: Order) => string): [string, Cell][] {
  const cells = new Map<string, Cell>();
  for (const order of active) {
    const { orders, cents } = cells.get(keyOf(order)) ?? { orders: 0n, cents: 0n };
    cells.set(keyOf(order), { orders: orders + 1n, cents: cents + order.totalCents });
  }
  for (const [key, { cents }] of cells) if (cents > LARGEST_CENTS) throw new RevenueOverflow(key);
  return [...cells];
}

function totals(cell: Cell) {
  return { total_orders: String(cell.orders), total_revenue: decimalText(cell.cents) };
}
