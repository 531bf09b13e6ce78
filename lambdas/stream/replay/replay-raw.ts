import { OrderColumns } from '../../shared/ingest/order-columns.ts';
import { EventParser } from '../../shared/ingest/parse-events.ts';
import { StatusParser } from '../../shared/ingest/status-parser.ts';
import type { EpochMs } from '../../shared/model/time.ts';
import type { StateOperation } from '../../shared/ports/state-store.ts';
import { assert, TerminalError } from '../../shared/runtime/errors.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { PlannedEntry, PlannedShard } from '../../shared/state/epoch-plan.ts';
import { foldShard, readHead, type ShardFold } from '../../shared/state/fold.ts';
import type { StreamLakeKeys } from '../../shared/state/lake-keys.ts';
import { readStreamManifest } from '../../shared/state/manifest-chain.ts';
import { decodeSegment, readSegment } from '../../shared/state/segment.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import type { StreamManifest } from '../../shared/state/stream-manifest.ts';
import type { TransactStatus } from '../../shared/state/transact.ts';
import { appendRecords, type ConsumeMemory } from '../consume-orders/append-records.ts';
import { Classifier } from '../consume-orders/classify.ts';
import { raiseFloor } from '../plan-epoch/raise-floors.ts';
import { addRange, readRedriven } from '../redrive-records/redriven.ts';
import { createHead, sealOnce } from '../reshard/open-shard.ts';

/** Rows of the largest entry: as many as a consumer classifies at once. */
const MAX_ROWS = 10_000;
/** An entry becomes one entry again, whatever the rules make of its records. */
const NO_LIMITS = { claimBytes: Number.POSITIVE_INFINITY, segmentBytes: Number.POSITIVE_INFINITY };

/** How far a replay has come. */
export interface ReplayProgress {
  readonly epochsDone: number;
  readonly epochs: number;
  /** Records replayed so far; those of an earlier, interrupted replay are left out. */
  readonly records: number;
}

/**
 * Fills the logs of a new consumer from another one's raw archive (stream protocol §7): manifests
 * in order give segments, fences and seals, never a listing. Each entry becomes one entry with the
 * same version, so a replay that was stopped goes on where it was; with the rules of the source its
 * outcomes are the same. Afterwards the new consumer goes on from the stream. Throws
 * `TerminalError`: `nothing_published` where the source has no epoch, `segment_missing`.
 */
export async function* replayRaw(
  context: StreamContext,
  source: StreamLakeKeys,
): AsyncGenerator<ReplayProgress> {
  const { keys, childrenOf } = await readArchive(context, source);
  const memory = createMemory(context);
  let records = 0;
  for (const [index, key] of keys.entries()) {
    const manifest = await readStreamManifest(context.lake, key);
    for (const shard of manifest.inputs) {
      records += await replayShard(context, shard, childrenOf(shard.shard), memory);
    }
    yield { epochsDone: index + 1, epochs: keys.length, records };
  }
}

interface Archive {
  /** Of all manifests, the oldest first. */
  readonly keys: readonly string[];
  /** The stream may have forgotten shards that the manifests know, and know newer ones. */
  readonly childrenOf: (shardId: string) => readonly string[];
}

async function readArchive(
  { lake, stream }: StreamContext,
  source: StreamLakeKeys,
): Promise<Archive> {
  const current = await readCurrentPointer(lake, source.current);
  if (current === null) {
    const message = `${source.current} does not exist: there is no epoch to replay`;
    throw new TerminalError('nothing_published', message);
  }
  const keys: string[] = [];
  const parentsOf = new Map<string, readonly string[]>();
  for (const { shardId, parentShardIds } of await stream.listShards()) {
    parentsOf.set(shardId, parentShardIds);
  }
  let key: string | null = current.manifestKey;
  while (key !== null) {
    keys.unshift(key);
    const manifest: StreamManifest = await readStreamManifest(lake, key);
    for (const { shard, parents } of manifest.inputs) parentsOf.set(shard, parents);
    key = manifest.previous;
  }
  const shards = [...parentsOf];
  return {
    keys,
    childrenOf: (shardId) =>
      shards.filter(([, parents]) => parents.includes(shardId)).map(([childId]) => childId),
  };
}

