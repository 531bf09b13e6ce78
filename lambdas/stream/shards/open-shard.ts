import { RetryableError, ShardNotFoundError } from '../../shared/model/errors.ts';
import type { EpochMs } from '../../shared/model/time.ts';
import type { Shard, StreamRecord } from '../../shared/ports/event-stream.ts';
import type { StateOperation } from '../../shared/ports/state-store.ts';
import { NO_TIME, watermarkOf } from '../../shared/rules/lateness.ts';
import { zeroCounts } from '../../shared/rules/outcome.ts';
import { appendEntry } from '../../shared/state/append-entry.ts';
import { readEpochHead, readPlan } from '../../shared/state/epoch-head.ts';
import { readHead } from '../../shared/state/fold.ts';
import type { SealEntry } from '../../shared/state/log-entry.ts';
import { headAttributes, type ShardHead } from '../../shared/state/shard-head.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { type TransactStatus, transact } from '../../shared/state/transact.ts';
import { positionAfter, readOn } from './skipped-records.ts';

/** Consumes what is unread in a parent before it is sealed. */
export interface ParentConsumer {
  consume(
    shardId: string,
    records: readonly StreamRecord[],
  ): Promise<{ readonly status: 'consumed' } | { readonly status: 'failed'; error: unknown }>;
}

/** Records of a parent that are consumed at once. */
const PARENT_READ_RECORDS = 10_000;

/**
 * Gives a shard its HEAD when its first record has come, sealing its parents first (stream protocol
 * §5): the record proves that they are over. Repeated or concurrent calls end the same.
 */
export async function openShard(
  context: StreamContext,
  shardId: string,
  consumer: ParentConsumer,
): Promise<void> {
  const shards = await context.stream.listShards();
  const shard = shards.find((candidate) => candidate.shardId === shardId);
  if (shard === undefined) throw new RetryableError(`the stream does not list ${shardId} yet`);
  for (const parentId of shard.parentShardIds) {
    await closeParent(context, shards, parentId, consumer);
  }
  await createHead(context, shard);
}

/** A parent that is not listed and has no HEAD is none. */
async function closeParent(
  context: StreamContext,
  shards: readonly Shard[],
  parentId: string,
  consumer: ParentConsumer,
): Promise<void> {
  let head = await readHead(context, parentId);
  if (head === null) {
    if (!shards.some(({ shardId }) => shardId === parentId)) return;
    await openShard(context, parentId, consumer);
    head = await readHead(context, parentId);
  }
  if (head === null) throw new RetryableError(`HEAD of ${parentId} was created but does not exist`);
  if (head.sealed) return;
  const endReached = await consumeToEnd(context, parentId, consumer);
  if (!endReached) context.metrics.count('StreamGap', { shardId: parentId });
  await seal(context, shards, parentId, endReached);
}

/** False if the parent is no longer in the stream, so that its end cannot be seen. */
async function consumeToEnd(
  context: StreamContext,
  shardId: string,
  consumer: ParentConsumer,
): Promise<boolean> {
  for (;;) {
    const head = await readHead(context, shardId);
    if (head === null || head.sealed) return true;
    try {
      const position = positionAfter(context, head.checkpoint);
      const result = await readOn(context, shardId, position, { records: PARENT_READ_RECORDS });
      if (result.records.length === 0) {
        if (result.next === null) return true;
        throw new RetryableError(`${shardId} has children but has not ended yet`);
      }
      const consumed = await consumer.consume(shardId, result.records);
      if (consumed.status === 'failed') throw consumed.error;
    } catch (error) {
      if (error instanceof ShardNotFoundError) return false;
      throw error;
    }
  }
}

/**
 * Seals a finished shard. Nothing is appended after a seal, so every reader of the log inherits the
 * same.
 */
export async function seal(
  context: StreamContext,
  shards: readonly Shard[],
  shardId: string,
  endReached: boolean,
): Promise<void> {
  const children = shards
    .filter(({ parentShardIds }) => parentShardIds.includes(shardId))
    .map((shard) => shard.shardId);
  for (;;) {
    const head = await readHead(context, shardId);
    if (head === null || head.sealed) return;
    const status = await sealOnce(context, { shardId, head }, children, endReached);
    if (status === 'committed') return;
  }
}

