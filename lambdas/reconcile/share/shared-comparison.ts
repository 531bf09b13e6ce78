import { deserialize, serialize } from 'node:v8';
import type { TableFile } from '../../shared/parquet/table-file.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { type SideTotals, zeroSide } from '../cells/period-rows.ts';
import { openSides, resultOf } from '../compare/compare-tables.ts';
import {
  addTables,
  type Comparison,
  Differences,
  matchPartition,
  openBook,
  writeReport,
} from '../compare/comparison.ts';
import { CLASS_NAMES } from '../model/difference.ts';
import type { RecordBatch } from '../model/record-batch.ts';
import type { ReconcileOptions, ReconcileResult } from '../model/result.ts';
import { planSizes } from '../model/sizes.ts';
import type { ClassTotals } from '../model/tally.ts';
import { openNamed, type Publication, type PublicationKeys } from '../read/publications.ts';
import { JoinedMemo, type RowTable, readRecords } from '../read/read-records.ts';
import {
  COUNTED_TABLES,
  dealRecords,
  OTHER_TABLES,
  type RecordSource,
} from '../read/record-source.ts';
import type { SortedExtent } from '../report/sorted-rows.ts';
import { readSpilled, Spill, type SpilledParts } from '../work/spill.ts';
import { removeWork, workPrefixOf } from '../work/work-folder.ts';

/**
 * A comparison in many processes. Workers first deal the records of their share of the files into
 * partitions of order ids; then each matches its share of the partitions, whichever worker dealt
 * them; at last one process compares the cells and writes the report. The result equals that of one
 * process, byte for byte: partitions are matched in the same order of records, and sums do not
 * depend on order.
 */
export interface SharedPlan extends PublicationKeys {
  readonly workers: number;
  readonly recordPartitions: number;
  readonly cellPartitions: number;
}

/** What all processes of one comparison are given: the same options, attempt and plan. */
export interface SharedWork {
  readonly lake: ObjectStore;
  readonly options: ReconcileOptions;
  readonly plan: SharedPlan;
  /** Unique to a call: a repeated share writes to other keys than before. */
  readonly callId: string;
}

const KINDS = ['batch', 'stream', 'others'] as const;
type Kind = (typeof KINDS)[number];
type Dealt = Readonly<Record<Kind, SpilledParts>>;

interface Matched {
  readonly classes: ClassTotals;
  readonly batch: SideTotals;
  readonly stream: SideTotals;
  readonly sorted: { readonly extents: readonly SortedExtent[]; readonly size: number };
  readonly cells: SpilledParts;
}

const PARALLEL_READS = 16;

/** Fixes what is compared, by the given number of workers, so that every step sees the same. */
export async function planShared(
  lake: ObjectStore,
  options: ReconcileOptions,
  keys: PublicationKeys,
  workers: number,
): Promise<SharedPlan> {
  const sides = await openSides(lake, options, await openNamed(lake, options.consumer, keys));
  const { records, cells } = sides;
  const { memoryLimitBytes } = options;
  const sizes = planSizes({ memoryLimitBytes, records, cells, growth: workers > 1 ? 2 : 1 });
  return {
    ...keys,
    workers,
    // Each worker has one at least; cells of one partition would never leave a process.
    recordPartitions: Math.max(workers, sizes.recordPartitions),
    cellPartitions: Math.max(2, sizes.cellPartitions),
  };
}

/** Deals the records of a worker's files. Repeated, its last result counts. */
export async function dealShare(run: SharedWork, worker: number): Promise<void> {
  const { lake } = run;
  const comparison = await openShared(run);
  const memo = new JoinedMemo();
  const { bufferRows, recordPartitions: partitionCount } = comparison.sizes;
  const dealt: Partial<Record<Kind, SpilledParts>> = {};
  for (const kind of KINDS) {
    const prefix = `${folderOf(run)}dealt-${worker}-${run.callId}/${kind}/`;
    const spill = new Spill<RecordBatch>(lake, { prefix, partitionCount, bufferRows });
    const files = shareOf(await filesOf(comparison, kind), worker, run.plan.workers);
    await dealRecords(spill, recordsIn(run, files, memo), partitionCount);
    dealt[kind] = await spill.finish();
  }
  await put(run, `dealt/${worker}`, dealt);
}

/** Matches the partitions of a worker. Needs the results of every worker's `dealShare`. */
export async function matchShare(run: SharedWork, worker: number): Promise<void> {
  const { lake, plan } = run;
  const comparison = await openShared(run);
  const dealt = await getAll<Dealt>(run, 'dealt');
  const source = sourceOf(lake, dealt, plan.recordPartitions);
  const own = `${worker}-${run.callId}`;
  const differences = new Differences(lake, comparison, `sorted-${own}/`);
  const book = openBook(comparison, `cells-${own}/`);
  const totals = { batch: zeroSide(), stream: zeroSide() };
  for (let partition = worker; partition < plan.recordPartitions; partition += plan.workers) {
    await matchPartition(comparison, source, partition, { book, ...totals }, differences);
  }
  const matched: Matched = {
    classes: differences.classes,
    ...totals,
    sorted: await differences.sorted.finish(),
    cells: await book.finish(),
  };
  await put(run, `matched/${worker}`, matched);
}

