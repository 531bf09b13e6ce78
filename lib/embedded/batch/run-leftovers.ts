import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { discardRun, removeWork } from '../../../lambdas/batch/publish-run/remove-old-runs.ts';
import { type BatchPlan, manifestKey, workPrefix } from '../../../lambdas/batch/run/batch-plan.ts';
import { storageError } from '../../../lambdas/shared/adapters/local/file-errors.ts';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { RetryableError, TerminalError, tryAll } from '../../../lambdas/shared/model/errors.ts';
import { tablesOf } from '../../../lambdas/shared/model/tables.ts';
import { BATCH_CURRENT_KEY, batchTableFolder } from '../../../lambdas/shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../../lambdas/shared/state/current-pointer.ts';
import type { BatchRunOptions } from './run-options.ts';

/** A failed clean-up does not fail the run; it is reported. */
export async function tidily(
  { onLeftover }: BatchRunOptions,
  tidy: () => Promise<void>,
): Promise<void> {
  try {
    await tidy();
  } catch (error) {
    if (!(error instanceof TerminalError || error instanceof RetryableError)) throw error;
    onLeftover?.(`cannot remove all expired runs: ${error.message}`);
  }
}

/** Prefixes that batch and reconcile write to. */
const SWEPT_PREFIXES = ['tables/batch/', 'work/', 'manifests/batch/', 'state/batch/', 'reports/'];

/**
 * Removes what killed processes left: files that never got their key, and locks. Before anything is
 * written, because on a full disk the run may need the room.
 */
export async function sweepTemporaries(lakeDir: string): Promise<void> {
  const files = new FileObjectStore(lakeDir);
  await tryAll(
    SWEPT_PREFIXES.map((prefix) => async () => void (await files.removeStaleTemporaries(prefix))),
  );
}

/**
 * Removes what a failed run left, needs no space for it, and does all that can be done. Threads
 * that were stopped may have left files that have no key yet, so the folders go as a whole. A run
 * that `CURRENT.json` names all the same was published before it failed, and stays.
 */
export async function discard(
  { lake, lakeDir }: BatchRunOptions,
  { runId }: BatchPlan,
): Promise<void> {
  const current = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
  const isCurrent = current?.manifestKey === manifestKey(runId);
  const tables = tablesOf('batch').map(({ name }) => batchTableFolder(name, runId));
  const folders = isCurrent ? [workPrefix(runId)] : [workPrefix(runId), ...tables];
  await tryAll([
    () => (isCurrent ? removeWork(lake, runId) : discardRun(lake, runId)),
    ...(lakeDir === undefined ? [] : folders).map((folder) => () => {
      removeFolder(join(lakeDir ?? '', folder), folder);
    }),
  ]);
}

function removeFolder(path: string, key: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw storageError(key, error);
  }
}
