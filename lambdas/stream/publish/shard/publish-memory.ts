import type { Dimension } from '../../../shared/dimensions/joined-dimension.ts';
import { EventParser } from '../../../shared/ingest/parse-events.ts';
import type { RecordRules } from '../../../shared/ingest/record-rules.ts';
import { KernelMemory } from '../../../shared/kernels/kernel-memory.ts';
import type { ParquetOptions } from '../../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import { OrderRows } from '../../../shared/rows/order-rows.ts';
import { QUARANTINE_GROUP_ROWS, QuarantineRows } from '../../../shared/rows/quarantine-rows.ts';
import { createRowsKernel, type RowsKernel } from '../../../shared/rows/rows-kernel.ts';
import type { StreamLakeKeys } from '../../../shared/state/lake-keys.ts';
import { EventPositions } from './event-positions.ts';
import { RecordChunk } from './record-chunk.ts';

/** What a shard is published with; the same for all shards of an epoch. */
export interface PublishContext {
  readonly lake: ObjectStore;
  readonly keys: StreamLakeKeys;
  /** Read from the plan's copies. */
  readonly customers: Dimension;
  readonly products: Dimension;
  readonly parquet: ParquetOptions & { readonly rowGroupRows: number };
  readonly rules: RecordRules;
  /** Of `createPublishMemory`, to be used again; without it each call takes its own. */
  readonly memory?: PublishMemory;
}

/** Serves one `publishShard` at a time. */
export interface PublishMemory {
  readonly kernel: RowsKernel;
  readonly parser: EventParser;
  readonly chunk: RecordChunk;
  readonly rows: OrderRows;
  readonly quarantine: QuarantineRows;
  readonly positions: EventPositions;
}

/**
 * Memory of `publishShard`, to be kept from one shard to the next. It serves one call at a time.
 */
export function createPublishMemory(rules: RecordRules, rowGroupRows: number): PublishMemory {
  const memory = KernelMemory.create();
  const kernel = createRowsKernel(memory);
  return {
    kernel,
    parser: new EventParser(rules),
    chunk: new RecordChunk(rowGroupRows, memory),
    rows: new OrderRows(rowGroupRows, memory, kernel),
    quarantine: new QuarantineRows(memory, kernel),
    positions: new EventPositions(Math.max(rowGroupRows, QUARANTINE_GROUP_ROWS)),
  };
}