/**
 * Compares the cells, writes the report and removes what workers left. Needs the results of every
 * worker's `matchShare`.
 */
export async function joinShares(run: SharedWork): Promise<ReconcileResult> {
  const { lake, options } = run;
  const comparison = await openShared(run);
  const differences = new Differences(lake, comparison);
  const book = openBook(comparison);
  await addTables(comparison, book, differences);
  const totals = { batch: zeroSide(), stream: zeroSide() };
  for (const matched of await getAll<Matched>(run, 'matched')) {
    book.adopt(matched.cells);
    differences.sorted.adopt(matched.sorted);
    for (const name of CLASS_NAMES) {
      differences.classes[name].count += matched.classes[name].count;
      differences.classes[name].cents += matched.classes[name].cents;
    }
    addSide(totals.batch, matched.batch);
    addSide(totals.stream, matched.stream);
  }
  for await (const { class: name, cell } of book.differences()) {
    await differences.addCell(name, cell);
  }
  const report = await writeReport(comparison, differences.sorted);
  await removeWork(lake, options.attempt);
  return resultOf(comparison, { classes: differences.classes, ...totals, ...report });
}

async function openShared({ lake, options, plan }: SharedWork): Promise<Comparison> {
  const found = await openNamed(lake, options.consumer, plan);
  const { records, cells, ...sides } = await openSides(lake, options, found);
  const { memoryLimitBytes } = options;
  const sizes = {
    ...planSizes({ memoryLimitBytes, records, cells, growth: 1 }),
    recordPartitions: plan.recordPartitions,
    // Planned with a quarter of the memory each; there is no second attempt with smaller ones.
    recordBytesMax: Number.POSITIVE_INFINITY,
    cellPartitions: plan.cellPartitions,
  };
  return { lake, options, ...sides, sizes, onProgress: () => undefined };
}

interface NamedFile {
  readonly publication: Publication;
  readonly table: RowTable;
  readonly file: TableFile;
}

/** Sorted as one process reads them. */
async function filesOf({ publications }: Comparison, kind: Kind): Promise<NamedFile[]> {
  const { batch, stream } = publications;
  const sides = kind === 'others' ? [batch, stream] : [publications[kind]];
  const tables = kind === 'others' ? OTHER_TABLES : COUNTED_TABLES;
  const files: NamedFile[] = [];
  for (const publication of sides) {
    for (const table of tables) {
      for (const file of await publication.filesOf(table)) files.push({ publication, table, file });
    }
  }
  return files;
}

/** Consecutive files with about as many rows as those of each other worker. */
function shareOf(files: readonly NamedFile[], worker: number, workers: number): NamedFile[] {
  const total = files.reduce((sum, { file }) => sum + file.rows, 0);
  let before = 0;
  return files.filter(({ file }) => {
    const middle = before + file.rows / 2;
    before += file.rows;
    return Math.min(workers - 1, Math.floor((middle / total) * workers)) === worker;
  });
}

async function* recordsIn(
  { lake, options }: SharedWork,
  files: readonly NamedFile[],
  memo: JoinedMemo,
): AsyncGenerator<RecordBatch> {
  for (const { publication, table, file } of files) {
    const { door } = publication;
    for await (const batch of readRecords(lake, file, { door, table }, memo)) {
      options.signal?.throwIfAborted();
      yield batch;
    }
  }
}

function sourceOf(
  lake: ObjectStore,
  dealt: readonly Dealt[],
  partitionCount: number,
): RecordSource {
  const reader = (kind: Kind) =>
    async function* (partition: number): AsyncGenerator<RecordBatch> {
      for (const parts of dealt) yield* readSpilled<RecordBatch>(lake, parts[kind], partition);
    };
  return {
    partitionCount,
    batchCounted: reader('batch'),
    streamCounted: reader('stream'),
    others: reader('others'),
  };
}

function addSide(sum: SideTotals, more: SideTotals): void {
  sum.active += more.active;
  sum.cancelled += more.cancelled;
  sum.revenueCents += more.revenueCents;
  sum.oldestMs = Math.min(sum.oldestMs, more.oldestMs);
}

async function put(run: SharedWork, name: string, value: unknown): Promise<void> {
  await run.lake.put(`${folderOf(run)}${name}`, serialize(value));
}

/** Results of all workers, in their order. Throws `ObjectNotFoundError` if one is missing. */
async function getAll<Result>(run: SharedWork, folder: string): Promise<Result[]> {
  const workers = Array.from({ length: run.plan.workers }, (_, worker) => worker);
  return await inParallel(workers, PARALLEL_READS, async (worker) => {
    const bytes = await run.lake.get(`${folderOf(run)}${folder}/${worker}`);
    return deserialize(bytes) as Result;
  });
}

function folderOf({ options }: SharedWork): string {
  return workPrefixOf(options.attempt);
}
