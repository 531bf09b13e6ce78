import type { RowGroupData } from '../../shared/bytes/column-data.ts';
import type { TableName } from '../../shared/model/tables.ts';
import type { ParquetOptions } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { CentSums } from '../../shared/revenue/cent-sums.ts';
import { byRevenue, productGroups, topOf } from '../../shared/revenue/product-revenue.ts';
import { WindowGroup } from '../../shared/revenue/window-group.ts';
import { TableParts } from '../../shared/rows/table-parts.ts';
import { batchTableFolder } from '../../shared/state/batch-keys.ts';
import type { RangeResult } from '../run/range-result.ts';
import { SumMerger } from './sum-merger.ts';

export interface MergeContext {
  readonly lake: ObjectStore;
  readonly runId: string;
  readonly windowLengthMs: number;
  readonly parquet: ParquetOptions & { readonly rowGroupRows: number };
}

/**
 * Merges the window sums of one range of products (architecture §3.5) and writes its parts of
 * `window_revenue` and `product_revenue`. Throws `TerminalError` `revenue_overflow`, which names
 * the cell.
 */
export async function mergeAggregates(
  rangeIndex: number,
  lists: readonly Uint8Array[],
  context: MergeContext,
): Promise<RangeResult> {
  const merger = new SumMerger(lists);
  const { lake, runId, parquet } = context;
  const { products } = merger;
  const totals = new CentSums(products.codeOfRank.length);
  const folderOf = (table: TableName) => batchTableFolder(table, runId);
  const parts = new TableParts({ lake, door: 'batch', folderOf, parquet });
  const write = (table: TableName, groups: Iterable<RowGroupData>) =>
    parts.write({ table, day: null, part: String(rangeIndex).padStart(4, '0') }, groups);
  await write('window_revenue', windowGroups(merger, totals, context));
  const order = byRevenue(totals);
  await write('product_revenue', productGroups(products, totals, order, parquet.rowGroupRows));
  return { rangeIndex, files: parts.files, top: topOf(products, totals, order) };
}

/** Row groups of all cells in order; adds each of them to the totals of its product. */
function* windowGroups(
  merger: SumMerger,
  totals: CentSums,
  { windowLengthMs, parquet }: MergeContext,
): Generator<RowGroupData> {
  const group = new WindowGroup(windowLengthMs, parquet.rowGroupRows, merger.products);
  const cell = { windowNumber: 0, productRank: 0, count: 0, low: 0, carries: 0 };
  while (merger.next(cell)) {
    totals.addParts(cell.productRank, cell.count, cell.low, cell.carries);
    group.add(cell);
    if (group.isFull) yield group.take();
  }
  if (!group.isEmpty) yield group.take();
}
