import { MS_PER_DAY, MS_PER_HOUR } from '../../shared/model/time.ts';
import { windowStart } from '../../shared/rules/windows.ts';
import type { IdDifference } from '../match/match-records.ts';
import { isInPeriod } from '../model/period.ts';
import { ACTIVE, BATCH, type RecordBatch } from '../model/record-batch.ts';
import type { Publications } from '../read/publications.ts';
import type { CellBook } from './cell-book.ts';
import { OF_BATCH, OF_IDS, OF_OPEN_WINDOW, OF_STREAM } from './cells.ts';

/** What records and manifests enter into the book of cells. */

/** Enters the totals of the two manifests as one more cell. */
export function addManifests({ batch, stream }: Publications, book: CellBook): void {
  const cell = { table: 'manifest', order: 0, productId: '' } as const;
  for (const [kind, { counts, revenueCents }] of [
    [OF_BATCH, batch],
    [OF_STREAM, stream],
  ] as const) {
    book.add({ kind, ...cell, orders: counts.active, cents: revenueCents });
  }
}

/**
 * Enters what the active records behind a difference, in the compared period, add to each of their
 * cells.
 */
export function addEffects({ records }: IdDifference, book: CellBook): void {
  const kind = OF_IDS;
  for (const { outcome, side, effectCents, timeMs, product_id: productId } of records) {
    if (outcome !== ACTIVE || timeMs === null || productId === null) continue;
    if (!isInPeriod(book.period, timeMs)) continue;
    const effect = { kind, orders: side === BATCH ? 1 : -1, cents: BigInt(effectCents) };
    const day = Math.floor(timeMs / MS_PER_DAY);
    const hour = Math.floor((timeMs - day * MS_PER_DAY) / MS_PER_HOUR);
    const window = windowStart(timeMs, book.windowLengthMs);
    book.add({ ...effect, table: 'manifest', order: 0, productId: '' });
    book.add({ ...effect, table: 'daily_revenue', order: day, productId: '' });
    book.add({ ...effect, table: 'hourly_revenue', order: hour, productId: '' });
    book.add({ ...effect, table: 'product_revenue', order: 0, productId });
    if (book.isOpen(window)) continue;
    book.add({ ...effect, table: 'window_revenue', order: window, productId });
  }
}

/**
 * Enters batch's own orders of open windows: the stream has no row for such a window, so batch's is
 * compared with these.
 */
export function addOpenWindows(batch: RecordBatch, book: CellBook): void {
  for (let row = 0; row < batch.side.length; row++) {
    if (batch.outcome[row] !== ACTIVE) continue;
    const order = windowStart(batch.timeMs[row], book.windowLengthMs);
    if (!book.isOpen(order) || !isInPeriod(book.period, order)) continue;
    const productId = batch.product_id?.[row] ?? '';
    const cents = BigInt(batch.totalCents[row]);
    const table = 'window_revenue';
    book.add({ kind: OF_OPEN_WINDOW, table, order, productId, orders: 1, cents });
  }
}
