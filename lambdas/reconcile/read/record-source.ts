import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { RecordBatch } from '../model/record-batch.ts';
import type { CompareSizes } from '../model/sizes.ts';
import { partitionOf } from '../model/text-order.ts';
import { Spill } from '../work/spill.ts';
import type { Publication } from './publications.ts';
import { JoinedMemo, type RowTable, readRecords } from './read-records.ts';

export const COUNTED_TABLES: readonly RowTable[] = ['orders', 'cancelled'];
export const OTHER_TABLES: readonly RowTable[] = ['duplicates', 'late', 'quarantine'];

/** The records of both sides, partition by partition of the order ids. */
export interface RecordSource {
  readonly partitionCount: number;
  batchCounted(partition: number): AsyncIterable<RecordBatch>;
  streamCounted(partition: number): AsyncIterable<RecordBatch>;
  /** Duplicate, late and quarantined records of both sides. */
  others(partition: number): AsyncIterable<RecordBatch>;
}

export interface SourceContext {
  readonly lake: ObjectStore;
  readonly batch: Publication;
  readonly stream: Publication;
  /** Folder for what is spilled, with its slash. */
  readonly workPrefix: string;
  /** Called after each row group; throws to stop. */
  readonly onRows: (rowCount: number) => void;
}

/**
 * Opens the records to compare: directly from the tables if one partition holds all, otherwise
 * dealt into partitions and spilled first.
 */
export async function openRecords(
  context: SourceContext,
  sizes: CompareSizes,
): Promise<RecordSource> {
  const { batch, stream } = context;
  const memo = new JoinedMemo();
  const read = {
    batchCounted: () => recordsOf(context, batch, COUNTED_TABLES, memo),
    streamCounted: () => recordsOf(context, stream, COUNTED_TABLES, memo),
    async *others() {
      yield* recordsOf(context, batch, OTHER_TABLES, memo);
      yield* recordsOf(context, stream, OTHER_TABLES, memo);
    },
  };
  const { recordPartitions: partitionCount, bufferRows } = sizes;
  if (partitionCount === 1) return { partitionCount, ...read };
  const dealt = async (name: string, batches: AsyncIterable<RecordBatch>) => {
    const prefix = `${context.workPrefix}${name}/`;
    const spill = new Spill<RecordBatch>(context.lake, { prefix, partitionCount, bufferRows });
    await dealRecords(spill, batches, partitionCount);
    await spill.flush();
    return spill;
  };
  const batchCounted = await dealt('batch', read.batchCounted());
  const streamCounted = await dealt('stream', read.streamCounted());
  const others = await dealt('others', read.others());
  return {
    partitionCount,
    batchCounted: (partition) => batchCounted.read(partition),
    streamCounted: (partition) => streamCounted.read(partition),
    others: (partition) => others.read(partition),
  };
}

async function* recordsOf(
  { lake, onRows }: SourceContext,
  publication: Publication,
  tables: readonly RowTable[],
  memo: JoinedMemo,
): AsyncGenerator<RecordBatch> {
  const { door } = publication;
  for (const table of tables) {
    for (const file of await publication.filesOf(table)) {
      for await (const batch of readRecords(lake, file, { door, table }, memo)) {
        onRows(batch.side.length);
        yield batch;
      }
    }
  }
}

/** Deals records into partitions by order id, so that all records of an id meet in one. */
export async function dealRecords(
  spill: Spill<RecordBatch>,
  batches: AsyncIterable<RecordBatch>,
  partitionCount: number,
): Promise<void> {
  for await (const records of batches) {
    const partitions = Uint32Array.from(records.orderId, (orderId) =>
      partitionOf(orderId ?? '', partitionCount),
    );
    await spill.deal(records, partitions);
  }
}
