import type { NamedColumns, RowGroupData, Values } from '../../shared/bytes/column-data.ts';
import type { Dimension } from '../../shared/dimensions/joined-dimension.ts';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import type { InputForm } from '../../shared/ingest/mapping/input-form.ts';
import { KernelArena } from '../../shared/kernels/kernel-arena.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import type { Keep } from '../../shared/model/config-rules.ts';
import { assert } from '../../shared/model/errors.ts';
import { CUSTOMER, PRODUCT, STATUSES } from '../../shared/model/order.ts';
import type { TableName } from '../../shared/model/tables.ts';
import { EncodeArena } from '../../shared/parquet/arena.ts';
import { ColumnKernel } from '../../shared/parquet/column-kernel.ts';
import type { ParquetOptions } from '../../shared/parquet/writer.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import {
  createDedupeMemory,
  type DedupeMemory,
  type Duplicates,
  findDuplicates,
} from '../../shared/rows/dedupe.ts';
import { OrderRows } from '../../shared/rows/order-rows.ts';
import { createRowsKernel, type RowsKernel } from '../../shared/rows/rows-kernel.ts';
import { splitRows, type TableRows } from '../../shared/rows/split-rows.ts';
import { TableParts } from '../../shared/rows/table-parts.ts';
import { DUPLICATE, OUTCOME_OF_STATUS } from '../../shared/rules/outcome.ts';
import { batchTableFolder } from '../../shared/state/batch-keys.ts';
import type { BlockSink } from '../exchange/block-encoder.ts';
import type { SliceRef } from '../exchange/slice-ref.ts';
import type { BucketResult } from '../run/bucket-result.ts';
import { BucketAggregates } from './aggregates.ts';
import type { FindingRules } from './bucket-findings.ts';
import { BucketParts } from './bucket-parts.ts';
import { BucketQuarantine } from './bucket-quarantine.ts';
import { BucketRows } from './bucket-rows.ts';
import { planWaves, WaveLoader } from './bucket-waves.ts';
import { KeptIds } from './kept-ids.ts';
import { KeptRecords, type WaveRows } from './kept-records.ts';
import { RecordPositions } from './record-positions.ts';

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
  /** How the records of an input are written. */
  readonly formOf: (inputIndex: number) => InputForm;
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

/** A wave of a bucket, and where its tables go. */
interface Wave {
  readonly bucket: BucketRows;
  readonly tables: TableParts;
  /** Names its files. */
  readonly part: string;
}

/** Reduces buckets, one after the other; the memory of one serves the next. */
export class BucketReducer {
  readonly #context: ReduceContext;
  readonly #kernel: RowsKernel;
  /** What is kept beside the slices of a wave. */
  readonly #waveArena: KernelArena;
  readonly #encodeArena: EncodeArena;
  readonly #rows: OrderRows;
  readonly #positions: RecordPositions;
  readonly #sumArena: KernelArena;
  readonly #quarantine: BucketQuarantine;
  readonly #loader: WaveLoader;
  readonly #dedupe: DedupeMemory;

  constructor(context: ReduceContext) {
    const { memory, parquet } = context;
    this.#context = context;
    this.#kernel = createRowsKernel(memory);
    this.#waveArena = new KernelArena(memory);
    this.#encodeArena = new EncodeArena(new ColumnKernel(memory));
    this.#rows = new OrderRows(parquet.rowGroupRows, memory, this.#kernel);
    this.#positions = new RecordPositions(parquet.rowGroupRows, memory, this.#kernel);
    this.#sumArena = new KernelArena(memory);
    this.#quarantine = new BucketQuarantine(memory, this.#kernel);
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
    sums: BlockSink,
  ): Promise<BucketResult> {
    const { waveBytes, keep, findings, rangeCount } = this.#context;
    const waves = [...planWaves(slices, waveBytes).entries()];
    const parts = new BucketParts(bucketIndex, findings);
    let kept = new KeptIds(0);
    // The records that are kept come first, so that later waves know them.
    for (const [index, refs] of keep === 'last' ? waves.toReversed() : waves) {
      const wave = await this.#loadWave(bucketIndex, index, refs);
      const { bucket } = wave;
      const { duplicates, rows } = this.#findDuplicates(bucket, kept);
      const isDuplicate = duplicates.isDuplicate.subarray(rows.firstRow);
      await this.#writeDuplicates(wave, new KeptRecords(rows, duplicates), parts);
      // The memory of dedupe is free again.
      const days = this.#split(bucket, isDuplicate.byteOffset);
      const aggregates = await this.#writeDays(wave, days, parts);
      await aggregates.writeSums(rangeCount, sums);
      await this.#writeQuarantine(wave);
      parts.addFiles(index, wave.tables.files);
      const isLastOne = index === (keep === 'last' ? 0 : waves.length - 1);
      if (!isLastOne) kept = kept.with(bucket, isDuplicate);
    }
    return parts.result();
  }

