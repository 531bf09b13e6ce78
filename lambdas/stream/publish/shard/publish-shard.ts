import { assert } from '../../../shared/model/errors.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import type { EpochPlan, PlannedEntry, PlannedShard } from '../../../shared/state/epoch-plan.ts';
import { putOnce } from '../../../shared/state/put-once.ts';
import { decodeSegment, readSegment, type SegmentRecord } from '../../../shared/state/segment.ts';
import { encodeShardResult, type ShardResult } from '../../../shared/state/shard-result.ts';
import { createPublishMemory, type PublishContext, type PublishMemory } from './publish-memory.ts';
import { ShardWriter } from './shard-writer.ts';

/** Records that are parsed before it is looked at how much of them is kept. */
const PARSED_AT_ONCE = 2048;
/** A chunk is written earlier than it is full where so much of quarantined records is held. */
const MAX_RAW_HELD_BYTES = 16 * 1024 * 1024;

/**
 * Step W of an epoch for one shard (stream protocol §3): reads the segments that the plan names,
 * one by one, writes the rows of its tables and then the result. A function of the plan, the
 * segments and the dimensions: repeated, interrupted or side by side it gives the same bytes.
 * Throws `TerminalError`: `segment_missing` or `segment_damaged` (key, shard and version are
 * named), `epoch_differs` where another code wrote a file of this epoch, `not_conserved`.
 */
export async function publishShard(
  plan: EpochPlan,
  shardIndex: number,
  context: PublishContext,
): Promise<ShardResult> {
  const shard = plan.shards[shardIndex];
  assertWhole(shard);
  const { lake, keys, rules, parquet } = context;
  const memory = context.memory ?? createPublishMemory(rules, parquet.rowGroupRows);
  memory.chunk.clear();
  const writer = new ShardWriter(plan, shard.shard, context, memory);
  for (const entry of shard.entries) {
    const records = await recordsOf(lake, shard, entry);
    const source = `${plan.stream}/${entry.source_shard ?? shard.shard}`;
    await addRecords(records, source, memory, writer);
  }
  if (memory.chunk.rowCount > 0) await writer.writeChunk();
  const result = writer.result();
  await putOnce(lake, keys.result(plan.epoch, shard.shard), encodeShardResult(result));
  return result;
}

/** A plan holds every entry of its range: one that is missing would be lost for ever. */
function assertWhole({ shard, from_version: from, to_version: to, entries }: PlannedShard): void {
  const isInOrder = entries.every(({ version }, index) => version === from + 1 + index);
  assert(isInOrder && entries.length === to - from, `the plan holds all entries of ${shard}`);
}

async function recordsOf(
  lake: ObjectStore,
  { shard }: PlannedShard,
  { kind, version, segment, sha256 }: PlannedEntry,
): Promise<SegmentRecord[]> {
  const hasRecords = kind === 'records' || kind === 'redrive';
  assert(hasRecords === (segment !== null), `a ${kind} entry has a segment if it has records`);
  if (segment === null || sha256 === null) return [];
  const bytes = await readSegment(lake, { key: segment, sha256 }, { shardId: shard, version });
  return decodeSegment(bytes, segment);
}

/** Adds records to the chunk, and writes it as often as it is full. */
async function addRecords(
  records: readonly SegmentRecord[],
  source: string,
  { chunk, parser }: PublishMemory,
  writer: ShardWriter,
): Promise<void> {
  const events = records.map(({ record }) => record.data);
  for (let from = 0; from < records.length; ) {
    const to = Math.min(records.length, from + PARSED_AT_ONCE, from + chunk.freeRows);
    chunk.add(records, events, { from, to, source, parser });
    const isHeavy = chunk.columns.raw.size >= MAX_RAW_HELD_BYTES;
    if (chunk.freeRows === 0 || isHeavy) await writer.writeChunk();
    from = to;
  }
}
