import { MS_PER_DAY } from '../../shared/model/time.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

/** Names the folder of temporary objects of one comparison; no other one may have the same. */
export interface Attempt {
  readonly startedAtMs: number;
  readonly id: string;
}

const PREFIX = 'work/reconcile-';
/** No comparison takes so long: an older folder is what a killed one left. */
const STALE_AFTER_MS = MS_PER_DAY;

/** `work/reconcile-20260131T120000Z-<id>/` */
export function workPrefixOf({ startedAtMs, id }: Attempt): string {
  return `${PREFIX}${stampOf(startedAtMs)}-${id}/`;
}

/** Removes what this attempt spilled, and what killed ones left behind long ago. */
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
