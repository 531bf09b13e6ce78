import type { TableName } from '../../shared/model/tables.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { withCleanUp } from '../../shared/runtime/errors.ts';
import { type ComparisonResult, compare } from './comparison.ts';
import { CLASS_NAMES } from './difference.ts';
import { PartitionTooLarge } from './match-records.ts';
import { openPublications, type Publications } from './publications.ts';
import { COUNTED_TABLES } from './record-source.ts';
import type { OnReconcileProgress, ReconcileOptions, ReconcileResult } from './result.ts';
import { type SideTables, windowLengthOf } from './revenue-cells.ts';
import { planSizes } from './sizes.ts';
import { WorkPlace } from './work-place.ts';

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
 * compared, because the stream joins them again at every epoch. `classify.ts` says how order ids
 * are classified.
 */
export async function reconcile(
  lake: ObjectStore,
  options: ReconcileOptions,
  onProgress: OnReconcileProgress = () => undefined,
): Promise<ReconcileResult> {
  const publications = await openPublications(lake, options.consumer);
  const { batch, stream } = publications;
  const records = await rowsOf(batch, COUNTED_TABLES);
  const totalRecords = records + (await rowsOf(stream, COUNTED_TABLES));
  // Most cells stand on both sides.
  const cells = Math.max(await rowsOf(batch, CELL_TABLES), await rowsOf(stream, CELL_TABLES));
  const windowLengthMs =
    (await windowLengthOf(lake, batch)) ??
    (await windowLengthOf(lake, stream)) ??
    options.windowLengthMs;
  const place = new WorkPlace(lake, options);
  const common = { options, publications, windowLengthMs, totalRecords, onProgress };
  for (let growth = 1; ; ) {
    const { memoryLimitBytes } = options;
    const sizes = planSizes({ memoryLimitBytes, records, cells, growth });
    try {
      const compared = await withCleanUp(
        () => compare({ ...common, lake: place.store(), sizes }),
        () => place.clear(),
      );
      return resultOf(publications, options, compared);
    } catch (error) {
      if (error instanceof PartitionTooLarge) growth *= GROWTH;
      else if (!place.moveOn(error)) throw place.causeOf(error);
    }
  }
}

/** The revenue tables that grow with the orders. */
const CELL_TABLES: readonly TableName[] = ['product_revenue', 'window_revenue'];

function resultOf(
  { batch, stream, reportKey }: Publications,
  { allowMissing }: ReconcileOptions,
  { classes, reportRows, reportProblem, shown }: ComparisonResult,
): ReconcileResult {
  const missing = classes.not_in_stream.count + classes.not_in_batch.count;
  const unexplained = classes.unexplained.count;
  let explainedCents = 0n;
  for (const name of CLASS_NAMES) {
    if (name !== 'unexplained') explainedCents += classes[name].cents;
  }
  return {
    agree: unexplained === 0 && (allowMissing || missing === 0),
    runId: batch.runId,
    epoch: stream.epoch,
    batchManifestKey: batch.manifestKey,
    streamManifestKey: stream.manifestKey,
    batchCounts: batch.counts,
    streamCounts: stream.counts,
    batchRevenueCents: batch.revenueCents,
    streamRevenueCents: stream.revenueCents,
    watermarkMs: stream.watermarkMs,
    classes,
    explainedCents,
    unexplained,
    reportKey,
    reportRows,
    reportProblem,
    shown,
  };
}

async function rowsOf(side: SideTables, tables: readonly TableName[]): Promise<number> {
  let rows = 0;
  for (const table of tables) {
    for (const file of await side.filesOf(table)) rows += file.rows;
  }
  return rows;
}
