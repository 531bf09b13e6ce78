import { UsageError, withCleanUp } from '../../shared/model/errors.ts';
import type { TableName } from '../../shared/model/tables.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { windowStart } from '../../shared/rules/windows.ts';
import type { SideTotals } from '../cells/period-rows.ts';
import { windowLengthOf } from '../cells/table-cells.ts';
import { PartitionTooLarge } from '../match/match-records.ts';
import { CLASS_NAMES } from '../model/difference.ts';
import { cutPeriod, isAllTime, type Period } from '../model/period.ts';
import type {
  OnReconcileProgress,
  ReconcileOptions,
  ReconcileResult,
  StreamBegan,
} from '../model/result.ts';
import { planSizes } from '../model/sizes.ts';
import { openPublications, type Publications, type SideTables } from '../read/publications.ts';
import { COUNTED_TABLES } from '../read/record-source.ts';
import { WorkPlace } from '../work/work-place.ts';
import { type Comparison, type ComparisonResult, compare } from './comparison.ts';

/** Each attempt takes as many times more partitions. */
const GROWTH = 4;

/**
 * Compares the current batch run with the current epoch of a consumer (contract §5) and writes all
 * differences to `reports/reconcile/`. Neither publication is changed; a second comparison of the
 * same pair gives the same report, byte for byte, whatever its memory. Throws `TerminalError`
 * `nothing_published`, and the signal's reason; then no report is written.
 *
 * Where the contract is silent: the totals of the two manifests count as one more cell; a row whose
 * derived columns contradict its seven values makes its order id unexplained; in an open window the
 * cell of batch must be the sum of batch's own orders; the names in `top_products` are not
 * compared, because the stream joins them again at every epoch. `explain-id.ts` says how order ids
 * are explained.
 *
 * With a period, an id is compared if a counted record of it lies in the period on either side; all
 * of its records may explain it, and those in the period make up its revenue. Throws `UsageError`
 * if the period holds no window.
 */
export async function reconcile(
  lake: ObjectStore,
  options: ReconcileOptions,
  onProgress: OnReconcileProgress = () => undefined,
): Promise<ReconcileResult> {
  const found = await openPublications(lake, options.consumer);
  const { records, cells, ...sides } = await openSides(lake, options, found);
  const place = new WorkPlace(lake, options);
  const common = { options, ...sides, onProgress };
  for (let growth = 1; ; ) {
    const { memoryLimitBytes } = options;
    const sizes = planSizes({ memoryLimitBytes, records, cells, growth });
    try {
      const compared = await withCleanUp(
        () => compare({ ...common, lake: place.store(), sizes }),
        () => place.clear(),
      );
      return resultOf(common, compared);
    } catch (error) {
      if (error instanceof PartitionTooLarge) growth *= GROWTH;
      else if (!place.moveOn(error)) throw place.causeOf(error);
    }
  }
}

/**
 * Determines what is compared, and how much of it there is. Throws `UsageError` if the period holds
 * no window.
 */
export async function openSides(
  lake: ObjectStore,
  options: Pick<ReconcileOptions, 'windowLengthMs' | 'period'>,
  found: Publications,
) {
  const { batch, stream } = found;
  const records = await rowsOf(batch, COUNTED_TABLES);
  const totalRecords = records + (await rowsOf(stream, COUNTED_TABLES));
  // Most cells exist on both sides.
  const cells = Math.max(await rowsOf(batch, CELL_TABLES), await rowsOf(stream, CELL_TABLES));
  const windowLengthMs =
    (await windowLengthOf(lake, batch)) ??
    (await windowLengthOf(lake, stream)) ??
    options.windowLengthMs;
  const period = cutPeriod(options.period, windowLengthMs);
  assertNotEmpty(period);
  const publications = { ...found, reportKey: reportKeyOf(found, period) };
  return { records, cells, totalRecords, windowLengthMs, period, publications };
}

/** The revenue tables that grow with the orders. */
const CELL_TABLES: readonly TableName[] = ['product_revenue', 'window_revenue'];

