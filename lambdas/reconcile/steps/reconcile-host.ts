import type { Config } from '../../shared/model/config.ts';
import { formatCents } from '../../shared/model/money.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Randomness } from '../../shared/ports/randomness.ts';
import { DEFAULT_CONSUMER } from '../../shared/state/lake-keys.ts';
import type { ReconcileOptions, ReconcileResult } from '../model/result.ts';
import type { ComparedResult } from './last-comparison.ts';
import { pairOf } from './last-comparison.ts';

/** Share of a function's memory that is not Node's own. */
const MEMORY_SHARE = 0.7;

export interface ReconcileHost {
  readonly lake: ObjectStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly config: Config;
  /** Another version may see other differences. */
  readonly codeVersion: string;
  /** Memory of the function, in bytes. */
  readonly memoryBytes: number;
}

/** What is remembered of a comparison. */
export function comparedBy(result: ReconcileResult, by: string) {
  const pair = pairOf(result.batchManifestKey, result.streamManifestKey, by);
  return { pair, by, verdict: { kind: 'compared', result: told(result) } as const };
}

function told(result: ReconcileResult): ComparedResult {
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
}

/**
 * Options of the scheduled comparison: the default consumer, from the config's `since` on, without
 * tolerance for missing orders.
 */
export function optionsOf(host: ReconcileHost, signal: AbortSignal | undefined): ReconcileOptions {
  const { clock, randomness, config, memoryBytes } = host;
  return {
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
}

/** Names everything but the two publications that decides a verdict and how long it takes. */
export function byOf(
  { codeVersion, memoryBytes }: ReconcileHost,
  options: ReconcileOptions,
): string {
  const { period, windowLengthMs, parquet } = options;
  return JSON.stringify({ codeVersion, memoryBytes, period, windowLengthMs, parquet });
}
