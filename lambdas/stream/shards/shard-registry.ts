import { ShardNotFoundError } from '../../shared/model/errors.ts';
import type { Shard } from '../../shared/ports/event-stream.ts';
import { readHead } from '../../shared/state/fold.ts';
import type { ShardHead } from '../../shared/state/shard-head.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { createHead, seal } from './open-shard.ts';
import { positionAfter } from './skipped-records.ts';

/** A shard with state. */
export interface KnownShard extends Shard {
  readonly head: ShardHead;
}

/**
 * All shards that ever were and that the stream lists, parents before children (stream protocol §3,
 * P1, P2). Creates missing HEADs and seals finished parents: otherwise a child without records
 * would hold the watermark forever. Leaves out a child whose parent is not sealed yet.
 */
export async function settleShards(context: StreamContext): Promise<KnownShard[]> {
  const listed = await context.stream.listShards();
  const registered = await readRegistry(context);
  const all = new Map([...listed, ...registered].map((shard) => [shard.shardId, shard]));
  for (const shard of parentsFirst([...all.values()])) {
    const head = await readHead(context, shard.shardId);
    if (head === null) {
      if (await areParentsOver(context, shard)) await createHead(context, shard);
    } else if (!head.sealed && hasChildren(listed, shard)) {
      await sealIfEnded(context, listed, shard.shardId, head);
    } else if (!head.sealed && !listed.some(({ shardId }) => shardId === shard.shardId)) {
      await sealIfGone(context, shard.shardId, head);
    }
  }
  return await withoutGoneChildren(context, await withHeads(context, [...all.values()]));
}

/**
 * A child that left the stream before anybody met it never gets a HEAD, and is not waited for. It
 * was listed when its parent was sealed, so only a listing after that tells.
 */
async function withoutGoneChildren(
  { stream }: StreamContext,
  shards: readonly KnownShard[],
): Promise<KnownShard[]> {
  const known = new Set(shards.map(({ shardId }) => shardId));
  const isKnown = (shardId: string) => known.has(shardId);
  if (shards.every(({ head }) => head.children.every(isKnown))) return [...shards];
  for (const { shardId } of await stream.listShards()) known.add(shardId);
  return shards.map((shard) => {
    const children = shard.head.children.filter(isKnown);
    return { ...shard, head: { ...shard.head, children } };
  });
}

/** All shards that have state, parents before children, with their current HEADs. */
export async function readShards(context: StreamContext): Promise<KnownShard[]> {
  return await withHeads(context, await readRegistry(context));
}

async function withHeads(context: StreamContext, shards: readonly Shard[]): Promise<KnownShard[]> {
  const known: KnownShard[] = [];
  for (const shard of parentsFirst(shards)) {
    const head = await readHead(context, shard.shardId);
    if (head !== null) known.push({ ...shard, head });
  }
  return known;
}

async function readRegistry({ state, keys }: StreamContext): Promise<Shard[]> {
  const shards: Shard[] = [];
  for await (const { key, attributes } of state.query(keys.shards)) {
    const { parents, hashKeyStart, hashKeyEnd } = attributes as unknown as RegistryItem;
    const hashKeyRange = { start: hashKeyStart, end: hashKeyEnd };
    shards.push({ shardId: key.sk, parentShardIds: parents, hashKeyRange });
  }
  return shards;
}

/** The form that `createHead` writes. */
interface RegistryItem {
  readonly parents: readonly string[];
  readonly hashKeyStart: string;
  readonly hashKeyEnd: string;
}

function parentsFirst(shards: readonly Shard[]): Shard[] {
  const byId = new Map(shards.map((shard) => [shard.shardId, shard]));
  const ordered = new Set<Shard>();
  const visit = (shard: Shard) => {
    for (const parentId of shard.parentShardIds) {
      const parent = byId.get(parentId);
      if (parent !== undefined && !ordered.has(parent)) visit(parent);
    }
    ordered.add(shard);
  };
  for (const shard of [...shards].sort((a, b) => (a.shardId < b.shardId ? -1 : 1))) visit(shard);
  return [...ordered];
}

function hasChildren(listed: readonly Shard[], { shardId }: Shard): boolean {
  return listed.some(({ parentShardIds }) => parentShardIds.includes(shardId));
}

/** Sealed, or not known to anybody any more. */
async function areParentsOver(context: StreamContext, shard: Shard): Promise<boolean> {
  for (const parentId of shard.parentShardIds) {
    const head = await readHead(context, parentId);
    if (head !== null) {
      if (!head.sealed) return false;
    } else if (await isReadable(context, parentId)) {
      return false;
    }
  }
  return true;
}

async function isReadable({ stream }: StreamContext, shardId: string): Promise<boolean> {
  return (await stream.listShards()).some((shard) => shard.shardId === shardId);
}

/**
 * A shard that the stream no longer lists may be gone with its children, which then cannot seal it.
 * The listing may also be older than the shard, so a read decides.
 */
async function sealIfGone(
  context: StreamContext,
  shardId: string,
  { checkpoint }: ShardHead,
): Promise<void> {
  try {
    await context.stream.read(shardId, positionAfter(context, checkpoint), 1);
  } catch (error) {
    if (!(error instanceof ShardNotFoundError)) throw error;
    context.metrics.count('StreamGap', { shardId });
    await seal(context, await context.stream.listShards(), shardId, false);
  }
}

/**
 * Ended if a read after the checkpoint gives no record and nothing follows (stream protocol §5).
 */
async function sealIfEnded(
  context: StreamContext,
  listed: readonly Shard[],
  shardId: string,
  { checkpoint }: ShardHead,
): Promise<void> {
  try {
    const result = await context.stream.read(shardId, positionAfter(context, checkpoint), 1);
    if (result.records.length > 0 || result.next !== null) return;
    if (checkpoint !== null && result.mayHaveLost) {
      context.metrics.count('StreamGap', { shardId });
    }
    await seal(context, listed, shardId, true);
  } catch (error) {
    if (!(error instanceof ShardNotFoundError)) throw error;
    // Its children are listed and it is not: its unread records are gone.
    context.metrics.count('StreamGap', { shardId });
    await seal(context, listed, shardId, false);
  }
}
