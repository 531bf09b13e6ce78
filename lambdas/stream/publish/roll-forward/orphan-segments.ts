import type { PlannedShard } from '../../../shared/state/epoch-plan.ts';
import { digits } from '../../../shared/state/state-keys.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';

/** Segments whose versions differ in these last digits only are listed at once. */
const LISTED_DIGITS = 3;

/**
 * Removes segments of lost attempts: of these entries' versions, all that no entry names. An entry
 * never changes, so an attempt that lost once has lost for good.
 */
export async function removeOrphanSegments(
  { lake, lakeKeys }: StreamContext,
  shards: readonly PlannedShard[],
): Promise<void> {
  const segmentsOfShard = new Map<string, Map<number, string | null>>();
  for (const { shard, entries } of shards) {
    const segments = segmentsOfShard.get(shard) ?? new Map<number, string | null>();
    segmentsOfShard.set(shard, segments);
    for (const { version, segment } of entries) segments.set(version, segment);
  }
  for (const [shard, segments] of segmentsOfShard) {
    const folder = lakeKeys.segmentsOf(shard);
    const prefixes = [...segments.keys()].map((version) =>
      digits(version).slice(0, -LISTED_DIGITS),
    );
    for (const prefix of new Set(prefixes)) {
      const orphans: string[] = [];
      for await (const { key } of lake.list(`${folder}${prefix}`)) {
        const named = segments.get(Number.parseInt(key.slice(folder.length), 10));
        if (named !== undefined && named !== key) orphans.push(key);
      }
      await lake.delete(orphans);
    }
  }
}
