import { TerminalError } from '../../shared/model/errors.ts';
import type { Door, TableName } from '../../shared/model/tables.ts';
import type { TableFile } from '../../shared/parquet/table-file.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { OutcomeCounts } from '../../shared/rules/outcome.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import { DEFAULT_CONSUMER, StreamLakeKeys } from '../../shared/state/lake-keys.ts';
import { readStreamManifest, tableFilesAsOf } from '../../shared/state/manifest-chain.ts';
import { readBatchManifest } from '../../shared/state/stored-manifests.ts';

export interface SideTables {
  readonly door: Door;
  filesOf(table: TableName): Promise<readonly TableFile[]>;
}

/** What both manifests say of their publication. */
export interface Publication extends SideTables {
  readonly manifestKey: string;
  readonly counts: Readonly<OutcomeCounts>;
  readonly revenueCents: bigint;
}

export interface Publications {
  readonly batch: Publication & { readonly runId: string };
  readonly stream: Publication & { readonly epoch: number; readonly watermarkMs: number | null };
  readonly reportKey: string;
}

/** The parts of a batch manifest (contract §3.1) that a comparison needs. */
interface BatchManifestPart {
  readonly run_id: string;
  readonly counts: Readonly<OutcomeCounts>;
  readonly revenue: string;
  readonly tables: Readonly<Record<string, { readonly files: readonly TableFile[] }>>;
}

/**
 * Opens the current batch run and the current epoch of a consumer. Throws `TerminalError`
 * `nothing_published`, which says what is missing and how to publish it.
 */
export async function openPublications(lake: ObjectStore, consumer: string): Promise<Publications> {
  return await openNamed(lake, consumer, await currentKeys(lake, consumer));
}

/** Keys of manifests. */
export interface PublicationKeys {
  readonly batchKey: string;
  readonly streamKey: string;
}

/** Keys of the current manifests. Throws `TerminalError` `nothing_published`. */
async function currentKeys(lake: ObjectStore, consumer: string): Promise<PublicationKeys> {
  const keys = new StreamLakeKeys(consumer, '');
  const batchKey = (await readCurrentPointer(lake, BATCH_CURRENT_KEY))?.manifestKey ?? null;
  const streamKey = (await readCurrentPointer(lake, keys.current))?.manifestKey ?? null;
  if (batchKey === null || streamKey === null) {
    throw nothingPublished(batchKey === null, streamKey === null, consumer);
  }
  return { batchKey, streamKey };
}

/** Opens two publications by their manifests' keys, current or not. */
export async function openNamed(
  lake: ObjectStore,
  consumer: string,
  { batchKey, streamKey }: PublicationKeys,
): Promise<Publications> {
  const keys = new StreamLakeKeys(consumer, '');
  const batch = await readBatchManifest<BatchManifestPart>(lake, batchKey);
  const stream = await readStreamManifest(lake, streamKey);
  return {
    batch: {
      door: 'batch',
      manifestKey: batchKey,
      runId: batch.run_id,
      counts: batch.counts,
      revenueCents: parseCents(batch.revenue),
      filesOf: async (table: TableName) => batch.tables[table]?.files ?? [],
    },
    stream: {
      door: 'stream',
      manifestKey: streamKey,
      epoch: stream.epoch,
      watermarkMs: stream.watermark === null ? null : Date.parse(stream.watermark),
      counts: stream.counts,
      revenueCents: parseCents(stream.revenue),
      filesOf: remembered((table) => Array.fromAsync(tableFilesAsOf(lake, stream, table))),
    },
    reportKey: keys.reconcileReport(batch.run_id, stream.epoch),
  };
}

/** The chain of manifests is followed once for each table. */
function remembered(filesOf: (table: TableName) => Promise<readonly TableFile[]>) {
  const known = new Map<TableName, Promise<readonly TableFile[]>>();
  return (table: TableName) => {
    const files = known.get(table) ?? filesOf(table);
    known.set(table, files);
    return files;
  };
}

function nothingPublished(
  isBatchMissing: boolean,
  isStreamMissing: boolean,
  consumer: string,
): TerminalError {
  const isDefault = consumer === DEFAULT_CONSUMER;
  const missing: string[] = [];
  if (isBatchMissing) missing.push('the lake holds no batch run; publish one: npx tandem batch');
  if (isStreamMissing) {
    const whose = isDefault ? '' : ` of consumer ${consumer}`;
    const option = isDefault ? '' : ` --consumer ${consumer}`;
    const command = `npx tandem stream --until-idle --drain${option}`;
    missing.push(`the lake holds no stream epoch${whose}; publish one: ${command}`);
  }
  return new TerminalError('nothing_published', missing.join('; '));
}

/** `"-123.45"` → `-12345n`. Manifests that can be read have two decimals. */
function parseCents(text: string): bigint {
  return BigInt(text.replace('.', ''));
}
