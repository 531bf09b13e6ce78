import { formatCents } from '../../../shared/model/money.ts';
import { type TableName, tablesOf } from '../../../shared/model/tables.ts';
import type { TableFile } from '../../../shared/parquet/table-file.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import { productText } from '../../../shared/revenue/product-revenue.ts';
import { jsonBytes } from '../../../shared/runtime/json.ts';
import type { DimensionCopy, EpochPlan } from '../../../shared/state/epoch-plan.ts';
import {
  type EpochSnapshot,
  encodeSnapshot,
  readSnapshot,
} from '../../../shared/state/epoch-snapshot.ts';
import {
  isAddedTo,
  manifestChain,
  readStreamManifest,
} from '../../../shared/state/manifest-chain.ts';
import { putOnce } from '../../../shared/state/put-once.ts';
import { numberedCells, type ProductCell } from '../../../shared/state/revenue-cells.ts';
import type { ShardResult } from '../../../shared/state/shard-result.ts';
import type { StreamManifest } from '../../../shared/state/stream-manifest.ts';
import { checkPlan, checkResults } from './check-results.ts';
import type { EpochContext } from './epoch-context.ts';
import { type WrittenTables, writeEpochTables } from './epoch-tables.ts';
import { addUp, type EpochTotals } from './epoch-totals.ts';
import { warningsOfEpoch } from './epoch-warnings.ts';

/** Epochs after a complete manifest at which the next complete one is written. */
const EPOCHS_PER_COMPLETE = 100;

/**
 * Step C1 of an epoch (stream protocol §3): checks its shards' results, writes the tables that need
 * all of them, the snapshot, and last the manifest. `results` are in the order of the plan's
 * shards. Deterministic: repeated, interrupted or concurrent runs write the same bytes. Makes
 * nothing visible. Throws `TerminalError`: `not_conserved`, `revenue_overflow`, `epoch_differs`,
 * `snapshot_missing` and others of damaged state.
 */
export async function writeEpoch(
  plan: EpochPlan,
  results: readonly ShardResult[],
  context: EpochContext,
): Promise<StreamManifest> {
  const { lake, keys } = context;
  checkPlan(plan, keys);
  checkResults(plan, results);
  const { epoch, previousEpoch } = plan;
  const previous =
    previousEpoch === 0
      ? null
      : await readSnapshot(lake, keys.snapshot(previousEpoch), previousEpoch);
  const totals = addUp(plan, results, previous);
  const warned = warningsOfEpoch(plan, results, previous, context);
  const tables = await writeEpochTables(plan, totals, context);
  const sinceComplete = (previous?.epochs_since_complete ?? 0) + 1;
  const isComplete = sinceComplete === EPOCHS_PER_COMPLETE;
  const snapshot: EpochSnapshot = {
    snapshot_format: 1,
    epoch,
    counts: totals.counts,
    issues: totals.issues,
    joins: warned.joins,
    warned: warned.warned,
    revenue_cents: String(totals.revenueCents),
    last_complete: isComplete ? keys.manifest(epoch) : (previous?.last_complete ?? null),
    epochs_since_complete: isComplete ? 0 : sinceComplete,
    days: numberedCells(totals.byDay),
    hours: numberedCells(totals.byHour),
    products: productCells(totals),
    windows: tables.openWindows,
  };
  await putOnce(lake, keys.snapshot(epoch), encodeSnapshot(snapshot));
  const files = epochFiles(results, tables);
  const manifest: StreamManifest = {
    kind: 'stream',
    epoch,
    status: 'published',
    created_at: plan.createdAt,
    code_version: plan.codeVersion,
    config_hash: plan.configHash,
    stream: plan.stream,
    consumer: plan.consumer,
    watermark: plan.watermarkMs === null ? null : new Date(plan.watermarkMs).toISOString(),
    previous: plan.previous,
    previous_complete: previous?.last_complete ?? null,
    complete: isComplete,
    counts: totals.counts,
    epoch_counts: totals.epochCounts,
    issues: totals.issues,
    revenue: formatCents(totals.revenueCents),
    rejected_files: [],
    warnings: warned.warnings,
    epoch_warnings: warned.epochWarnings,
    joins: warned.joins,
    dimensions: dimensionEntries(plan, context),
    inputs: plan.shards,
    tables: isComplete ? await withEarlierFiles(lake, plan, files) : files,
  };
  await putOnce(lake, keys.manifest(epoch), jsonBytes(manifest));
  return manifest;
}

/** Sorted by the bytes of the ids. */
function productCells({ products, productTotals }: EpochTotals): ProductCell[] {
  return Array.from(products.codeOfRank, (_, rank) => [
    productText(products, rank),
    productTotals.counts[rank],
    String(productTotals.centsAt(rank)),
  ]);
}

type FilesByTable = Record<string, { readonly files: readonly TableFile[] }>;

/** All tables of the stream, those without rows too. */
function epochFiles(results: readonly ShardResult[], { files }: WrittenTables): FilesByTable {
  const filesOf = (name: TableName) => [
    ...results.flatMap((result) => result.files[name] ?? []),
    ...(files[name] ?? []),
  ];
  return Object.fromEntries(tablesOf('stream').map(({ name }) => [name, { files: filesOf(name) }]));
}

/** Adds the files of the epochs since the last complete one, newest epoch first. */
async function withEarlierFiles(
  lake: ObjectStore,
  { previous }: EpochPlan,
  own: FilesByTable,
): Promise<FilesByTable> {
  if (previous === null) return own;
  const names = tablesOf('stream').map(({ name }) => name);
  const all = new Map(names.map((name): [TableName, TableFile[]] => [name, [...own[name].files]]));
  for await (const manifest of manifestChain(lake, await readStreamManifest(lake, previous))) {
    if (manifest.complete) break;
    for (const name of names.filter(isAddedTo)) {
      all.get(name)?.push(...(manifest.tables[name]?.files ?? []));
    }
  }
  return Object.fromEntries([...all].map(([name, files]) => [name, { files }]));
}

function dimensionEntries(
  { dimensions }: EpochPlan,
  { dimensionCounts }: EpochContext,
): StreamManifest['dimensions'] {
  const filesOf = (copies: readonly DimensionCopy[]) =>
    copies.map(({ key, etag }) => ({ key, etag }));
  return {
    customers: { files: filesOf(dimensions.customers), ...dimensionCounts.customers },
    products: { files: filesOf(dimensions.products), ...dimensionCounts.products },
  };
}
