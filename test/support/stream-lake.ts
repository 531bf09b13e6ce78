import { formatCents } from '../../lambdas/shared/model/money.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { jsonBytes } from '../../lambdas/shared/runtime/json.ts';
import { StreamLakeKeys } from '../../lambdas/shared/state/lake-keys.ts';
import {
  countsOf,
  type LakeRecord,
  revenueCentsOf,
  rowTables,
  type TableRows,
  totalTables,
  windowRows,
  writeTables,
} from './lake-records.ts';

export interface LakeEpoch {
  readonly records: readonly LakeRecord[];
  /** Null: no window is final. */
  readonly watermarkMs: number | null;
  readonly isComplete?: boolean;
}

export interface StreamLakeOptions {
  readonly consumer?: string;
  /** Changes rows of the last epoch before they are written: damage that must be found. */
  readonly damage?: (tables: TableRows) => TableRows;
}

/**
 * Publishes epochs of a stream whose records already have their outcomes: tables, chain of
 * manifests, CURRENT. Numbers begin at 1.
 */
export async function publishEpochs(
  lake: ObjectStore,
  epochs: readonly LakeEpoch[],
  { consumer = 'default', damage = (tables) => tables }: StreamLakeOptions = {},
): Promise<void> {
  const keys = new StreamLakeKeys(consumer, 'orders');
  const sinceComplete: Record<string, { files: unknown[] }> = {};
  let previousComplete: string | null = null;
  let afterMs = Number.NEGATIVE_INFINITY;
  let all: LakeRecord[] = [];
  for (const [index, { records, watermarkMs, isComplete = false }] of epochs.entries()) {
    const epoch = index + 1;
    all = [...all, ...records];
    const untilMs = watermarkMs ?? Number.NEGATIVE_INFINITY;
    const own = {
      ...rowTables('stream', records),
      window_revenue: windowRows(all, { afterMs, untilMs }),
    };
    const isLast = epoch === epochs.length;
    const rows = { ...own, ...totalTables(all) };
    const tables = await writeTables(lake, 'stream', isLast ? damage(rows) : rows, (name) =>
      keys.table(name, epoch),
    );
    for (const name of Object.keys(own)) {
      sinceComplete[name] ??= { files: [] };
      sinceComplete[name].files.push(...(tables[name]?.files ?? []));
    }
    const listed = isComplete ? { ...tables, ...structuredClone(sinceComplete) } : tables;
    const manifest = {
      kind: 'stream',
      epoch,
      status: 'published',
      created_at: '2026-02-01T00:00:00.000Z',
      stream: 'orders',
      consumer,
      watermark: watermarkMs === null ? null : new Date(watermarkMs).toISOString(),
      previous: epoch === 1 ? null : keys.manifest(epoch - 1),
      previous_complete: previousComplete,
      complete: isComplete,
      counts: countsOf(all),
      epoch_counts: countsOf(records),
      issues: {},
      revenue: formatCents(revenueCentsOf(all)),
      rejected_files: [],
      inputs: [],
      tables: listed,
    };
    await lake.put(keys.manifest(epoch), jsonBytes(manifest));
    if (isComplete) {
      previousComplete = keys.manifest(epoch);
      for (const name of Object.keys(sinceComplete)) sinceComplete[name] = { files: [] };
    }
    afterMs = Math.max(afterMs, untilMs);
  }
  await lake.put(keys.current, jsonBytes({ manifest: keys.manifest(epochs.length) }));
}
