import type { LandingObject } from '../../shared/ingest/list-landing.ts';
import { ISSUE_CODES } from '../../shared/model/issue.ts';
import { formatCents } from '../../shared/model/money.ts';
import { isConserved, type OutcomeCounts, zeroCounts } from '../../shared/model/outcome.ts';
import { tablesOf } from '../../shared/model/tables.ts';
import { PreconditionFailedError, TerminalError } from '../../shared/runtime/errors.ts';
import { jsonBytes } from '../../shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { DimensionEntry } from '../../shared/state/dimension-entry.ts';
import { putOnce } from '../../shared/state/put-once.ts';
import type { LoadedDimension } from '../../shared/transform/load-dimension.ts';
import type { BatchManifest } from '../batch-manifest.ts';
import { type BatchPlan, manifestKey, type RejectedFile } from '../batch-plan.ts';
import type { ChunkResult } from '../map-chunk/map-chunk.ts';
import type { RangeResult } from '../merge-aggregates/merge-aggregates.ts';
import type { BucketResult } from '../reduce-bucket/reduce-bucket.ts';
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

/**
 * Checks conservation, writes the last tables and the manifest, and makes the run current in one
 * conditional step (architecture §3.6). Repeated, it does no more than that once. Throws
 * `TerminalError`: `all_files_rejected`, `not_conserved`, `revenue_overflow`, `superseded`; the run
 * before is then still the current one.
 */
export async function publishRun(
  plan: BatchPlan,
  results: RunResults,
  context: SummaryContext,
): Promise<BatchManifest> {
  const rejectedFiles = collectRejected(plan, results.chunks);
  const counts = checkedCounts(results);
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

/**
 * Every record that was read has exactly one outcome (contract §2.1), counted on both sides of the
 * exchange.
 */
function checkedCounts({ chunks, buckets }: RunResults): OutcomeCounts {
  const counts = zeroCounts();
  let quarantinedByMap = 0;
  for (const chunk of mapped(chunks)) {
    counts.read += chunk.readRecords;
    quarantinedByMap += chunk.quarantinedRecords;
  }
  for (const bucket of buckets) {
    counts.active += bucket.counts.active;
    counts.cancelled += bucket.counts.cancelled;
    counts.duplicate += bucket.counts.duplicate;
    counts.quarantined += bucket.counts.quarantined;
  }
  if (!isConserved(counts) || counts.quarantined !== quarantinedByMap) {
    const numbers = JSON.stringify({ ...counts, quarantinedByMap });
    throw new TerminalError('not_conserved', `records were lost or made: ${numbers}`);
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
