import { manifestKey } from '../../lambdas/batch/run/batch-plan.ts';
import { formatCents } from '../../lambdas/shared/model/money.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { jsonBytes } from '../../lambdas/shared/runtime/json.ts';
import { BATCH_CURRENT_KEY, batchTableFolder } from '../../lambdas/shared/state/batch-keys.ts';
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

export const RUN_ID = '20260201T000000Z-0000000a';

/** Publishes a batch run whose records already have their outcomes, whatever they are. */
export async function publishBatch(
  lake: ObjectStore,
  records: readonly LakeRecord[],
  damage: (tables: TableRows) => TableRows = (tables) => tables,
): Promise<void> {
  const everything = {
    afterMs: Number.NEGATIVE_INFINITY,
    untilMs: Number.POSITIVE_INFINITY,
  };
  const rows = {
    ...rowTables('batch', records),
    ...totalTables(records),
    window_revenue: windowRows(records, everything),
  };
  const manifest = {
    kind: 'batch',
    run_id: RUN_ID,
    status: 'published',
    created_at: '2026-02-01T00:00:00.000Z',
    counts: countsOf(records),
    issues: {},
    revenue: formatCents(revenueCentsOf(records)),
    rejected_files: [],
    inputs: [],
    tables: await writeTables(lake, 'batch', damage(rows), (name) =>
      batchTableFolder(name, RUN_ID),
    ),
  };
  await lake.put(manifestKey(RUN_ID), jsonBytes(manifest));
  await lake.put(BATCH_CURRENT_KEY, jsonBytes({ manifest: manifestKey(RUN_ID) }));
}