/** Appends one seal, on condition that HEAD is unchanged. */
export async function sealOnce(
  context: StreamContext,
  { shardId, head }: { readonly shardId: string; readonly head: ShardHead },
  children: readonly string[],
  endReached: boolean,
): Promise<TransactStatus> {
  const { maxEventTimeMs, floorMs } = head;
  const entry: SealEntry = {
    kind: 'seal',
    version: head.version + 1,
    codeVersion: context.codeVersion,
    maxEventTimeMs,
    floorMs,
    endReached,
  };
  const set = { sealed: true, children: [...children] };
  return await appendEntry(context, { shardId, head }, entry, set);
}

/**
 * Creates HEAD and the registry item of a shard whose parents are sealed. If it exists, another
 * process was faster, with equal content.
 */
export async function createHead(context: StreamContext, shard: Shard): Promise<void> {
  const { keys } = context;
  const parents: ShardHead[] = [];
  const checks: StateOperation[] = [];
  for (const parentId of shard.parentShardIds) {
    const head = await readHead(context, parentId);
    if (head === null) continue;
    if (!head.sealed) throw new RetryableError(`${parentId} is not sealed yet, so its child waits`);
    parents.push(head);
    const tests = [{ attribute: 'sealed', equals: true }];
    checks.push({ kind: 'check', key: keys.head(parentId), tests });
  }
  const head = await childHead(context, shard, parents);
  const { start, end } = shard.hashKeyRange;
  const registry = { parents: [...shard.parentShardIds], hashKeyStart: start, hashKeyEnd: end };
  await transact(context, [
    ...checks,
    {
      kind: 'put',
      key: keys.head(shard.shardId),
      attributes: headAttributes(head),
      ifAbsent: true,
    },
    { kind: 'put', key: keys.shard(shard.shardId), attributes: registry, ifAbsent: true },
  ]);
}

/** A child begins with its parents' claims, by reference, and the largest of their watermarks. */
async function childHead(
  context: StreamContext,
  shard: Shard,
  parents: readonly ShardHead[],
): Promise<ShardHead> {
  const { watermarkDelayMs } = context.times;
  const watermarks = parents.map((parent) => watermarkOf(parent, watermarkDelayMs));
  return {
    version: 0,
    checkpoint: null,
    lastArrivalMs: null,
    maxEventTimeMs: NO_TIME,
    floorMs: parents.length > 0 ? (Math.max(...watermarks) as EpochMs) : await rootFloor(context),
    counts: zeroCounts(),
    otherKeys: 0,
    sealed: false,
    children: [],
    inherits: await lineage(context, shard.parentShardIds, parents),
    createdAtMs: await context.stream.now(),
    claimsFrom: 1,
    publishedThrough: 0,
  };
}

/**
 * A shard without known parents comes first with the stream, and then has no floor. Where an epoch
 * was committed or planned before, its parents have come and gone unseen: it may not reopen windows
 * that are final, or will be once the plan is committed.
 */
async function rootFloor(context: StreamContext): Promise<EpochMs> {
  const { committedPlan, plannedPlan } = await readEpochHead(context);
  const newest = plannedPlan ?? committedPlan;
  if (newest === null) return NO_TIME;
  const { watermarkMs } = await readPlan(context, newest);
  return (watermarkMs ?? NO_TIME) as EpochMs;
}

/** Parents and those of their ancestors that still hold claims, oldest last, each once. */
async function lineage(
  context: StreamContext,
  parentIds: readonly string[],
  parents: readonly ShardHead[],
): Promise<string[]> {
  const candidates = new Set<string>();
  for (const parentId of parentIds) candidates.add(parentId);
  for (const { inherits } of parents) for (const ancestorId of inherits) candidates.add(ancestorId);
  const holders: string[] = [];
  for (const shardId of candidates) {
    const head = await readHead(context, shardId);
    if (head !== null && head.claimsFrom <= head.version) holders.push(shardId);
  }
  return holders;
}
