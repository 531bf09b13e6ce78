import type { Dimension } from '../../../shared/dimensions/joined-dimension.ts';
import type { DimensionCounts } from '../../../shared/model/dimension.ts';
import type { ParquetOptions } from '../../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import type { StreamLakeKeys } from '../../../shared/state/lake-keys.ts';

/** What an epoch is written with. */
export interface EpochContext {
  readonly lake: ObjectStore;
  readonly keys: StreamLakeKeys;
  readonly parquet: ParquetOptions & { readonly rowGroupRows: number };
  /** Read from the plan's copies. */
  readonly products: Dimension;
  /** What reading the plan's dimensions counted. */
  readonly dimensionCounts: {
    readonly customers: Readonly<DimensionCounts>;
    readonly products: Readonly<DimensionCounts>;
  };
}
