import { type Door, type TableName, TOP_PRODUCTS } from '../../shared/model/tables.ts';
import { type ColumnRows, readTableColumns } from '../../shared/parquet/column-reader.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { CellTable, DifferentCell } from '../model/difference.ts';
import { isAllTime, isTableCell } from '../model/period.ts';
import { compareText } from '../model/text-order.ts';
import type { SideTables } from '../read/publications.ts';
import type { CellBook } from './cell-book.ts';
import { MALFORMED, OF_BATCH, OF_STREAM } from './cells.ts';

/** The columns of a shared revenue table: its key, then count and cents. */
const TABLES = {
  daily_revenue: { key: ['order_date'], count: 'total_orders' },
  hourly_revenue: { key: ['hour_of_day'], count: 'total_orders' },
  product_revenue: { key: ['product_id'], count: 'total_orders' },
  window_revenue: { key: ['window_start', 'window_end', 'product_id'], count: 'orders_count' },
} as const satisfies Partial<Record<TableName, unknown>>;

type SharedTable = keyof typeof TABLES;

const SHARED_TABLES = Object.keys(TABLES) as SharedTable[];

const TABLES_OF_PERIODS: readonly SharedTable[] = ['daily_revenue', 'window_revenue'];

/** A row of `product_revenue`, or of `top_products` in the order of ranks. */
interface ProductTotal {
  readonly productId: string;
  readonly orders: number;
  readonly cents: bigint;
}

/**
 * Length of a side's windows in ms, from its first row of `window_revenue`; null without rows. Read
 * from the tables, because the config may have changed since.
 */
export async function windowLengthOf(lake: ObjectStore, side: SideTables): Promise<number | null> {
  for (const file of await side.filesOf('window_revenue')) {
    for await (const rows of readTableColumns(lake, file, ['window_start', 'window_end'])) {
      if (rows.rowCount > 0) return rows.numbers('window_end')[0] - rows.numbers('window_start')[0];
    }
  }
  return null;
}

/**
 * Enters a side's revenue tables into the book, and compares its `top_products` with its
 * `product_revenue`: returns the ranks that differ. For a period it enters only cells that tables
 * have as they are in it, and compares no ranks.
 */
export async function addRevenueTables(
  lake: ObjectStore,
  side: SideTables,
  book: CellBook,
  onFile: () => void,
): Promise<DifferentCell[]> {
  const top = new TopProducts();
  for (const table of isAllTime(book.period) ? SHARED_TABLES : TABLES_OF_PERIODS) {
    const { key, count } = TABLES[table];
    const columns = [...key, count, 'total_revenue'];
    for (const file of await side.filesOf(table)) {
      for await (const rows of readTableColumns(lake, file, columns)) {
        addRows(side.door, table, rows, book);
        if (table === 'product_revenue') top.add(rows);
        await book.spillIfFull();
      }
      onFile();
    }
  }
  if (!isAllTime(book.period)) return [];
  return compareTop(side.door, top.best, await readTop(lake, side));
}

function addRows(door: Door, table: SharedTable, rows: ColumnRows, book: CellBook): void {
  const kind = door === 'batch' ? OF_BATCH : OF_STREAM;
  const orders = rows.numbers(TABLES[table].count);
  const cents = rows.bigints('total_revenue');
  const hasProduct = table === 'product_revenue' || table === 'window_revenue';
  const products = hasProduct ? rows.texts('product_id') : null;
  const order = table === 'product_revenue' ? null : rows.numbers(TABLES[table].key[0]);
  const ends = table === 'window_revenue' ? rows.numbers('window_end') : null;
  for (let row = 0; row < rows.rowCount; row++) {
    const cell = { table, order: order?.[row] ?? 0, productId: products?.[row] ?? '' };
    if (!isTableCell(book.period, table, cell.order)) continue;
    book.add({ kind, ...cell, orders: orders[row], cents: cents[row] });
    const isWindow = ends === null || isOfGrid(cell.order, ends[row], book.windowLengthMs);
    if (isWindow && orders[row] > 0) continue;
    book.add({ kind: MALFORMED, ...cell, orders: 0, cents: 0n });
  }
}

function isOfGrid(startMs: number, endMs: number, windowLengthMs: number): boolean {
  return endMs - startMs === windowLengthMs && startMs % windowLengthMs === 0;
}

/** The ten products with the largest revenue; ties by the bytes of product_id. */
class TopProducts {
  best: ProductTotal[] = [];

  add(rows: ColumnRows): void {
    const productIds = rows.texts('product_id');
    const orders = rows.numbers('total_orders');
    const cents = rows.bigints('total_revenue');
    for (let row = 0; row < rows.rowCount; row++) {
      const last = this.best.at(-1);
      if (this.best.length === TOP_PRODUCTS && last !== undefined && cents[row] < last.cents) {
        continue;
      }
      this.best.push({ productId: productIds[row], orders: orders[row], cents: cents[row] });
      this.best.sort(compareTotals);
      this.best.length = Math.min(this.best.length, TOP_PRODUCTS);
    }
  }
}

function compareTotals(a: ProductTotal, b: ProductTotal): number {
  if (a.cents !== b.cents) return a.cents < b.cents ? 1 : -1;
  return compareText(a.productId, b.productId);
}

/** Rows by rank, if each rank from 1 occurs once; another rank is put before the text. */
async function readTop(lake: ObjectStore, side: SideTables): Promise<ProductTotal[]> {
  const ranked: (ProductTotal & { readonly rank: number })[] = [];
  const columns = ['rank', 'product_id', 'total_orders', 'total_revenue'];
  for (const file of await side.filesOf('top_products')) {
    for await (const rows of readTableColumns(lake, file, columns)) {
      const ranks = rows.numbers('rank');
      const orders = rows.numbers('total_orders');
      const cents = rows.bigints('total_revenue');
      rows.texts('product_id').forEach((productId, row) => {
        ranked.push({ rank: ranks[row], productId, orders: orders[row], cents: cents[row] });
      });
    }
  }
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.map(({ rank, productId, ...total }, index) => ({
    productId: rank === index + 1 ? productId : `rank ${rank}: ${productId}`,
    ...total,
  }));
}

function compareTop(
  door: Door,
  expected: readonly ProductTotal[],
  found: readonly ProductTotal[],
): DifferentCell[] {
  const table: CellTable = 'top_products';
  const differing: DifferentCell[] = [];
  for (let index = 0; index < Math.max(expected.length, found.length); index++) {
    const want: ProductTotal | undefined = expected[index];
    const has: ProductTotal | undefined = found[index];
    const isSame =
      want?.productId === has?.productId &&
      want?.orders === has?.orders &&
      want?.cents === has?.cents;
    if (isSame) continue;
    const amount = has === undefined ? null : { orders: has.orders, cents: has.cents };
    const text =
      `${door}, rank ${index + 1}: ${has?.productId ?? 'no row'}; ` +
      `by product_revenue ${want?.productId ?? 'no row'}`;
    differing.push({
      table,
      order: index + 1,
      text,
      batch: door === 'batch' ? amount : null,
      stream: door === 'stream' ? amount : null,
      explained: null,
    });
  }
  return differing;
}
