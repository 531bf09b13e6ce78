import { TerminalError } from '../../../shared/model/errors.ts';
import { inParallel } from '../../../shared/runtime/parallel.ts';
import { readCurrentPointer } from '../../../shared/state/current-pointer.ts';
import type { PlannedEntry, PlannedShard } from '../../../shared/state/epoch-plan.ts';
import { readHead } from '../../../shared/state/fold.ts';
import { epochOfKey, type StreamLakeKeys } from '../../../shared/state/lake-keys.ts';
import { manifestsAfter, readStreamManifest } from '../../../shared/state/manifest-chain.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { StreamManifest } from '../../../shared/state/stream-manifest.ts';
import type { ConsumeMemory } from '../../consume/append-records.ts';
import { createConsumeMemory } from '../../consume/consume-orders.ts';
import { FoldCache } from '../../consume/fold-cache.ts';
import { createHead } from '../../shards/open-shard.ts';
import { ShardReplay, type ShardReplayed } from './shard-replay.ts';

/**
 * Shards side by side. The fold of each is in memory meanwhile, beyond `stream.foldCacheBytes` if
 * need be.
 */
const PARALLEL_SHARDS = 4;
/** Segments read at once, of all shards: as many connections as a client of S3 opens. */
const PARALLEL_READS = 64;
/**
 * Manifests taken together; at the end of such a group all shards wait for each other, and the
 * progress is reported.
 */
const GROUP_MANIFESTS = 100;
const GROUP_ENTRIES = 5_000;

/** How far a replay has come. */
export interface ReplayProgress {
  /** Epoch of the source that was taken as a whole. */
  readonly epoch: number;
  /** The source's last epoch when the replay began. */
  readonly lastEpoch: number;
  /** Records replayed so far; those of an earlier, interrupted replay are left out. */
  readonly records: number;
}

/**
 * Fills the logs of a new consumer from another one's raw archive (stream protocol §7): manifests
 * in order give segments, fences and seals, never a listing. With the source's rules the outcomes
 * are the same; entries may be fewer and larger. Skips, by sequence number, what the consumer has
 * already: an interrupted replay continues, and a later one adds what was published since. Throws
 * `TerminalError`: `nothing_published` if the source has no epoch, `segment_missing`.
 */
export async function* replayRaw(
  context: StreamContext,
  source: StreamLakeKeys,
  isTimeUp: () => boolean = () => false,
): AsyncGenerator<ReplayProgress> {
  const { lake, state, keys, randomness } = context;
  const current = await readCurrentPointer(lake, source.current);
  if (current === null) {
    const message = `${source.current} does not exist, so there is no epoch to replay; publish one first`;
    throw new TerminalError('nothing_published', message);
  }
  const { manifestKey: newestKey } = current;
  const position = await state.get(keys.replayed);
  let doneEpoch = (position?.attributes.epoch ?? 0) as number;
  const replay: Replay = {
    context,
    isTimeUp,
    childrenOf: await familyOf(context, newestKey),
    memories: [],
    folds: new FoldCache(context.config.stream.foldCacheBytes),
    headsMade: new Set(),
  };
  const lastEpoch = epochOfKey(newestKey);
  let records = 0;
  for await (const group of groupsOf(manifestsAfter(lake, newestKey, doneEpoch))) {
    const replayed = await replayGroup(replay, group.shards);
    records += replayed.records;
    if (replayed.isWhole) {
      doneEpoch = epochOfKey(group.lastKey);
      const attributes = { epoch: doneEpoch, manifest: group.lastKey };
      await state.transact([{ kind: 'put', key: keys.replayed, attributes }], randomness.id());
    }
    if (replayed.isWhole || replayed.records > 0) yield { epoch: doneEpoch, lastEpoch, records };
    if (!replayed.isWhole || isTimeUp()) return;
  }
}

interface Replay {
  readonly context: StreamContext;
  readonly isTimeUp: () => boolean;
  /** The stream may have forgotten shards that the manifests know, and know newer ones. */
  readonly childrenOf: (shardId: string) => readonly string[];
  /** Memories that no shard uses at the moment. */
  readonly memories: ConsumeMemory[];
  readonly folds: FoldCache;
  readonly headsMade: Set<string>;
}

