import { withCleanUp } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { CellBook } from '../cells/cell-book.ts';
import { addEffects, addManifests, addOpenWindows } from '../cells/effects.ts';
import { addOldest, addPeriodRows, type SideTotals, zeroSide } from '../cells/period-rows.ts';
import { addRevenueTables } from '../cells/table-cells.ts';
import { type IdDifference, RecordMatcher } from '../match/match-records.ts';
import {
  CLASS_NAMES,
  type ClassName,
  type DifferenceRow,
  type DifferentCell,
} from '../model/difference.ts';
import { isAllTime, type Period } from '../model/period.ts';
import type { RecordBatch } from '../model/record-batch.ts';
import type { OnReconcileProgress, ReconcileOptions } from '../model/result.ts';
import type { CompareSizes } from '../model/sizes.ts';
import { type ClassTotals, type Difference, FirstDifferences, zeroTotals } from '../model/tally.ts';
import type { Publications } from '../read/publications.ts';
import { openRecords, type RecordSource } from '../read/record-source.ts';
import { ReportTarget, ReportWriter } from '../report/report.ts';
import { SortedRows } from '../report/sorted-rows.ts';
import { workPrefixOf } from '../work/work-folder.ts';

/** One attempt to compare two publications. */
export interface Comparison {
  readonly lake: ObjectStore;
  readonly options: ReconcileOptions;
  readonly publications: Publications;
  readonly sizes: CompareSizes;
  readonly windowLengthMs: number;
  readonly period: Period;
  /** Counted records of both sides. */
  readonly totalRecords: number;
  readonly onProgress: OnReconcileProgress;
}

export interface ComparisonResult {
  readonly classes: ClassTotals;
  readonly reportRows: number;
  /** Why there is no report; null: it is there. */
  readonly reportProblem: string | null;
  readonly shown: readonly Difference[];
  readonly batch: Readonly<SideTotals>;
  readonly stream: Readonly<SideTotals>;
}

/** Rows of the report between two looks at the signal. */
const CHECK_ROWS = 4096;

/**
 * Finds and explains the differences and writes the report. Throws `PartitionTooLarge` if its
 * sizes do not fit the records; what it spilled then stays for the caller to remove.
 */
export async function compare(comparison: Comparison): Promise<ComparisonResult> {
  const { lake } = comparison;
  const differences = new Differences(lake, comparison);
  const book = openBook(comparison);
  await addTables(comparison, book, differences);
  const source = await openSource(comparison);
  const totals = { batch: zeroSide(), stream: zeroSide() };
  for (let partition = 0; partition < source.partitionCount; partition++) {
    await matchPartition(comparison, source, partition, { book, ...totals }, differences);
  }
  for await (const { class: name, cell } of book.differences()) {
    await differences.addCell(name, cell);
  }
  const report = await writeReport(comparison, differences.sorted);
  return { classes: differences.classes, ...totals, ...report };
}

/**
 * A book of cells that spills below `folder`, which must be unique to the process within an
 * attempt.
 */
export function openBook(comparison: Comparison, folder = 'cells/'): CellBook {
  const { lake, options, publications, sizes, windowLengthMs, period } = comparison;
  return new CellBook(lake, {
    period,
    prefix: `${workPrefixOf(options.attempt)}${folder}`,
    partitionCount: sizes.cellPartitions,
    bufferRows: sizes.bufferRows,
    windowLengthMs,
    watermarkMs: publications.stream.watermarkMs ?? Number.NEGATIVE_INFINITY,
  });
}

async function openSource(comparison: Comparison): Promise<RecordSource> {
  const { lake, options, publications, sizes, totalRecords: total } = comparison;
  const { batch, stream } = publications;
  let done = 0;
  const onRows = (rowCount: number) => {
    options.signal?.throwIfAborted();
    // Others than the counted records come on top; how many are needed shows only then.
    done = Math.min(total, done + rowCount);
    comparison.onProgress({ stage: 'compare', done, total, unit: 'records' });
  };
  const workPrefix = workPrefixOf(options.attempt);
  return await openRecords({ lake, batch, stream, workPrefix, onRows }, sizes);
}

