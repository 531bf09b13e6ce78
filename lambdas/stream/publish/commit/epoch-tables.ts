import type { NamedColumns, RowGroupData } from '../../../shared/bytes/column-data.ts';
import { formatCents } from '../../../shared/model/money.ts';
import type { TableName } from '../../../shared/model/tables.ts';
import type { TableFile } from '../../../shared/parquet/table-file.ts';
import {
  byRevenue,
  productGroups,
  productText,
  topOf,
} from '../../../shared/revenue/product-revenue.ts';
import {
  dailyColumns,
  hourlyColumns,
  topColumns,
} from '../../../shared/revenue/summary-columns.ts';
import { WindowGroup } from '../../../shared/revenue/window-group.ts';
import { TableParts } from '../../../shared/rows/table-parts.ts';
import { spreadsheetField } from '../../../shared/runtime/csv-text.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import { putOnce } from '../../../shared/state/put-once.ts';
import { WindowCellList, type WindowCells } from '../../../shared/state/revenue-cells.ts';
import type { EpochContext } from './epoch-context.ts';
import type { EpochTotals } from './epoch-totals.ts';

export interface WrittenTables {
  readonly files: Readonly<Partial<Record<TableName, readonly TableFile[]>>>;
  readonly openWindows: readonly WindowCells[];
}

/**
 * Writes the final windows, the four cumulative tables and the list of product totals. Repeated, it
 * writes the same bytes.
 */
export async function writeEpochTables(
  plan: EpochPlan,
  totals: EpochTotals,
  context: EpochContext,
): Promise<WrittenTables> {
  const { products, productTotals, byDay, byHour } = totals;
  const { lake, keys, parquet } = context;
  const { rowGroupRows } = parquet;
  const folderOf = (table: TableName) => keys.table(table, plan.epoch);
  const parts = new TableParts({ lake, door: 'stream', folderOf, parquet });
  const write = (table: TableName, groups: Iterable<RowGroupData>) =>
    parts.write({ table, day: null, part: '0000' }, groups);
  await write('daily_revenue', oneGroup(byDay.size, dailyColumns(byDay)));
  await write('hourly_revenue', oneGroup(byHour.size, hourlyColumns([...byHour])));
  const order = byRevenue(productTotals);
  await write('product_revenue', productGroups(products, productTotals, order, rowGroupRows));
  const top = topOf(products, productTotals, order);
  await write('top_products', oneGroup(top.length, topColumns(top, context.products)));
  const open = new WindowCellList();
  await write('window_revenue', finalWindows(plan, totals, rowGroupRows, open));
  await putOnce(lake, keys.productTotals(plan.epoch), productTotalsCsv(totals, order));
  return { files: parts.files, openWindows: open.cells };
}

function oneGroup(rowCount: number, columns: NamedColumns): RowGroupData[] {
  return rowCount === 0 ? [] : [{ rowCount, columns }];
}

/** Rows of windows that end at or before the watermark; the cells of all others go to `open`. */
function* finalWindows(
  { watermarkMs, windowLengthMs }: EpochPlan,
  { windows, ranks, products }: EpochTotals,
  rowGroupRows: number,
  open: WindowCellList,
): Generator<RowGroupData> {
  const sorted = windows.sorted(ranks);
  const capacity = Math.min(rowGroupRows, sorted.groups.length);
  const group = new WindowGroup(windowLengthMs, capacity, products);
  const { sums } = windows;
  const finalToMs = watermarkMs ?? Number.NEGATIVE_INFINITY;
  for (const [i, index] of sorted.groups.entries()) {
    const windowNumber = sorted.windowNumbers[i];
    const productRank = ranks.rankOfProduct[sorted.products[i]];
    const count = sums.counts[index];
    const startMs = windowNumber * windowLengthMs;
    if (startMs + windowLengthMs > finalToMs) {
      const id = productText(products, productRank);
      open.add(startMs, [id, count, String(sums.centsAt(index))]);
      continue;
    }
    const [low, carries] = [sums.lowAt(index), sums.carriesAt(index)];
    group.add({ windowNumber, productRank, count, low, carries });
    if (group.isFull) yield group.take();
  }
  if (!group.isEmpty) yield group.take();
}

function productTotalsCsv({ products, productTotals }: EpochTotals, order: Uint32Array) {
  const lines = ['product_id,total_orders,total_revenue'];
  for (const rank of order) {
    const id = spreadsheetField(productText(products, rank));
    const revenue = formatCents(productTotals.centsAt(rank));
    lines.push(`${id},${productTotals.counts[rank]},${revenue}`);
  }
  lines.push('');
  return new TextEncoder().encode(lines.join('\n'));
}
