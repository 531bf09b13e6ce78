import { type TableName, tableOf } from '../../shared/model/tables.ts';
import type { KeyedColumn, RowGroupData } from '../../shared/parquet/column-data.ts';
import type { ParquetOptions } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { CARRY_CENTS, CentSums } from '../../shared/transform/cent-sums.ts';
import { tablePrefix } from '../batch-plan.ts';
import { plain } from '../reduce-bucket/row-columns.ts';
import { assertFits } from '../revenue-limit.ts';
import { type TableFile, TableFileWriter } from '../table-file.ts';
import { type RankedProducts, RunMerger, type WindowCell } from './run-merger.ts';

export interface MergeContext {
  readonly lake: ObjectStore;
  readonly runId: string;
  readonly windowLengthMs: number;
  readonly parquet: ParquetOptions & { readonly rowGroupRows: number };
}

/** Revenue of one product; cents as a bigint. */
export interface ProductTotal {
  readonly productId: string;
  readonly orders: number;
  readonly cents: bigint;
}

export interface RangeResult {
  readonly rangeIndex: number;
  readonly files: Readonly<Partial<Record<TableName, TableFile[]>>>;
  /** The ten products of the range with the largest revenue, in the order of `top_products`. */
  readonly top: readonly ProductTotal[];
}

export const TOP_PRODUCTS = 10;

/**
 * Merges the window sums of one range of products (architecture §3.5): writes its parts of
 * `window_revenue` and `product_revenue`. Throws `TerminalError` `revenue_overflow`, which names
 * the cell.
 */
export async function mergeAggregates(
  rangeIndex: number,
  runs: readonly Uint8Array[],
  context: MergeContext,
): Promise<RangeResult> {
  const merger = new RunMerger(runs);
  const cell = { windowNumber: 0, productRank: 0, count: 0, low: 0, carries: 0 };
  if (!merger.next(cell)) return { rangeIndex, files: {}, top: [] };
  const totals = new CentSums(merger.products.codeOfRank.length);
  const windows = openFile('window_revenue', rangeIndex, context);
  const group = new WindowGroup(context, merger.products);
  do {
    totals.addParts(cell.productRank, cell.count, cell.low, cell.carries);
    group.add(cell);
    if (group.isFull) await windows.write(group.take());
  } while (merger.next(cell));
  if (!group.isEmpty) await windows.write(group.take());
  const windowFile = await windows.close();
  const order = byRevenue(totals);
  const productFile = await writeProducts(rangeIndex, merger.products, totals, order, context);
  return {
    rangeIndex,
    files: { window_revenue: [windowFile], product_revenue: [productFile] },
    top: [...order.subarray(0, TOP_PRODUCTS)].map((rank) => ({
      productId: productText(merger.products, rank),
      orders: totals.counts[rank],
      cents: totals.centsAt(rank),
    })),
  };
}

function openFile(name: TableName, rangeIndex: number, { lake, runId, parquet }: MergeContext) {
  const part = `part-${String(rangeIndex).padStart(4, '0')}.parquet`;
  const key = tablePrefix(name, runId) + part;
  return new TableFileWriter(lake, tableOf('batch', name), parquet, { key, partition: null });
}

/** A byte order mark at the start of an id belongs to it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function productText({ dictionary, codeOfRank }: RankedProducts, rank: number): string {
  const { heap, offsets } = dictionary;
  const code = codeOfRank[rank];
  return decoder.decode(heap.slice(offsets[code], offsets[code + 1]));
}

/** Products with active orders: revenue descending, then the bytes of the id. */
function byRevenue(totals: CentSums): Uint32Array {
  const ranks = Uint32Array.from({ length: totals.size }, (_, rank) => rank);
  const sold = ranks.filter((rank) => totals.counts[rank] > 0);
  return sold.sort(
    (a, b) =>
      totals.carriesAt(b) - totals.carriesAt(a) || totals.lowAt(b) - totals.lowAt(a) || a - b,
  );
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
    const keys = new Uint32Array(ranks.length);
    const orders = new Float64Array(ranks.length);
    const cents = new BigInt64Array(ranks.length);
    ranks.forEach((rank, row) => {
      keys[row] = products.codeOfRank[rank];
      orders[row] = totals.counts[rank];
      const sum = totals.centsAt(rank); // May not fit 64 bits.
      assertFits(sum, () => `product_revenue of ${productText(products, rank)}`);
      cents[row] = sum;
    });
    await writer.write({
      rowCount: ranks.length,
      columns: [productColumn(keys, products), plain(orders), plain(cents)],
    });
  }
  return await writer.close();
}

/** `keys` are codes. */
function productColumn(keys: Uint32Array, { dictionary }: RankedProducts): KeyedColumn {
  const { size, values } = dictionary;
  return { kind: 'keyed', keys, keyCount: size, valueOf: null, values };
}

/** Cells of `window_revenue` on their way into a row group. */
class WindowGroup {
  readonly #products: RankedProducts;
  readonly #windowLengthMs: number;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #product: Uint32Array;
  readonly #orders: Float64Array;
  readonly #cents: Float64Array;
  /** The same, where some sum is too large for a double. */
  #largeCents: BigInt64Array | null = null;
  #size = 0;

  constructor({ windowLengthMs, parquet }: MergeContext, products: RankedProducts) {
    this.#products = products;
    this.#windowLengthMs = windowLengthMs;
    this.#starts = new Float64Array(parquet.rowGroupRows);
    this.#ends = new Float64Array(parquet.rowGroupRows);
    this.#product = new Uint32Array(parquet.rowGroupRows);
    this.#orders = new Float64Array(parquet.rowGroupRows);
    this.#cents = new Float64Array(parquet.rowGroupRows);
  }

  get isFull(): boolean {
    return this.#size === this.#starts.length;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add({ windowNumber, productRank, count, low, carries }: WindowCell): void {
    const row = this.#size++;
    const startMs = windowNumber * this.#windowLengthMs;
    this.#starts[row] = startMs;
    this.#ends[row] = startMs + this.#windowLengthMs;
    this.#product[row] = this.#products.codeOfRank[productRank];
    this.#orders[row] = count;
    this.#cents[row] = low;
    if (this.#largeCents !== null) this.#largeCents[row] = BigInt(low);
    if (carries === 0) return;
    const cents = BigInt(carries) * BigInt(CARRY_CENTS) + BigInt(low);
    assertFits(cents, () => {
      const product = productText(this.#products, productRank);
      return `window_revenue of ${product} in ${new Date(startMs).toISOString()}`;
    });
    this.#largeCents ??= BigInt64Array.from(this.#cents, (known) => BigInt(known));
    this.#largeCents[row] = cents;
  }

  /** Hands over the cells so far. Valid until the next `add`. */
  take(): RowGroupData {
    const rowCount = this.#size;
    const cents = this.#largeCents ?? this.#cents;
    this.#size = 0;
    this.#largeCents = null;
    return {
      rowCount,
      columns: [
        plain(this.#starts),
        plain(this.#ends),
        productColumn(this.#product, this.#products),
        plain(this.#orders),
        plain(cents),
      ],
    };
  }
}
