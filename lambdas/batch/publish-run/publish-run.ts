import type { LandingObject } from '../../shared/ingest/list-landing.ts';
import { ISSUE_CODES } from '../../shared/model/issue.ts';
import { formatCents } from '../../shared/model/money.ts';
import {
  isConserved,
  type Outcome,
  type OutcomeCounts,
  zeroCounts,
} from '../../shared/model/outcome.ts';
import { type TableName, tablesOf } from '../../shared/model/tables.ts';
import { PreconditionFailedError, TerminalError } from '../../shared/runtime/errors.ts';
import { jsonBytes } from '../../shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { DimensionEntry } from '../../shared/state/dimension-entry.ts';
import { putOnce } from '../../shared/state/put-once.ts';
import type { LoadedDimension } from '../../shared/transform/load-dimension.ts';
import type { BatchManifest } from '../batch-manifest.ts';
import { type BatchPlan, manifestKey, type RejectedFile } from '../batch-plan.ts';
import type { ChunkResult } from '../map-chunk/chunk-result.ts';
import type { RangeResult } from '../merge-aggregates/merge-aggregates.ts';
import type { BucketResult } from '../reduce-bucket/bucket-parts.ts';
import { addFindings, NO_FINDINGS } from '../reduce-bucket/findings.ts';
import { fileTotals } from './file-totals.ts';
import { readPrevious } from './previous-run.ts';
import { assertFewQuarantined } from './quarantine-limit.ts';
import { runWarnings } from './run-warnings.ts';
import { type SummaryContext, writeSummaryTables } from './summary-tables.ts';

/** Files that a message names. */
const MAX_REJECTED_SHOWN = 10;

export interface RunResults {
  /** By chunk index; null where a chunk's range lies inside a record of an earlier one. */
  readonly chunks: readonly (ChunkResult | null)[];
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
 * Checks conservation and how much is quarantined, writes the last tables and the manifest, and
 * makes the run current in one conditional step (architecture §3.6). Repeated, it does no more than
 * that once. Throws `TerminalError`: `all_files_rejected`, `not_conserved`,
 * `too_many_quarantined`, `revenue_overflow`, `superseded`; the run before is then still the
 * current one.
 */
export async function publishRun(
  plan: BatchPlan,
  results: RunResults,
  context: PublishContext,
): Promise<BatchManifest> {
  const rejectedFiles = collectRejected(plan, results.chunks);
  const counts = checkedCounts(results);
  const files = fileTotals(plan, results.chunks);
  const before = await readPrevious(context.lake, plan);
  assertFewQuarantined(files, before, context.maxQuarantined);
  const findings = results.buckets.reduce(
    (sum, one) => addFindings(sum, one.findings),
    NO_FINDINGS,
  );
  const summary = await writeSummaryTables(results.buckets, results.ranges, context);
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
    issues: sumIssues(results.chunks),
    revenue: formatCents(summary.revenueCents),
    rejected_files: rejectedFiles,
    warnings: runWarnings({ plan, rejectedFiles, before, files, findings, ...results }),
    joins: {
      customers_missed: findings.joins.customersMissed,
      products_missed: findings.joins.productsMissed,
    },
    dimensions: {
      customers: dimensionEntry(plan.customers, results.customers),
      products: dimensionEntry(plan.products, results.products),
    },
    inputs: inputEntries(plan, results.chunks),
    tables: Object.fromEntries(tables),
  };
  const { lake } = context;
  await putOnce(lake, manifestKey(plan.runId), jsonBytes(manifest));
  await swapCurrent(plan, context);
  return manifest;
}

async function swapCurrent({ previous, runId }: BatchPlan, { lake }: SummaryContext) {
  const pointer = jsonBytes({ manifest: manifestKey(runId) });
  const condition = previous === null ? { ifNoneMatch: true as const } : { ifMatch: previous.etag };
  try {
    await lake.put(BATCH_CURRENT_KEY, pointer, condition);
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    const current = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
    if (current?.manifestKey === manifestKey(runId)) return; // An earlier attempt came so far.
    const message = `another run was published while ${runId} ran; start it again`;
    throw new TerminalError('superseded', message, { cause: error });
  }
}

/**
 * Files that were rejected when the run was planned, and gzip files that were when they were read;
 * by key.
 */
function collectRejected(plan: BatchPlan, chunks: RunResults['chunks']): RejectedFile[] {
  const late = plan.chunks.flatMap(({ chunkIndex, inputIndex }) => {
    const chunk = chunks[chunkIndex];
    if (chunk?.status !== 'rejected') return [];
    return [{ key: plan.inputs[inputIndex].key, reason: chunk.reason ?? 'unknown' }];
  });
  const rejected = [...plan.rejectedFiles, ...late];
  if (late.length === plan.inputs.length) {
    const shown = rejected.slice(0, MAX_REJECTED_SHOWN);
    const list = shown.map(({ key, reason }) => `${key} (${reason})`).join(', ');
    const rest = rejected.length - shown.length;
    const message = `no orders file can be read: ${list}${rest > 0 ? ` and ${rest} more` : ''}`;
    throw new TerminalError('all_files_rejected', message);
  }
  return rejected.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

/** Where the records of an outcome are stored. */
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
function checkedCounts({ chunks, buckets }: RunResults): OutcomeCounts {
  const counts = zeroCounts();
  let quarantinedByMap = 0;
  for (const chunk of mapped(chunks)) {
    counts.read += chunk.readRecords;
    quarantinedByMap += chunk.quarantinedRecords;
  }
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
    const advice = 'run again; if it stays so, report it with this message';
    throw new TerminalError('not_conserved', `records were lost or made: ${numbers}; ${advice}`);
  }
  return counts;
}

function mapped(chunks: RunResults['chunks']): ChunkResult[] {
  return chunks.filter((chunk): chunk is ChunkResult => chunk?.status === 'mapped');
}

function sumIssues(chunks: RunResults['chunks']): Record<string, number> {
  const withIssues = mapped(chunks).filter(({ issueRecords }) => issueRecords.length > 0);
  const sums = ISSUE_CODES.map((code, index): [string, number] => [
    code,
    withIssues.reduce((sum, { issueRecords }) => sum + issueRecords[index], 0),
  ]);
  return Object.fromEntries(sums.filter(([, records]) => records > 0));
}

function inputEntries(plan: BatchPlan, chunks: RunResults['chunks']): BatchManifest['inputs'] {
  const records = plan.inputs.map(() => 0);
  const isRejected = plan.inputs.map(() => false);
  for (const { chunkIndex, inputIndex } of plan.chunks) {
    const chunk = chunks[chunkIndex];
    if (chunk?.status === 'rejected') isRejected[inputIndex] = true;
    else records[inputIndex] += chunk?.readRecords ?? 0;
  }
  return plan.inputs
    .map(({ key, etag, sizeBytes }, index) => ({
      key,
      etag,
      bytes: sizeBytes,
      records: records[index],
    }))
    .filter((_, index) => !isRejected[index]);
}

function dimensionEntry(
  files: readonly LandingObject[],
  { counts }: LoadedDimension,
): DimensionEntry {
  return { files: files.map(({ key, etag }) => ({ key, etag })), ...counts };
}
