import { ObjectNotFoundError } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { compactJsonBytes, parseJson } from '../../shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import { StreamLakeKeys } from '../../shared/state/lake-keys.ts';
import type { ClassName } from '../model/difference.ts';

/** What the function compared last: one object, which each comparison replaces. */
const LAST_KEY = 'state/reconcile/last.json';

/** What a comparison found, as it is told to an operator. */
export interface ComparedResult {
  /** Orders that only one side received make them differ, too; no alarm comes of that. */
  readonly status: 'agree' | 'differ';
  readonly runId: string;
  readonly epoch: number;
  /** Order ids of each class that occurs; of `window_not_final`, cells. */
  readonly classes: Readonly<Partial<Record<ClassName, number>>>;
  readonly unexplained: number;
  readonly batchRevenue: string;
  readonly streamRevenue: string;
  readonly reportKey: string;
}

/** How the last comparison ended. */
export interface LastComparison {
  /** What was compared, and by what: the same text, the same verdict. */
  readonly pair: string;
  readonly verdict:
    | { readonly kind: 'compared'; readonly result: ComparedResult }
    /** The time was over; with as many records it will be over again. */
    | { readonly kind: 'too_long'; readonly records: number; readonly atMs: number };
  /** What both publications were compared by, without them. */
  readonly by: string;
}

/** What is remembered of the last comparison; null if there was none. */
export async function readLast(lake: ObjectStore): Promise<LastComparison | null> {
  try {
    return parseJson<LastComparison>(await lake.get(LAST_KEY));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}

/**
 * Remembers a comparison. Of two at once the later one wins, which costs at most one more
 * comparison.
 */
export async function putLast(lake: ObjectStore, last: LastComparison): Promise<void> {
  await lake.put(LAST_KEY, compactJsonBytes(last));
}

/**
 * Names both current publications, with what else decides the verdict (`by`); null if one is
 * missing. Reads two small objects.
 */
export async function currentPair(
  lake: ObjectStore,
  consumer: string,
  by: string,
): Promise<string | null> {
  const batch = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
  const stream = await readCurrentPointer(lake, new StreamLakeKeys(consumer, '').current);
  if (batch === null || stream === null) return null;
  return pairOf(batch.manifestKey, stream.manifestKey, by);
}

/**
 * Names a pair of publications and what else decides the verdict. Equal names mean an equal
 * verdict.
 */
export function pairOf(batchManifestKey: string, streamManifestKey: string, by: string): string {
  return JSON.stringify([batchManifestKey, streamManifestKey, by]);
}
