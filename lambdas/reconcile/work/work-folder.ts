import { MS_PER_DAY } from '../../shared/model/time.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

/** Names the folder of temporary objects of one comparison; no other one may have the same. */
export interface Attempt {
  readonly startedAtMs: number;
  readonly id: string;
}

const PREFIX = 'work/reconcile-';
/** Longer than any comparison: an older folder was left by a killed one. */
const STALE_AFTER_MS = MS_PER_DAY;

/** Prefix of an attempt's temporary objects: `work/reconcile-20260131T120000Z-<id>/`. */
export function workPrefixOf({ startedAtMs, id }: Attempt): string {
  return `${PREFIX}${stampOf(startedAtMs)}-${id}/`;
}

/** Removes what this attempt spilled, and old remains of killed ones. */
export async function removeWork(lake: ObjectStore, attempt: Attempt): Promise<void> {
  const own = workPrefixOf(attempt);
  const stale = `${PREFIX}${stampOf(attempt.startedAtMs - STALE_AFTER_MS)}`;
  const keys: string[] = [];
  for await (const { key } of lake.list(PREFIX)) {
    if (key.startsWith(own) || key < stale) keys.push(key);
  }
  await lake.delete(keys);
}

/** Stamps sort by time. */
function stampOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, '');
}
