import { watermarkOf } from '../../../shared/rules/lateness.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import { readHead } from '../../../shared/state/fold.ts';
import { entryOf, isEntryExpired } from '../../../shared/state/log-entry.ts';
import type { ShardHead } from '../../../shared/state/shard-head.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import { transact } from '../../../shared/state/transact.ts';

/** Deletions of one transaction. */
const DELETES_AT_ONCE = 25;

/**
 * Removes log entries that are published and whose claims have expired (stream protocol §6): moves
 * `claimsFrom` first, then deletes what is below, including the remains of a crash.
 */
export async function cleanLogs(context: StreamContext, plan: EpochPlan): Promise<void> {
  const heads = new Map<string, ShardHead>();
  for (const { shard } of plan.shards) {
    const head = await readHead(context, shard);
    if (head !== null) heads.set(shard, head);
  }
  for (const [shardId, head] of heads) {
    const claimsFrom = await moveClaimsFrom(context, shardId, head, heads);
    await deleteBelow(context, shardId, Math.min(claimsFrom, head.publishedThrough + 1));
  }
}

async function moveClaimsFrom(
  context: StreamContext,
  shardId: string,
  head: ShardHead,
  heads: ReadonlyMap<string, ShardHead>,
): Promise<number> {
  const { keys, state, times } = context;
  const watermarkMs = head.sealed
    ? smallestBelow(times.watermarkDelayMs, head, heads)
    : watermarkOf(head, times.watermarkDelayMs);
  let claimsFrom = head.claimsFrom;
  const { pk, range } = keys.logRange(shardId, head.claimsFrom, head.version);
  for await (const { key, attributes } of state.query(pk, range)) {
    // A query may not show yet what HEAD counts already; what is not seen has not expired.
    if (key.sk !== keys.log(shardId, claimsFrom).sk) break;
    if (!isEntryExpired(entryOf(claimsFrom, attributes), watermarkMs, times.dedupeHorizonMs)) break;
    claimsFrom += 1;
  }
  if (claimsFrom === head.claimsFrom) return claimsFrom;
  const status = await transact(context, [
    {
      kind: 'update',
      key: keys.head(shardId),
      set: { claimsFrom },
      tests: [
        { attribute: 'version', equals: head.version },
        { attribute: 'claimsFrom', equals: head.claimsFrom },
      ],
    },
  ]);
  return status === 'committed' ? claimsFrom : head.claimsFrom;
}

/**
 * Both children of a split read all of the parent's claims, so the slowest unsealed descendant
 * decides. A child that has no HEAD yet will begin with the parent's own watermark.
 */
function smallestBelow(
  watermarkDelayMs: number,
  sealed: ShardHead,
  heads: ReadonlyMap<string, ShardHead>,
): number {
  const own = watermarkOf(sealed, watermarkDelayMs);
  const below = sealed.children.map((childId) => {
    const child = heads.get(childId);
    if (child === undefined) return own;
    return child.sealed
      ? smallestBelow(watermarkDelayMs, child, heads)
      : watermarkOf(child, watermarkDelayMs);
  });
  return below.length === 0 ? own : Math.min(...below);
}

async function deleteBelow(context: StreamContext, shardId: string, end: number): Promise<void> {
  const { keys, state } = context;
  if (end <= 1) return;
  const { pk, range } = keys.logRange(shardId, 0, end - 1);
  let found: string[] = [];
  const deleteFound = async () => {
    await transact(
      context,
      found.map((sk) => ({ kind: 'delete', key: { pk, sk } }) as const),
    );
    found = [];
  };
  for await (const { key } of state.query(pk, range)) {
    found.push(key.sk);
    if (found.length === DELETES_AT_ONCE) await deleteFound();
  }
  if (found.length > 0) await deleteFound();
}
