import type { Config } from '../../shared/model/config.ts';
import { formatCents } from '../../shared/model/money.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Randomness } from '../../shared/ports/randomness.ts';
import { TerminalError } from '../../shared/runtime/errors.ts';
import { DEFAULT_CONSUMER } from '../../shared/state/lake-keys.ts';
import { reconcile } from './compare-tables.ts';
import type { ClassName } from './difference.ts';

/** Share of a function's memory that is not Node's own. */
const MEMORY_SHARE = 0.7;

export interface ReconcileHost {
  readonly lake: ObjectStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly config: Config;
  /** Of the function. */
  readonly memoryBytes: number;
}

/** A comparison, as it is told to an operator. */
export type ReconcileStepResult =
  | {
      /** One side has not published yet: there is nothing to compare. */
      readonly status: 'nothing_published';
      readonly missing: string;
    }
  | {
      /** Orders that only one side received make them differ, too; no alarm comes of that. */
      readonly status: 'agree' | 'differ';
      readonly runId: string;
      readonly epoch: number;
      /** Order ids of each class that occurs; of `window_not_final`, cells. */
      readonly classes: Readonly<Partial<Record<ClassName, number>>>;
      readonly unexplained: number;
      readonly batchRevenue: string;
      readonly streamRevenue: string;
      readonly reportKey: string;
    };

/**
 * Compares the current run with the current epoch and writes the report; both may be published anew
 * meanwhile. May be repeated: the same pair gives the same report. Throws as `reconcile`, and the
 * signal's reason.
 */
export async function reconcileStep(
  { lake, clock, randomness, config, memoryBytes }: ReconcileHost,
  signal?: AbortSignal,
): Promise<ReconcileStepResult> {
  const options = {
    consumer: DEFAULT_CONSUMER,
    allowMissing: false,
    // What the config does not leave out is compared, always: its alarm is for everything.
    period: { sinceMs: config.reconcile.sinceMs, untilMs: null },
    memoryLimitBytes: memoryBytes * MEMORY_SHARE,
    windowLengthMs: config.windows.lengthMs,
    parquet: config.parquet,
    shownPerClass: 0,
    attempt: { startedAtMs: clock.now(), id: randomness.id() },
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    const result = await reconcile(lake, options);
    const { runId, epoch, unexplained, reportKey } = result;
    const counts = Object.entries(result.classes).map(([name, { count }]) => [name, count]);
    return {
      status: result.agree ? 'agree' : 'differ',
      runId,
      epoch,
      classes: Object.fromEntries(counts.filter(([, count]) => count !== 0)),
      unexplained,
      batchRevenue: formatCents(result.batchRevenueCents),
      streamRevenue: formatCents(result.streamRevenueCents),
      reportKey,
    };
  } catch (error) {
    if (!(error instanceof TerminalError) || error.code !== 'nothing_published') throw error;
    return { status: 'nothing_published', missing: error.message };
  }
}
