import { tryAll } from '../../shared/model/errors.ts';
import { tablesOf } from '../../shared/model/tables.ts';
import type { EpochMs } from '../../shared/model/time.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { batchTableFolder } from '../../shared/state/batch-keys.ts';
import { manifestFolder, manifestKey, planFolder, planKey, workPrefix } from '../run/batch-plan.ts';

const RUN_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}$/;

/** When a run was planned, read from its id; null if the text is no run id. */
export function runStartedAtMs(runId: string): EpochMs | null {
  const match = RUN_ID.exec(runId);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) as EpochMs;
}

/**
 * Removes what runs started before `beforeMs` left, published or dead, except the runs in `keep`.
 * Removes the manifest first, so that none ever names a missing file. Safe to repeat or interrupt.
 */
export async function removeOldRuns(
  lake: ObjectStore,
  options: { readonly beforeMs: number; readonly keep: readonly string[] },
): Promise<void> {
  const old = new Map<string, string[]>();
  const note = (runId: string, ...keys: readonly string[]) => {
    const startedAtMs = runStartedAtMs(runId);
    if (startedAtMs === null || startedAtMs >= options.beforeMs) return;
    if (options.keep.includes(runId)) return;
    const own = old.get(runId) ?? [];
    own.push(...keys);
    old.set(runId, own);
  };
  const prefixes = [...tablesOf('batch').map(({ name }) => `tables/batch/${name}/run=`), 'work/'];
  for (const prefix of prefixes) {
    for await (const { key } of lake.list(prefix)) {
      note(key.slice(prefix.length).split('/')[0], key);
    }
  }
  // A run that was killed before it wrote a table has left its plan only.
  for (const keyOf of [manifestKey, planKey]) {
    const prefix = keyOf('').replace('.json', '');
    for await (const { key } of lake.list(prefix)) {
      const [name, ...parts] = key.slice(prefix.length).split('/');
      note(name.replace('.json', ''), ...(parts.length === 0 ? [] : [key]));
    }
  }
  for (const [runId, files] of old) {
    await lake.delete([manifestKey(runId), planKey(runId)]);
    await lake.delete(files);
  }
}

/**
 * Removes everything of a run that was not published. A failing step does not stop the others; the
 * first error is thrown at the end.
 */
export async function discardRun(lake: ObjectStore, runId: string): Promise<void> {
  await tryAll([
    () => lake.delete([manifestKey(runId), planKey(runId)]),
    () => deletePrefix(lake, manifestFolder(runId)),
    () => deletePrefix(lake, planFolder(runId)),
    () => removeWork(lake, runId),
    ...tablesOf('batch').map(
      ({ name }) =>
        () =>
          deletePrefix(lake, batchTableFolder(name, runId)),
    ),
  ]);
}

/** Removes the temporary objects of a run. Safe to repeat. */
export async function removeWork(lake: ObjectStore, runId: string): Promise<void> {
  await deletePrefix(lake, workPrefix(runId));
}

async function deletePrefix(lake: ObjectStore, prefix: string): Promise<void> {
  await lake.delete(await Array.fromAsync(lake.list(prefix), ({ key }) => key));
}