export interface Books {
  readonly book: CellBook;
  readonly batch: SideTotals;
  readonly stream: SideTotals;
}

/** Enters what the tables and the manifests of both sides say into the book. */
export async function addTables(
  { lake, options, publications, period }: Comparison,
  book: CellBook,
  differences: Differences,
): Promise<void> {
  for (const side of [publications.batch, publications.stream]) {
    const ranks = await addRevenueTables(lake, side, book, () => options.signal?.throwIfAborted());
    for (const rank of ranks) await differences.addCell('unexplained', rank);
  }
  if (isAllTime(period)) addManifests(publications, book);
}

/** Finds the differing ids of a partition, and enters what they and all its records explain. */
export async function matchPartition(
  { sizes, period }: Comparison,
  source: RecordSource,
  partition: number,
  { book, ...totals }: Books,
  differences: Differences,
): Promise<void> {
  const matcher = new RecordMatcher(sizes.recordBytesMax, period);
  const addCounted = async (batch: RecordBatch, side: SideTotals) => {
    addOldest(batch, side);
    if (!isAllTime(period)) await addPeriodRows(batch, period, side, book);
    await book.spillIfFull();
  };
  for await (const batch of source.batchCounted(partition)) {
    matcher.addBatchCounted(batch);
    addOpenWindows(batch, book);
    await addCounted(batch, totals.batch);
  }
  for await (const batch of source.streamCounted(partition)) {
    matcher.addStreamCounted(batch);
    await addCounted(batch, totals.stream);
  }
  if (matcher.hasDifferences) {
    for await (const batch of source.others(partition)) matcher.addOthers(batch);
  }
  for (const difference of matcher.differences()) {
    await differences.addId(difference);
    addEffects(difference, book);
    await book.spillIfFull();
  }
}

/** Counts differences by class and sorts their rows. */
export class Differences {
  readonly classes = zeroTotals();
  readonly sorted: SortedRows;

  constructor(lake: ObjectStore, { options, sizes }: Comparison, folder = 'sorted/') {
    const prefix = `${workPrefixOf(options.attempt)}${folder}`;
    this.sorted = new SortedRows(lake, prefix, sizes.sort);
  }

  /** Counts the difference of an order id, with its effect in cents, and adds a row per record. */
  async addId({ orderId, class: name, differs, records }: IdDifference): Promise<void> {
    const total = this.classes[name];
    total.count += 1;
    for (const { effectCents } of records) total.cents += BigInt(effectCents);
    const classIndex = CLASS_NAMES.indexOf(name);
    const rows = records.map((record): DifferenceRow => {
      return { classIndex, orderId, differs, record, cell: null };
    });
    await this.sorted.add(rows);
  }

  /** Counts the difference of a cell and adds its row. */
  async addCell(name: ClassName, cell: DifferentCell): Promise<void> {
    this.classes[name].count += 1;
    const classIndex = CLASS_NAMES.indexOf(name);
    await this.sorted.add([{ classIndex, orderId: null, record: null, cell }]);
  }
}

/**
 * Writes the sorted rows to the report and keeps the first few of each class. A report that cannot
 * be written is an error, or `reportProblem` with `mayLackReport`.
 */
export async function writeReport(
  { lake, options, publications, onProgress }: Comparison,
  sorted: SortedRows,
): Promise<Pick<ComparisonResult, 'reportRows' | 'reportProblem' | 'shown'>> {
  const { mayLackReport = false } = options;
  const writer = new ReportWriter(lake, publications.reportKey, options.parquet);
  const report = new ReportTarget(writer, mayLackReport);
  const first = new FirstDifferences(options.shownPerClass);
  const total = sorted.size;
  let reportRows = 0;
  await withCleanUp(
    async () => {
      for await (const row of sorted.inOrder()) {
        await report.add(row);
        first.add(row);
        reportRows += 1;
        if (reportRows % CHECK_ROWS !== 0) continue;
        options.signal?.throwIfAborted();
        onProgress({ stage: 'report', done: reportRows, total, unit: 'rows' });
      }
      options.signal?.throwIfAborted();
      await report.close();
    },
    () => report.abort(),
  );
  return { reportRows, reportProblem: report.problem, shown: first.differences };
}
