import type { TableName } from '../../shared/model/tables.ts';
import type { TableFile } from '../../shared/parquet/table-file.ts';
import type { ProductTotal } from '../../shared/revenue/product-revenue.ts';

/** What the merge step says of a range of products. */
export interface RangeResult {
  readonly rangeIndex: number;
  readonly files: Readonly<Partial<Record<TableName, TableFile[]>>>;
  /** The ten products of the range with the largest revenue, in the order of `top_products`. */
  readonly top: readonly ProductTotal[];
}
