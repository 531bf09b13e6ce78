import type { ColumnData, Values } from '../../shared/bytes/column-data.ts';
import type { Dimension } from '../../shared/dimensions/joined-dimension.ts';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import { KernelArena } from '../../shared/kernels/kernel-arena.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import type { Keep } from '../../shared/model/config-rules.ts';
import { type TableName, tableOf } from '../../shared/model/tables.ts';
import { formatDay } from '../../shared/model/time.ts';
import { EncodeArena } from '../../shared/parquet/arena.ts';
import { ColumnKernel } from '../../shared/parquet/column-kernel.ts';
import {
  partitionFolder,
  type TableFile,
  TableFileWriter,
} from '../../shared/parquet/table-file.ts';
import type { ParquetOptions } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import {
  createDedupeMemory,
  type DedupeMemory,
  type Duplicates,
  findDuplicates,
} from '../../shared/rows/dedupe.ts';
import { batchTableFolder } from '../../shared/state/batch-keys.ts';
import type { BlockSink } from '../exchange/block-encoder.ts';
import type { SliceRef } from '../exchange/slice-ref.ts';
import type { BucketResult } from '../run/bucket-result.ts';
import { BucketAggregates } from './aggregates.ts';
import type { FindingRules } from './bucket-findings.ts';
import { type BucketKernel, createBucketKernel } from './bucket-kernel.ts';
import { BucketParts } from './bucket-parts.ts';
import { BucketRows } from './bucket-rows.ts';
import { planWaves, WaveLoader } from './bucket-waves.ts';
import { Claims } from './claims.ts';
import { KeptRecords, type WaveRows } from './kept-records.ts';
import { QuarantineColumns } from './quarantine-columns.ts';
import { RowColumns } from './row-columns.ts';
import { type DayRows, splitByDay } from './row-order.ts';

/** What a reduce step needs beside its slices; the same for all buckets of a run. */
export interface ReduceContext {
  readonly lake: ObjectStore;
  /** Slices that are there are read in place. */
  readonly memory: KernelMemory;
  readonly runId: string;
  /** Keys of the inputs, by index. */
  readonly sources: Values;
  /** Layouts of the inputs, by index; null where one was rejected, or is a raw segment. */
  readonly layouts: readonly (CsvLayout | null)[];
  readonly customers: Dimension;
  readonly products: Dimension;
  readonly windowLengthMs: number;
  readonly rangeCount: number;
  readonly parquet: ParquetOptions & { readonly rowGroupRows: number };
  /** Of the plan. */
  readonly waveBytes: number;
  readonly keep: Keep;
  readonly findings: FindingRules;
}

/** Reduces buckets, one after the other; the memory of one serves the next. */
export class BucketReducer {
  readonly #context: ReduceContext;
  readonly #kernel: BucketKernel;
  /** What is kept beside the slices of a wave. */
  readonly #waveArena: KernelArena;
  readonly #encodeArena: EncodeArena;
  readonly #rows: RowColumns;
  readonly #sumArena: KernelArena;
  readonly #quarantine: QuarantineColumns;
  readonly #loader: WaveLoader;
  readonly #dedupe: DedupeMemory;

  constructor(context: ReduceContext) {
    const { memory } = context;
    this.#context = context;
    this.#kernel = createBucketKernel(memory);
    this.#waveArena = new KernelArena(memory);
    this.#encodeArena = new EncodeArena(new ColumnKernel(memory));
    this.#rows = new RowColumns(context.parquet.rowGroupRows, memory, this.#kernel);
    this.#sumArena = new KernelArena(memory);
    this.#quarantine = new QuarantineColumns(memory, this.#kernel);
    this.#loader = new WaveLoader(memory);
    this.#dedupe = createDedupeMemory(memory);
  }