/** What some manifests hold of one shard. */
type ArchivedShard = Omit<PlannedShard, 'from_version' | 'to_version'>;

interface ManifestGroup {
  /** Parents before their children, as in each manifest. */
  readonly shards: readonly ArchivedShard[];
  /** Key of the last manifest. */
  readonly lastKey: string;
}

async function* groupsOf(
  manifests: AsyncIterable<{ readonly key: string; readonly manifest: StreamManifest }>,
): AsyncGenerator<ManifestGroup> {
  let shards = new Map<string, ArchivedShard & { readonly entries: PlannedEntry[] }>();
  let manifestCount = 0;
  let entryCount = 0;
  let lastKey: string | null = null;
  for await (const { key, manifest } of manifests) {
    for (const input of manifest.inputs) {
      const shard = shards.get(input.shard) ?? { ...input, entries: [] };
      for (const entry of input.entries) shard.entries.push(entry);
      shards.set(input.shard, shard);
      entryCount += input.entries.length;
    }
    manifestCount += 1;
    lastKey = key;
    if (manifestCount < GROUP_MANIFESTS && entryCount < GROUP_ENTRIES) continue;
    yield { shards: [...shards.values()], lastKey };
    shards = new Map();
    manifestCount = 0;
    entryCount = 0;
    lastKey = null;
  }
  if (lastKey !== null) yield { shards: [...shards.values()], lastKey };
}

/** A manifest lists every shard that ever was. */
async function familyOf(
  { lake, stream }: StreamContext,
  newestKey: string,
): Promise<Replay['childrenOf']> {
  const parentsOf = new Map<string, readonly string[]>();
  for (const { shardId, parentShardIds } of await stream.listShards()) {
    parentsOf.set(shardId, parentShardIds);
  }
  const { inputs } = await readStreamManifest(lake, newestKey);
  for (const { shard, parents } of inputs) parentsOf.set(shard, parents);
  const shards = [...parentsOf];
  return (shardId) =>
    shards.filter(([, parents]) => parents.includes(shardId)).map(([childId]) => childId);
}

/** Logs of shards are independent, but a child begins where its parents end. */
async function replayGroup(
  replay: Replay,
  shards: readonly ArchivedShard[],
): Promise<ShardReplayed> {
  const busy = shards.filter(({ entries }) => entries.length > 0).length;
  const parallelReads = Math.floor(PARALLEL_READS / Math.min(PARALLEL_SHARDS, Math.max(1, busy)));
  const ends = new Map<string, Promise<ShardReplayed>>();
  const replayed = await inParallel(shards, PARALLEL_SHARDS, (shard) => {
    // Parents come before their children, so they have begun.
    const parents = shard.parents.flatMap((parentId) => ends.get(parentId) ?? []);
    const end = replayAfter(replay, parents, shard, parallelReads);
    ends.set(shard.shard, end);
    return end;
  });
  return {
    isWhole: replayed.every(({ isWhole }) => isWhole),
    records: replayed.reduce((sum, { records }) => sum + records, 0),
  };
}

/** A child has to wait for another call where a parent was not replayed to its end. */
async function replayAfter(
  replay: Replay,
  parents: readonly Promise<ShardReplayed>[],
  shard: ArchivedShard,
  parallelReads: number,
): Promise<ShardReplayed> {
  const { context, folds, memories, headsMade, isTimeUp } = replay;
  const { shard: shardId, parents: parentShardIds, hash_key_range: hashKeyRange, entries } = shard;
  const ended = await Promise.all(parents);
  if (isTimeUp() || ended.some(({ isWhole }) => !isWhole)) return { isWhole: false, records: 0 };
  if (!headsMade.has(shardId)) {
    if ((await readHead(context, shardId)) === null) {
      await createHead(context, { shardId, parentShardIds, hashKeyRange });
    }
    headsMade.add(shardId);
  }
  if (entries.length === 0) return { isWhole: true, records: 0 };
  const memory = memories.pop() ?? createConsumeMemory(context);
  const children = replay.childrenOf(shardId);
  const options = { context, shardId, memory, folds, parallelReads, isTimeUp, children };
  const replayed = await new ShardReplay(options).replay(entries);
  memories.push(memory);
  return replayed;
}
