import type { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { tablesOf } from '../../../lambdas/shared/model/tables.ts';
import { findEpochHead } from '../../../lambdas/shared/state/epoch-head.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';

/**
 * Removes temporary files that killed processes of this stream left in the lake, wherever they may
 * have written: segments, state, and the tables of the epoch after the committed one, under any
 * number it was planned. Keeps those of living processes. Returns how many files.
 */
export async function sweepTemporaries(
  files: FileObjectStore,
  context: StreamContext,
): Promise<number> {
  const { lakeKeys } = context;
  const { committedEpoch, plannedEpoch } = await findEpochHead(context);
  const folders = [lakeKeys.segments, lakeKeys.state, lakeKeys.manifests];
  const last = Math.max(committedEpoch + 1, plannedEpoch ?? 0);
  for (let epoch = Math.max(1, committedEpoch); epoch <= last; epoch++) {
    for (const { name } of tablesOf('stream')) folders.push(lakeKeys.table(name, epoch));
  }
  let count = 0;
  for (const folder of folders) count += await files.removeStaleTemporaries(folder);
  return count;
}
