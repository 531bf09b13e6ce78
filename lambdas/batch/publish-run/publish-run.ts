import type { LoadedDimension } from '../../shared/dimensions/load-dimension.ts';
import type { LandingObject } from '../../shared/ingest/list-landing.ts';
import {
  cleanUpOnFailure,
  PreconditionFailedError,
  TerminalError,
} from '../../shared/model/errors.ts';
import { formatCents } from '../../shared/model/money.ts';
import { type TableName, tablesOf } from '../../shared/model/tables.ts';
import {
  isConserved,
  type Outcome,
  type OutcomeCounts,
  zeroCounts,
} from '../../shared/rules/outcome.ts';
import { jsonBytes } from '../../shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { DimensionEntry } from '../../shared/state/dimension-entry.ts';
import { putOnce } from '../../shared/state/put-once.ts';
import type { BatchManifest } from '../run/batch-manifest.ts';
import { manifestKey, type PlanHeader } from '../run/batch-plan.ts';
import type { BucketResult } from '../run/bucket-result.ts';
import { addFindings, NO_FINDINGS } from '../run/findings.ts';
import type { RangeResult } from '../run/range-result.ts';
import { ManifestInputs } from './collect-inputs.ts';
import type { InputResult } from './file-totals.ts';
import { InputSummary } from './input-summary.ts';
import { readPrevious } from './previous-run.ts';
import { assertFewQuarantined } from './quarantine-limit.ts';
import { namedInputs, runWarnings } from './run-warnings.ts';
import { type SummaryContext, writeSummaryTables } from './summary-tables.ts';

/** Files that a message names. */
const MAX_REJECTED_SHOWN = 10;

export interface RunResults {
  /** In order of records; can be iterated once. */
  readonly inputs: Iterable<InputResult> | AsyncIterable<InputResult>;
  readonly buckets: readonly BucketResult[];
  readonly ranges: readonly RangeResult[];
  readonly customers: LoadedDimension;
  readonly products: LoadedDimension;
}

export interface PublishContext extends SummaryContext {
  /** Share of quarantined records above which a run is held back. */
  readonly maxQuarantined: number;
}

/**
 * Checks conservation and the share of quarantined records, writes the last tables and the
 * manifest, and makes the run current in one conditional step (architecture §3.6). Repeated, it
 * publishes once. Throws `TerminalError`: `all_files_rejected`, `not_conserved`,
 * `too_many_quarantined`, `revenue_overflow`, `superseded`; the previous run then stays current.
 */
export async function publishRun(
  plan: PlanHeader,
  results: RunResults,
  context: PublishContext,
): Promise<BatchManifest> {
  const { lake, maxQuarantined } = context;
  const findings = results.buckets.reduce(
    (sum, one) => addFindings(sum, one.findings),
    NO_FINDINGS,
  );
  const before = await readPrevious(lake, plan);
  const inputs = new InputSummary(before, namedInputs(findings));
  const listed = await gatherInputs(plan, results, inputs, context);
  const rejectedFiles = allRejected(plan, inputs);
  const counts = checkedCounts(inputs, results);
  assertFewQuarantined(inputs.quarantine.all, inputs.quarantine.fresh, maxQuarantined);
  const summary = await writeSummaryTables(results.buckets, results.ranges, context);
  const { customers, products } = results;
  const parts = [summary, ...results.buckets, ...results.ranges].map(({ files }) => files);
  const tables = tablesOf('batch').map(({ name }) => [
    name,
    { files: parts.flatMap((files) => files[name] ?? []) },
  ]);
  const manifest: BatchManifest = {
    kind: 'batch',
    run_id: plan.runId,
    status: rejectedFiles.length > 0 ? 'published_with_rejected_files' : 'published',
    created_at: plan.createdAt,
    code_version: plan.codeVersion,
    config_hash: plan.configHash,
    counts,
    issues: inputs.issues,
    revenue: formatCents(summary.revenueCents),
    rejected_files: rejectedFiles,
    warnings: runWarnings({ plan, rejectedFiles, before, inputs, findings, customers, products }),
    joins: {
      customers_missed: findings.joins.customersMissed,
      products_missed: findings.joins.productsMissed,
    },
    dimensions: {
      customers: dimensionEntry(plan.customers, customers),
      products: dimensionEntry(plan.products, products),
    },
    ...listed,
    tables: Object.fromEntries(tables),
  };
  await putOnce(lake, manifestKey(plan.runId), jsonBytes(manifest));
  await swapCurrent(plan, context);
  return manifest;
}