  /**
   * Dedupes, splits, joins and writes the rows of one bucket (architecture §3.4). A bucket that is
   * larger than the memory for it is taken in waves of records, each with files of its own.
   */
  async reduce(
    bucketIndex: number,
    slices: readonly SliceRef[],
    runs: BlockSink,
  ): Promise<BucketResult> {
    const { waveBytes, keep, findings } = this.#context;
    const waves = [...planWaves(slices, waveBytes).entries()];
    const parts = new BucketParts(bucketIndex, findings);
    let claims = new Claims(0);
    // The records that are kept come first, so that later waves know them.
    for (const [wave, refs] of keep === 'last' ? waves.toReversed() : waves) {
      this.#waveArena.reset();
      const bucket = new BucketRows(this.#waveArena);
      for (const slice of await this.#loader.load(refs)) bucket.add(slice);
      const { duplicates, rows } = this.#findDuplicates(bucket, claims);
      const isDuplicate = duplicates.isDuplicate.subarray(rows.firstRow);
      await this.#writeDuplicates(rows, duplicates, wave, parts);
      // The memory of dedupe is free again.
      const days = splitByDay(bucket, {
        kernel: this.#kernel,
        arena: this.#waveArena,
        isDuplicateAt: isDuplicate.byteOffset,
        roomAt: this.#dedupe.entriesAt,
      });
      const aggregates = await this.#writeDays(bucket, days, wave, parts);
      await aggregates.writeRuns(this.#context.rangeCount, runs);
      await this.#writeQuarantine(bucket, wave, parts);
      const isLastOne = wave === (keep === 'last' ? 0 : waves.length - 1);
      if (!isLastOne) claims = claims.with(bucket, isDuplicate);
    }
    return parts.result();
  }

  /** Claims stand where the waves stand that they are of. */
  #findDuplicates(bucket: BucketRows, claims: Claims) {
    const { keep } = this.#context;
    const isBehind = keep === 'last';
    const slices = isBehind ? [...bucket.slices, claims] : [claims, ...bucket.slices];
    const firstRow = isBehind ? 0 : claims.rowCount;
    const firstClaim = isBehind ? bucket.rowCount : 0;
    const rows: WaveRows = { bucket, claims, firstRow, firstClaim };
    return { duplicates: findDuplicates(slices, this.#dedupe, keep), rows };
  }

  async #writeDays(bucket: BucketRows, days: DayRows[], wave: number, parts: BucketParts) {
    const { customers, products, windowLengthMs } = this.#context;
    const customerRow = customers.rowsOf(bucket.customers);
    const productRow = products.rowsOf(bucket.products);
    const aggregates = new BucketAggregates(
      windowLengthMs,
      bucket.products,
      this.#kernel,
      this.#sumArena,
    );
    for (const { table, day, rows } of days) {
      const partition = { order_date: formatDay(day) };
      const writer = this.#openFile(table, partition, wave, parts);
      await this.#writeRows(writer, bucket, rows, (group, picked) => {
        const own = picked.orderColumns(bucket);
        parts.findings.addCounted(bucket, group, day, picked.timeMs);
        if (table === 'cancelled') return own;
        aggregates.addDay(day, picked);
        parts.findings.addJoined(bucket, group, {
          customer: { keys: picked.customer, rowOf: customerRow },
          product: { keys: picked.product, rowOf: productRow },
        });
        return [...own, ...picked.joinedColumns(customers, customerRow, products, productRow)];
      });
      parts.addFile(table, wave, await writer.closeOnce());
      parts.counts[table === 'orders' ? 'active' : 'cancelled'] += rows.length;
    }
    parts.addSums(aggregates);
    return aggregates;
  }

  async #writeDuplicates(
    wave: WaveRows,
    duplicates: Duplicates,
    waveIndex: number,
    parts: BucketParts,
  ) {
    const { bucket } = wave;
    const kept = new KeptRecords(wave, duplicates);
    const { rows } = kept;
    if (rows.length === 0) return;
    parts.findings.addDuplicates(bucket, kept);
    const writer = this.#openFile('duplicates', null, waveIndex, parts);
    const { sources } = this.#context;
    await this.#writeRows(
      writer,
      bucket,
      rows,
      (_group, picked) => picked.orderColumns(bucket),
      (from, count) => kept.columns(from, count, sources),
    );
    parts.addFile('duplicates', waveIndex, await writer.closeOnce());
    parts.counts.duplicate += rows.length;
  }

  /**
   * Writes rows in row groups: what `columnsOf` says, the position, and what `lastColumns` says.
   */
  async #writeRows(
    writer: TableFileWriter,
    bucket: BucketRows,
    rows: Uint32Array,
    columnsOf: (group: Uint32Array, picked: RowColumns) => ColumnData[],
    lastColumns: (from: number, count: number) => ColumnData[] = () => [],
  ) {
    const { rowGroupRows } = this.#context.parquet;
    for (let from = 0; from < rows.length; from += rowGroupRows) {
      const group = rows.subarray(from, from + rowGroupRows);
      this.#rows.pick(bucket, group);
      const position = this.#rows.positionColumns(this.#context.sources);
      const columns = [
        ...columnsOf(group, this.#rows),
        ...position,
        ...lastColumns(from, group.length),
      ];
      await writer.write({ rowCount: group.length, columns });
    }
  }

  async #writeQuarantine(bucket: BucketRows, wave: number, parts: BucketParts) {
    const { sources, layouts } = this.#context;
    let writer: TableFileWriter | null = null;
    for (const slice of bucket.slices) {
      const count = slice.header.quarantinedCount;
      if (count === 0) continue;
      const { sourceIndex, views } = slice;
      const { columns } = views;
      const layout = layouts[sourceIndex];
      for (let next = 0; next < count; ) {
        next = this.#quarantine.add(columns, next, layout, sourceIndex);
        if (!this.#quarantine.isFull) continue;
        writer ??= this.#openFile('quarantine', null, wave, parts);
        await writer.write(this.#quarantine.take(sources));
      }
      parts.counts.quarantined += count;
    }
    if (this.#quarantine.rowCount > 0) {
      writer ??= this.#openFile('quarantine', null, wave, parts);
      await writer.write(this.#quarantine.take(sources));
    }
    if (writer !== null) parts.addFile('quarantine', wave, await writer.closeOnce());
  }

  #openFile(name: TableName, partition: TableFile['partition'], wave: number, parts: BucketParts) {
    const { lake, runId, parquet } = this.#context;
    const file = `part-${String(parts.bucketIndex).padStart(4, '0')}-${wave}.parquet`;
    const key = `${batchTableFolder(name, runId)}${partitionFolder(partition)}${file}`;
    return new TableFileWriter(
      lake,
      tableOf('batch', name),
      parquet,
      { key, partition },
      this.#encodeArena,
    );
  }
}