function createMemory({ config, times }: StreamContext): ConsumeMemory {
  return {
    parser: new EventParser(new StatusParser(config.rules.statuses)),
    classifier: new Classifier(times, NO_LIMITS, MAX_ROWS),
    columns: new OrderColumns(MAX_ROWS),
    arrivalTimeMs: new Float64Array(MAX_ROWS),
    segmentBytes: new Float64Array(MAX_ROWS),
  };
}

/** Parents stand before their children in a manifest, so they are sealed when these are made. */
async function replayShard(
  context: StreamContext,
  shard: PlannedShard,
  children: readonly string[],
  memory: ConsumeMemory,
): Promise<number> {
  const { shard: shardId, parents: parentShardIds, hash_key_range: hashKeyRange } = shard;
  if ((await readHead(context, shardId)) === null) {
    await createHead(context, { shardId, parentShardIds, hashKeyRange });
  }
  let fold: ShardFold | null = null;
  let records = 0;
  for (const entry of shard.entries) {
    for (;;) {
      fold = await foldShard(context, shardId, fold);
      assert(fold !== null, `${shardId} has a HEAD`);
      if (fold.head.version >= entry.version) break;
      assert(fold.head.version === entry.version - 1, 'a replay misses no entry');
      const { status, count } = await replayEntry(context, fold, entry, children, memory);
      if (status === 'committed') records += count;
      else fold = null;
    }
  }
  return records;
}

async function replayEntry(
  context: StreamContext,
  fold: ShardFold,
  entry: PlannedEntry,
  children: readonly string[],
  memory: ConsumeMemory,
): Promise<{ readonly status: TransactStatus; readonly count: number }> {
  switch (entry.kind) {
    case 'fence': {
      assert(entry.floor !== null, 'a fence has a floor');
      const floorMs = Math.max(fold.head.floorMs, Date.parse(entry.floor)) as EpochMs;
      return { status: await raiseFloor(context, fold, floorMs, 'drain'), count: 0 };
    }
    case 'seal': {
      const endReached = entry.end_reached === true;
      return { status: await sealOnce(context, fold, children, endReached), count: 0 };
    }
    case 'records':
    case 'redrive':
      return await replayRecords(context, fold, entry, memory);
  }
}

async function replayRecords(
  context: StreamContext,
  fold: ShardFold,
  entry: PlannedEntry,
  memory: ConsumeMemory,
): Promise<{ readonly status: TransactStatus; readonly count: number }> {
  const { segment: key, sha256, version, source_shard: sourceShard, gap_after: gapAfter } = entry;
  assert(key !== null && sha256 !== null, 'an entry with records has a segment');
  const bytes = await readSegment(
    context.lake,
    { key, sha256 },
    { shardId: fold.shardId, version },
  );
  const records = decodeSegment(bytes, key).map(({ record }) => record);
  const kind = entry.kind === 'redrive' ? 'redrive' : 'records';
  const noted = kind === 'redrive' ? await noteRedriven(context, fold.shardId, entry) : [];
  const append = { kind, sourceShard, gapAfter, also: () => noted } as const;
  const { status } = await appendRecords(context, fold, records, memory, append);
  return { status, count: records.length };
}

/** So that a redrive of the new consumer does not bring them again. */
async function noteRedriven(
  context: StreamContext,
  shardId: string,
  entry: PlannedEntry,
): Promise<readonly StateOperation[]> {
  const { source_shard: sourceShard, first_sequence_number: first } = entry;
  const { last_sequence_number: last } = entry;
  assert(first !== null && last !== null, 'an entry with records has sequence numbers');
  const source = sourceShard ?? shardId;
  const before = await readRedriven(context, source);
  return [addRange(context, source, before, { first, last }).operation];
}
