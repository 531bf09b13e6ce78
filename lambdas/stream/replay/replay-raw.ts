import { OrderColumns } from '../../shared/ingest/order-columns.ts';
import { EventParser } from '../../shared/ingest/parse-events.ts';
import { StatusParser } from '../../shared/ingest/status-parser.ts';
import type { EpochMs } from '../../shared/model/time.ts';
import type { StreamRecord } from '../../shared/ports/event-stream.ts';
import { assert, TerminalError } from '../../shared/runtime/errors.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { PlannedEntry, PlannedShard } from '../../shared/state/epoch-plan.ts';
import { foldShard, readHead, type ShardFold } from '../../shared/state/fold.ts';
import { epochOfKey, type StreamLakeKeys } from '../../shared/state/lake-keys.ts';
import { manifestsAfter, readStreamManifest } from '../../shared/state/manifest-chain.ts';
import { decodeSegment, readSegment } from '../../shared/state/segment.ts';
import { isAfter } from '../../shared/state/sequence-number.ts';
import type { ShardHead } from '../../shared/state/shard-head.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import type { TransactStatus } from '../../shared/state/transact.ts';
import { appendRecords, type ConsumeMemory } from '../consume-orders/append-records.ts';
import { Classifier } from '../consume-orders/classify.ts';
import { FoldCache } from '../consume-orders/fold-cache.ts';
import { raiseFloor } from '../plan-epoch/raise-floors.ts';
import { consumedNumbers } from '../redrive-records/consumed-numbers.ts';
import { addRange, readRedriven } from '../redrive-records/redriven.ts';
import { createHead, sealOnce } from '../reshard/open-shard.ts';

/** Rows of the largest entry: as many as a consumer classifies at once. */
const MAX_ROWS = 10_000;
/** An entry becomes one entry again, whatever the rules make of its records. */
const NO_LIMITS = { claimBytes: Number.POSITIVE_INFINITY, segmentBytes: Number.POSITIVE_INFINITY };

/** How far a replay has come. */
export interface ReplayProgress {
  /** Of the source, taken as a whole. */
  readonly epoch: number;
  /** Of the source, when the replay began. */
  readonly lastEpoch: number;
  /** Records replayed so far; those of an earlier, interrupted replay are left out. */
  readonly records: number;
}

/**
 * Fills the logs of a new consumer from another one's raw archive (stream protocol §7): manifests
 * in order give segments, fences and seals, never a listing. Each entry becomes one entry, so with
 * the rules of the source its outcomes are the same. What the consumer has already, from here or
 * from the stream, is passed over by its sequence numbers: a replay that was stopped, or whose
 * `isTimeUp`, goes on where it was, and a later one brings what was published since. Throws
 * `TerminalError`: `nothing_published` where the source has no epoch, `segment_missing`.
 */
export async function* replayRaw(
  context: StreamContext,
  source: StreamLakeKeys,
  isTimeUp: () => boolean = () => false,
): AsyncGenerator<ReplayProgress> {
  const { lake, state, keys, randomness } = context;
  const current = await readCurrentPointer(lake, source.current);
  if (current === null) {
    const message = `${source.current} does not exist: there is no epoch to replay`;
    throw new TerminalError('nothing_published', message);
  }
  const { manifestKey: newestKey } = current;
  const position = await state.get(keys.replayed);
  let doneEpoch = (position?.attributes.epoch ?? 0) as number;
  const replay: Replay = {
    context,
    isTimeUp,
    childrenOf: await familyOf(context, newestKey),
    memory: createMemory(context),
    folds: new FoldCache(context.config.stream.foldCacheBytes),
    headsMade: new Set(),
  };
  const lastEpoch = epochOfKey(newestKey);
  let records = 0;
  let toldRecords = 0;
  for await (const { key, manifest } of manifestsAfter(lake, newestKey, doneEpoch)) {
    for (const shard of manifest.inputs) records += await replayShard(replay, shard);
    if (isTimeUp()) {
      if (records > toldRecords) yield { epoch: doneEpoch, lastEpoch, records };
      return;
    }
    doneEpoch = manifest.epoch;
    const attributes = { epoch: doneEpoch, manifest: key };
    await state.transact([{ kind: 'put', key: keys.replayed, attributes }], randomness.id());
    yield { epoch: doneEpoch, lastEpoch, records };
    toldRecords = records;
  }
}