/** One pass over the inputs: `summary` takes them, and the manifest's list of them is written. */
async function gatherInputs(
  { runId }: PlanHeader,
  results: RunResults,
  summary: InputSummary,
  { lake }: PublishContext,
): Promise<Pick<BatchManifest, 'inputs' | 'inputs_object'>> {
  const listed = new ManifestInputs(lake, runId);
  return await cleanUpOnFailure(
    async () => {
      for await (const input of results.inputs) {
        summary.add(input);
        await listed.add(input);
      }
      return await listed.finish();
    },
    () => listed.abort(),
  );
}

async function swapCurrent({ previous, runId }: PlanHeader, { lake }: SummaryContext) {
  const pointer = jsonBytes({ manifest: manifestKey(runId) });
  const condition = previous === null ? { ifNoneMatch: true as const } : { ifMatch: previous.etag };
  try {
    await lake.put(BATCH_CURRENT_KEY, pointer, condition);
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    const current = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
    if (current?.manifestKey === manifestKey(runId)) return; // An earlier attempt came so far.
    const message = `another run was published while ${runId} ran; start a new run`;
    throw new TerminalError('superseded', message, { cause: error });
  }
}

/**
 * Files that were rejected when the run was planned, and gzip files that were when they were read;
 * by key.
 */
function allRejected(plan: PlanHeader, { rejected: late, inputCount }: InputSummary) {
  const rejected = [...plan.rejectedFiles, ...late];
  if (late.length === inputCount) {
    const shown = rejected.slice(0, MAX_REJECTED_SHOWN);
    const list = shown.map(({ key, reason }) => `${key} (${reason})`).join(', ');
    const rest = rejected.length - shown.length;
    const message = `no readable orders file: ${list}${rest > 0 ? ` and ${rest} more` : ''}`;
    throw new TerminalError('all_files_rejected', message);
  }
  return rejected.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

/** The table that stores the records of an outcome. */
const TABLE_OF = {
  active: 'orders',
  cancelled: 'cancelled',
  duplicate: 'duplicates',
  quarantined: 'quarantine',
} as const satisfies Partial<Record<Outcome, TableName>>;

/**
 * Every record that was read has exactly one outcome, and is stored under it (contract §2.1):
 * counted on both sides of the exchange, and by the rows of the files.
 */
function checkedCounts({ quarantine }: InputSummary, { buckets }: RunResults): OutcomeCounts {
  const { readRecords, quarantinedRecords: quarantinedByMap } = quarantine.all;
  const counts = { ...zeroCounts(), read: readRecords };
  const outcomes = Object.entries(TABLE_OF) as [keyof typeof TABLE_OF, TableName][];
  const stored = { ...zeroCounts(), read: counts.read };
  for (const bucket of buckets) {
    for (const [outcome, table] of outcomes) {
      counts[outcome] += bucket.counts[outcome];
      stored[outcome] += (bucket.files[table] ?? []).reduce((sum, { rows }) => sum + rows, 0);
    }
  }
  const isStored = outcomes.every(([outcome]) => counts[outcome] === stored[outcome]);
  if (!isConserved(counts) || counts.quarantined !== quarantinedByMap || !isStored) {
    const numbers = JSON.stringify({ ...counts, quarantinedByMap, stored });
    const advice = 'run again; if it happens again, report this message as a bug';
    throw new TerminalError('not_conserved', `record counts do not match: ${numbers}; ${advice}`);
  }
  return counts;
}

function dimensionEntry(
  files: readonly LandingObject[],
  { counts }: LoadedDimension,
): DimensionEntry {
  return { files: files.map(({ key, etag }) => ({ key, etag })), ...counts };
}
