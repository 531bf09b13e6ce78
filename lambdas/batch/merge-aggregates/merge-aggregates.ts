import { type TableName, tableOf } from '../../shared/model/tables.ts';
import { type TableFile, TableFileWriter } from '../../shared/parquet/table-file.ts';
import type { ParquetOptions } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { CentSums } from '../../shared/revenue/cent-sums.ts';
import {
  byRevenue,
  productGroup,
  type RankedProducts,
  topOf,
} from '../../shared/revenue/product-revenue.ts';
import { WindowGroup } from '../../shared/revenue/window-group.ts';
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
  const cell = { windowNumber: 0, productRank: 0, count: 0, low: 0, carries: 0 };
  if (!merger.next(cell)) return { rangeIndex, files: {}, top: [] };
  const totals = new CentSums(merger.products.codeOfRank.length);
  const windows = openFile('window_revenue', rangeIndex, context);
  const { windowLengthMs, parquet } = context;
  const group = new WindowGroup(windowLengthMs, parquet.rowGroupRows, merger.products);
  do {
    totals.addParts(cell.productRank, cell.count, cell.low, cell.carries);
    group.add(cell);
    if (group.isFull) await windows.write(group.take());
  } while (merger.next(cell));
  if (!group.isEmpty) await windows.write(group.take());
  const windowFile = await windows.closeOnce();
  const order = byRevenue(totals);
  const productFile = await writeProducts(rangeIndex, merger.products, totals, order, context);
  return {
    rangeIndex,
    files: { window_revenue: [windowFile], product_revenue: [productFile] },
    top: topOf(merger.products, totals, order),
  };
}

function openFile(name: TableName, rangeIndex: number, { lake, runId, parquet }: MergeContext) {
  const part = `part-${String(rangeIndex).padStart(4, '0')}.parquet`;
  const key = batchTableFolder(name, runId) + part;
  return new TableFileWriter(lake, tableOf('batch', name), parquet, { key, partition: null });
}

async function writeProducts(
  rangeIndex: number,
  products: RankedProducts,
  totals: CentSums,
  order: Uint32Array,
  context: MergeContext,
): Promise<TableFile> {
  const writer = openFile('product_revenue', rangeIndex, context);
  const { rowGroupRows } = context.parquet;
  for (let from = 0; from < order.length; from += rowGroupRows) {
    const ranks = order.subarray(from, from + rowGroupRows);
    await writer.write(productGroup(products, totals, ranks));
  }
  return await writer.closeOnce();
}
