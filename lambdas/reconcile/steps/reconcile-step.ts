import { TerminalError } from '../../shared/model/errors.ts';
import { MS_PER_DAY } from '../../shared/model/time.ts';
import { DEFAULT_CONSUMER } from '../../shared/state/lake-keys.ts';
import { reconcile } from '../compare/compare-tables.ts';
import type { ReconcileOptions, ReconcileResult } from '../model/result.ts';
import { openPublications } from '../read/publications.ts';
import type { ComparedResult } from './last-comparison.ts';
import { currentPair, type LastComparison, pairOf, putLast, readLast } from './last-comparison.ts';
import { byOf, comparedBy, optionsOf, type ReconcileHost } from './reconcile-host.ts';
import { type ComparisonLauncher, type StartedComparison, startShared } from './shared-step.ts';

/** What took too long is tried again after that: not every day of a store is slow. */
const TRY_AGAIN_MS = MS_PER_DAY;

export type ReconcileStepResult =
  | {
      /** One side has not published yet: there is nothing to compare. */
      readonly status: 'nothing_published';
      readonly missing: string;
    }
  | ComparedResult
  | StartedComparison
  /** Both publications are those of the last comparison, which gave this result. */
  | (Omit<ComparedResult, 'status'> & {
      readonly status: 'unchanged';
      readonly was: ComparedResult['status'];
    });

export interface ReconcileStepOptions {
  /** Takes what is too large for one function; without it everything is compared here. */
  readonly launcher?: ComparisonLauncher;
  /** Compares only where a publication is new: what the schedule asks for. */
  readonly onlyNew?: boolean;
  /** Aborted where the time is over. */
  readonly signal?: AbortSignal;
}

/**
 * Compares the current run with the current epoch and writes the report; large comparisons go to
 * the launcher. Safe to repeat: the same pair gives the same report. With `onlyNew` a pair compared
 * before is answered from memory, without reading a table. Throws `TerminalError`
 * `nothing_published`; `comparison_too_large` if the time is up, and for a day afterwards for at
 * least as many records compared in the same way.
 */
export async function reconcileStep(
  host: ReconcileHost,
  { onlyNew = false, signal, launcher }: ReconcileStepOptions = {},
): Promise<ReconcileStepResult> {
  const { lake } = host;
  const options = optionsOf(host, signal);
  const by = byOf(host, options);
  const last = onlyNew ? await readLast(lake) : null;
  if (last !== null) {
    const { verdict } = last;
    const isSame = last.pair === (await currentPair(lake, DEFAULT_CONSUMER, by));
    if (isSame && verdict.kind === 'compared') return unchanged(verdict.result);
  }
  try {
    const started = launcher === undefined ? null : await startShared(host, launcher, options);
    if (started !== null) return started;
    if (last !== null) await refuseTooLarge(host, last, by);
    return await compareNow(host, options, by);
  } catch (error) {
    if (!(error instanceof TerminalError) || error.code !== 'nothing_published') throw error;
    return { status: 'nothing_published', missing: error.message };
  }
}

function unchanged({ status: was, ...result }: ComparedResult): ReconcileStepResult {
  return { ...result, status: 'unchanged', was };
}

async function compareNow(
  host: ReconcileHost,
  options: ReconcileOptions,
  by: string,
): Promise<ComparedResult> {
  const { lake } = host;
  let result: ReconcileResult;
  try {
    result = await reconcile(lake, options);
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
    throw await tooLong(host, by, error);
  }
  const compared = comparedBy(result, by);
  await putLast(lake, compared);
  return compared.verdict.result;
}

/** Remembers the time-out, so that repetitions do not cost the same quarter of an hour each. */
async function tooLong(host: ReconcileHost, by: string, cause: unknown): Promise<TerminalError> {
  const { pair, records } = await toCompare(host, by);
  const verdict = { kind: 'too_long', records, atMs: host.clock.now() } as const;
  await putLast(host.lake, { pair, by, verdict });
  return tooLarge(records, { cause });
}

async function refuseTooLarge(
  host: ReconcileHost,
  { verdict, by: lastBy }: LastComparison,
  by: string,
): Promise<void> {
  if (verdict.kind !== 'too_long' || lastBy !== by) return;
  if (host.clock.now() - verdict.atMs >= TRY_AGAIN_MS) return;
  const { records } = await toCompare(host, by);
  if (records >= verdict.records) throw tooLarge(records);
}

async function toCompare({ lake }: ReconcileHost, by: string) {
  const { batch, stream } = await openPublications(lake, DEFAULT_CONSUMER);
  const records = [batch, stream].reduce(
    (sum, { counts }) => sum + counts.active + counts.cancelled,
    0,
  );
  return { pair: pairOf(batch.manifestKey, stream.manifestKey, by), records };
}

function tooLarge(records: number, options: ErrorOptions = {}): TerminalError {
  const message =
    `the function cannot compare ${records} counted records before its timeout; run npx tandem ` +
    'reconcile --target aws on a machine near the lake, or compare fewer: set reconcile.since; ' +
    'more memory (aws.reconcileMemory) helps if records spill';
  return new TerminalError('comparison_too_large', message, options);
}