/** Throws `UsageError`. */
function assertNotEmpty({ sinceMs, untilMs }: Period): void {
  if (sinceMs < untilMs) return;
  const [since, until] = [sinceMs, untilMs].map((timeMs) => new Date(timeMs).toISOString());
  throw new UsageError(
    'usage',
    `the period contains no window: rounded to windows it is from ${since} to ${until}; ` +
      'set --until at least one window after --since',
  );
}

/** A period has a report of its own, so that it does not replace the one over everything. */
function reportKeyOf({ reportKey }: Publications, period: Period): string {
  if (isAllTime(period)) return reportKey;
  const stamps = [period.sinceMs, period.untilMs].map((timeMs, index) =>
    Number.isFinite(timeMs) ? stampOf(timeMs) : ['start', 'end'][index],
  );
  return reportKey.replace(/[.]parquet$/, `-${stamps.join('-')}.parquet`);
}

/** `20260131T120000Z` */
function stampOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|[.]000/g, '');
}

/**
 * The verdict of a comparison: both sides agree if nothing is unexplained and, unless
 * `allowMissing`, no order is missing.
 */
export function resultOf(
  { publications, options, period, windowLengthMs }: Omit<Comparison, 'sizes' | 'lake'>,
  compared: ComparisonResult,
): ReconcileResult {
  const { batch, stream, reportKey } = publications;
  const { classes, reportRows, reportProblem, shown } = compared;
  const missing = classes.not_in_stream.count + classes.not_in_batch.count;
  const unexplained = classes.unexplained.count;
  let explainedCents = 0n;
  for (const name of CLASS_NAMES) {
    if (name !== 'unexplained') explainedCents += classes[name].cents;
  }
  return {
    agree: unexplained === 0 && (options.allowMissing || missing === 0),
    runId: batch.runId,
    epoch: stream.epoch,
    batchManifestKey: batch.manifestKey,
    streamManifestKey: stream.manifestKey,
    period,
    ...totalsOf(publications, compared, period),
    watermarkMs: stream.watermarkMs,
    classes,
    streamBegan: streamBeganOf(compared, period, windowLengthMs),
    explainedCents,
    unexplained,
    reportKey,
    reportRows,
    reportProblem,
    shown,
  };
}

type Totals = Pick<
  ReconcileResult,
  'batchCounts' | 'streamCounts' | 'batchRevenueCents' | 'streamRevenueCents'
>;

function totalsOf({ batch, stream }: Publications, compared: ComparisonResult, period: Period) {
  const isAll = isAllTime(period);
  const countsOf = ({ active, cancelled }: Readonly<SideTotals>) => ({ active, cancelled });
  return {
    batchCounts: isAll ? batch.counts : countsOf(compared.batch),
    streamCounts: isAll ? stream.counts : countsOf(compared.stream),
    batchRevenueCents: (isAll ? batch : compared.batch).revenueCents,
    streamRevenueCents: (isAll ? stream : compared.stream).revenueCents,
  } satisfies Totals;
}

/** Null if a period that begins there would leave out nothing, or if nothing is missing. */
function streamBeganOf(
  { batch, stream, classes }: ComparisonResult,
  { sinceMs }: Period,
  windowLengthMs: number,
): StreamBegan | null {
  const { oldestMs: streamOldestMs } = stream;
  if (classes.not_in_stream.count === 0 || !Number.isFinite(streamOldestMs)) return null;
  const firstWindowMs = windowStart(streamOldestMs, windowLengthMs);
  const batchOldestMs = batch.oldestMs;
  if (batchOldestMs >= firstWindowMs || sinceMs >= firstWindowMs) return null;
  return { batchOldestMs, streamOldestMs, firstWindowMs };
}

async function rowsOf(side: SideTables, tables: readonly TableName[]): Promise<number> {
  let rows = 0;
  for (const table of tables) {
    for (const file of await side.filesOf(table)) rows += file.rows;
  }
  return rows;
}
