import type { BatchManifest } from '../../../lambdas/batch/run/batch-manifest.ts';
import { listDimension } from '../../../lambdas/shared/ingest/list-landing.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { BATCH_CURRENT_KEY } from '../../../lambdas/shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../../lambdas/shared/state/current-pointer.ts';
import { readBatchManifest } from '../../../lambdas/shared/state/stored-manifests.ts';

/** A kept batch run that was joined with other customers than landing has now. */
export interface OlderRun {
  readonly runId: string;
  readonly createdAt: string;
  readonly isCurrent: boolean;
}

/** Runs whose tables may still hold what landing no longer has, newest first. */
export async function runsBeforeLanding(
  lake: ObjectStore,
  landing: ObjectStore,
): Promise<OlderRun[]> {
  const now = filesText(await listDimension(landing, 'customers'));
  const current = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
  const runs: OlderRun[] = [];
  for await (const { key } of lake.list('manifests/batch/')) {
    if (!/\/\d{8}T[^/]*\.json$/.test(key)) continue;
    const { run_id, created_at, dimensions } = await readBatchManifest<BatchManifest>(lake, key);
    if (filesText(dimensions.customers.files) === now) continue;
    const isCurrent = current?.manifestKey === key;
    runs.push({ runId: run_id, createdAt: created_at, isCurrent });
  }
  return runs.reverse();
}

function filesText(files: readonly { readonly key: string; readonly etag: string }[]): string {
  return JSON.stringify(files.map(({ key, etag }) => [key, etag]));
}