interface Replay {
  readonly context: StreamContext;
  readonly isTimeUp: () => boolean;
  /** The stream may have forgotten shards that the manifests know, and know newer ones. */
  readonly childrenOf: (shardId: string) => readonly string[];
  readonly memory: ConsumeMemory;
  readonly folds: FoldCache;
  readonly headsMade: Set<string>;
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
async function replayShard(replay: Replay, shard: PlannedShard): Promise<number> {
  const { context, folds, isTimeUp } = replay;
  const { shard: shardId, parents: parentShardIds, hash_key_range: hashKeyRange } = shard;
  let records = 0;
  // A child has to wait where its parent was not replayed to its end.
  if (isTimeUp()) return records;
  if (!replay.headsMade.has(shardId)) {
    if ((await readHead(context, shardId)) === null) {
      await createHead(context, { shardId, parentShardIds, hashKeyRange });
    }
    replay.headsMade.add(shardId);
  }
  for (const entry of shard.entries) {
    if (isTimeUp()) return records;
    for (;;) {
      const known = folds.get(shardId);
      if (known !== null && isTaken(known.head, entry)) break;
      const fold = await foldShard(context, shardId, known);
      assert(fold !== null, `${shardId} has a HEAD`);
      folds.set(fold);
      if (isTaken(fold.head, entry)) break;
      const { status, count } = await replayEntry(replay, fold, entry);
      if (status !== 'committed') {
        folds.delete(shardId);
        continue;
      }
      records += count;
      break;
    }
  }
  return records;
}

/**
 * Whether the log has what the entry holds. Nothing follows a seal: what is left then was sealed
 * away by the consumer itself. Whether records were redriven stands in no HEAD.
 */
function isTaken(head: ShardHead, entry: PlannedEntry): boolean {
  if (head.sealed) return true;
  switch (entry.kind) {
    case 'fence':
      return floorOf(entry) <= head.floorMs;
    case 'records':
      return !isAfter(rangeOf(entry).last, head.checkpoint);
    case 'seal':
    case 'redrive':
      return false;
  }
}

type Replayed = { readonly status: TransactStatus; readonly count: number };

async function replayEntry(
  { context, childrenOf, memory }: Replay,
  fold: ShardFold,
  entry: PlannedEntry,
): Promise<Replayed> {
  switch (entry.kind) {
    case 'fence':
      return { status: await raiseFloor(context, fold, floorOf(entry), 'drain'), count: 0 };
    case 'seal': {
      const endReached = entry.end_reached === true;
      const children = childrenOf(fold.shardId);
      return { status: await sealOnce(context, fold, children, endReached), count: 0 };
    }
    case 'records': {
      const { checkpoint } = fold.head;
      const records = (await recordsOf(context, fold.shardId, entry)).filter(({ sequenceNumber }) =>
        isAfter(sequenceNumber, checkpoint),
      );
      const { gap_after: gapAfter } = entry;
      const append = { kind: 'records', sourceShard: null, gapAfter } as const;
      const { status } = await appendRecords(context, fold, records, memory, append);
      return { status, count: records.length };
    }
    case 'redrive':
      return await replayRedrive(context, fold, entry, memory);
  }
}

function floorOf({ floor }: PlannedEntry): EpochMs {
  assert(floor !== null, 'a fence has a floor');
  return Date.parse(floor) as EpochMs;
}

function rangeOf({ first_sequence_number: first, last_sequence_number: last }: PlannedEntry) {
  assert(first !== null && last !== null, 'an entry with records has sequence numbers');
  return { first, last };
}

async function recordsOf(
  context: StreamContext,
  shardId: string,
  { segment: key, sha256, version }: PlannedEntry,
): Promise<readonly StreamRecord[]> {
  assert(key !== null && sha256 !== null, 'an entry with records has a segment');
  const bytes = await readSegment(context.lake, { key, sha256 }, { shardId, version });
  return decodeSegment(bytes, key).map(({ record }) => record);
}

/** Noted as redriven here, too, so that a redrive of the new consumer does not bring them again. */
async function replayRedrive(
  context: StreamContext,
  fold: ShardFold,
  entry: PlannedEntry,
  memory: ConsumeMemory,
): Promise<Replayed> {
  const { source_shard: sourceShard } = entry;
  const source = sourceShard ?? fold.shardId;
  const range = rangeOf(entry);
  const before = await readRedriven(context, source);
  const isConsumed = await consumedNumbers(context, source, range, before);
  const all = await recordsOf(context, fold.shardId, entry);
  const records = all.filter(({ sequenceNumber }) => !isConsumed(sequenceNumber));
  if (records.length === 0) return { status: 'committed', count: 0 };
  const noted = [addRange(context, source, before, range).operation];
  const append = { kind: 'redrive', sourceShard, gapAfter: null, also: () => noted } as const;
  const { status } = await appendRecords(context, fold, records, memory, append);
  return { status, count: records.length };
}