  async #loadWave(bucketIndex: number, index: number, refs: readonly SliceRef[]): Promise<Wave> {
    const { lake, runId, parquet } = this.#context;
    this.#waveArena.reset();
    const bucket = new BucketRows(this.#waveArena);
    await this.#loader.load(refs, (slice) => bucket.add(slice));
    const folderOf = (table: TableName) => batchTableFolder(table, runId);
    const arena = this.#encodeArena;
    const tables = new TableParts({ lake, door: 'batch', folderOf, parquet, arena });
    return { bucket, tables, part: `${String(bucketIndex).padStart(4, '0')}-${index}` };
  }

  /** Kept ids come before the rows, or after them where the last record of an id counts. */
  #findDuplicates(bucket: BucketRows, kept: KeptIds): { duplicates: Duplicates; rows: WaveRows } {
    const { keep } = this.#context;
    const isBehind = keep === 'last';
    const slices = isBehind ? [...bucket.blocks, kept] : [kept, ...bucket.blocks];
    const firstRow = isBehind ? 0 : kept.rowCount;
    const firstKept = isBehind ? bucket.rowCount : 0;
    const rows: WaveRows = { bucket, keptIds: kept, firstRow, firstKept };
    return { duplicates: findDuplicates(slices, this.#dedupe, keep), rows };
  }

  /** The rows that count, by table and day. */
  #split(bucket: BucketRows, isDuplicateAt: number): TableRows[] {
    const kernel = this.#kernel;
    const arena = this.#waveArena;
    const statusesAt = arena.take(STATUSES.length);
    arena.memory.bytes(statusesAt, STATUSES.length).set(OUTCOME_OF_STATUS);
    const outcomesAt = arena.take(bucket.rowCount);
    for (const { baseRow, rowCount, columns } of bucket.blocks) {
      const [statuses, duplicates] = [columns.status.byteOffset, isDuplicateAt + baseRow];
      const into = outcomesAt + baseRow;
      kernel.outcomesOf(statuses, duplicates, rowCount, statusesAt, DUPLICATE, into);
    }
    const roomAt = this.#dedupe.entriesAt;
    const tables = splitRows(bucket, { kernel, arena, outcomesAt, roomAt });
    return tables.filter(({ table }) => table !== 'duplicates');
  }

  async #writeDays(
    { bucket, tables, part }: Wave,
    days: readonly TableRows[],
    parts: BucketParts,
  ): Promise<BucketAggregates> {
    const { customers, products, windowLengthMs } = this.#context;
    const { dictionaries } = bucket;
    const customerRow = customers.rowsOf(dictionaries[CUSTOMER]);
    const productRow = products.rowsOf(dictionaries[PRODUCT]);
    const aggregates = new BucketAggregates(
      windowLengthMs,
      dictionaries[PRODUCT],
      this.#kernel,
      this.#sumArena,
    );
    const furtherColumns = (picked: OrderRows, { table, day, rows }: TableRows): NamedColumns => {
      assert(day !== null, 'rows that count are split by day');
      parts.findings.addCounted(bucket, rows, day, picked.timeMs);
      if (table === 'cancelled') return {};
      aggregates.addDay(day, picked);
      parts.findings.addJoined(bucket, rows, {
        customer: { keys: picked.customer, rowOf: customerRow },
        product: { keys: picked.product, rowOf: productRow },
      });
      return picked.joinedColumns({ customers, customerRow, products, productRow });
    };
    for (const file of days) {
      const { table, day } = file;
      const groups = this.#rowGroups(bucket, file.rows, (picked, from) => {
        const rows = file.rows.subarray(from, from + picked.rowCount);
        return furtherColumns(picked, { ...file, rows });
      });
      await tables.write({ table, day, part }, groups);
    }
    parts.addSums(aggregates);
    return aggregates;
  }

  async #writeDuplicates({ bucket, tables, part }: Wave, kept: KeptRecords, parts: BucketParts) {
    const { rows } = kept;
    if (rows.length === 0) return;
    parts.findings.addDuplicates(bucket, kept);
    const { sources } = this.#context;
    const groups = this.#rowGroups(bucket, rows, (picked, from) =>
      kept.columns(from, picked.rowCount, sources),
    );
    await tables.write({ table: 'duplicates', day: null, part }, groups);
  }

  /** Row groups of `rows`, each valid until the next is asked for. */
  *#rowGroups(
    bucket: BucketRows,
    rows: Uint32Array,
    furtherColumns: (picked: OrderRows, from: number) => NamedColumns,
  ): Generator<RowGroupData> {
    const { parquet, sources } = this.#context;
    const picked = this.#rows;
    for (let from = 0; from < rows.length; from += parquet.rowGroupRows) {
      const group = rows.subarray(from, from + parquet.rowGroupRows);
      const rowsAt = picked.pick(bucket, group);
      const columns = {
        ...picked.columns(bucket),
        ...this.#positions.columns(bucket, group, rowsAt, sources),
        ...furtherColumns(picked, from),
      };
      yield { rowCount: group.length, columns };
    }
  }

  async #writeQuarantine({ bucket, tables, part }: Wave) {
    const groups = this.#quarantine.groups(bucket, this.#context);
    await tables.write({ table: 'quarantine', day: null, part }, groups);
  }
}
