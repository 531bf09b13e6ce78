import { MS_PER_DAY, MS_PER_HOUR } from '../../shared/model/time.ts';
import { isDayWholeIn, isInPeriod, type Period } from '../model/period.ts';
import { ACTIVE, BATCH, type RecordBatch } from '../model/record-batch.ts';
import type { CellBook } from './cell-book.ts';
import { OF_BATCH, OF_STREAM } from './cells.ts';

/** Counted records of one side: what they are in a period, and when they begin. */
export interface SideTotals {
  active: number;
  cancelled: number;
  revenueCents: bigint;
  /** Event time of the oldest one, in the period or not; infinite without any. */
  oldestMs: number;
}

/** Totals of one side to add to; without rows the oldest time is infinity. */
export function zeroSide(): SideTotals {
  return { active: 0, cancelled: 0, revenueCents: 0n, oldestMs: Number.POSITIVE_INFINITY };
}

/** Rows between two looks at how much the book holds. */
const ROWS_AT_ONCE = 4_096;

/** Lowers the oldest event time (ms) of a side to that of the batch's oldest record. */
export function addOldest({ timeMs }: RecordBatch, totals: SideTotals): void {
  for (let row = 0; row < timeMs.length; row++) {
    if (timeMs[row] < totals.oldestMs) totals.oldestMs = timeMs[row];
  }
}

/**
 * Enters the counted rows of a side that lie in the period into the cells that no table can give
 * for a period: totals, cut days, hours of the day, products.
 */
export async function addPeriodRows(
  batch: RecordBatch,
  period: Period,
  totals: SideTotals,
  book: CellBook,
): Promise<void> {
  for (let row = 0; row < batch.side.length; row++) {
    if (row % ROWS_AT_ONCE === 0) await book.spillIfFull();
    if (!isInPeriod(period, batch.timeMs[row])) continue;
    if (batch.outcome[row] !== ACTIVE) {
      totals.cancelled += 1;
      continue;
    }
    const cents = BigInt(batch.totalCents[row]);
    totals.active += 1;
    totals.revenueCents += cents;
    addRow(batch, row, period, cents, book);
  }
}

function addRow(
  batch: RecordBatch,
  row: number,
  period: Period,
  cents: bigint,
  book: CellBook,
): void {
  const kind = batch.side[row] === BATCH ? OF_BATCH : OF_STREAM;
  const day = Math.floor(batch.timeMs[row] / MS_PER_DAY);
  const hour = Math.floor((batch.timeMs[row] - day * MS_PER_DAY) / MS_PER_HOUR);
  const productId = batch.product_id?.[row] ?? '';
  const order = { kind, orders: 1, cents };
  book.add({ ...order, table: 'manifest', order: 0, productId: '' });
  book.add({ ...order, table: 'hourly_revenue', order: hour, productId: '' });
  book.add({ ...order, table: 'product_revenue', order: 0, productId });
  if (isDayWholeIn(period, day)) return;
  book.add({ ...order, table: 'daily_revenue', order: day, productId: '' });
}
