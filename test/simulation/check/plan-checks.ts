import type {
  EpochPlan,
  PlannedEntry,
  PlannedShard,
} from '../../../lambdas/shared/state/epoch-plan.ts';
import type { LogEntry } from '../../../lambdas/shared/state/log-entry.ts';
import { expectThat } from '../violation.ts';
import type { World } from '../world.ts';
import type { LogChecker } from './log-checker.ts';
import { hasReached, watermarkBehind } from './seen.ts';

/** A plan that is committed: invariants 3, 6, 7, 10. */
export function checkPlan(
  plan: EpochPlan,
  previous: EpochPlan | null,
  logs: LogChecker,
  world: World,
): void {
  const { epoch, watermarkMs } = plan;
  expectThat(plan.previousEpoch === (previous?.epoch ?? 0), '10', () => {
    return `epoch ${epoch} follows ${plan.previousEpoch}, committed is ${previous?.epoch}`;
  });
  const before = previous?.watermarkMs ?? null;
  const isForward = before === null || hasReached(watermarkMs, before);
  expectThat(isForward, '3', () => `G moves back from ${before} to ${watermarkMs}`);
  expectThat(plan.previousWatermarkMs === before, '7', () => `epoch ${epoch} has another G before`);
  for (const shard of plan.shards) checkShard(plan, shard, previous, logs);
  for (const { shard, to_version: to } of previous?.shards ?? []) {
    const isKept = to === 0 || plan.shards.some((planned) => planned.shard === shard);
    expectThat(isKept, '7', () => `epoch ${epoch} leaves ${shard} out`);
  }
  checkWatermark(plan, logs, world);
}

/** Invariant 7: each entry once, as it is in the log. */
function checkShard(
  { epoch }: EpochPlan,
  planned: PlannedShard,
  previous: EpochPlan | null,
  logs: LogChecker,
): void {
  const { shard: shardId, from_version: from, to_version: to, entries } = planned;
  const before = previous?.shards.find(({ shard }) => shard === shardId)?.to_version ?? 0;
  expectThat(from === before, '7', () => {
    return `epoch ${epoch} takes ${shardId} from ${from}, the one before ended at ${before}`;
  });
  const log = logs.shardOf(shardId).entries;
  expectThat(to <= log.length && to >= from, '7', () => {
    return `epoch ${epoch} takes ${shardId} to ${to}, its log ends at ${log.length}`;
  });
  const expected = log.slice(from, to).map(({ entry }) => JSON.stringify(asPlanned(entry)));
  const actual = entries.map((entry) => JSON.stringify(entry));
  expectThat(actual.join('\n') === expected.join('\n'), '7', () => {
    return `epoch ${epoch} takes other entries of ${shardId} than its log has`;
  });
}

function asPlanned(entry: LogEntry): PlannedEntry {
  const { version, kind } = entry;
  const records = kind === 'records' || kind === 'redrive' ? entry : null;
  return {
    version,
    kind,
    segment: records?.segment.key ?? null,
    sha256: records?.segment.sha256 ?? null,
    first_sequence_number: records?.firstSequenceNumber ?? null,
    last_sequence_number: records?.lastSequenceNumber ?? null,
    floor: kind === 'fence' ? new Date(entry.floorMs).toISOString() : null,
    source_shard: records?.sourceShard ?? null,
    gap_after: records?.gapAfter ?? null,
    end_reached: kind === 'seal' ? entry.endReached : null,
  };
}

/**
 * P6: G is the smallest watermark behind `to`. And whatever shard goes on is there already, so that
 * nothing can fall into a final window any more (invariant 6).
 */
function checkWatermark({ epoch, watermarkMs, shards }: EpochPlan, logs: LogChecker, world: World) {
  const planned = new Set(shards.map(({ shard }) => shard));
  const smallest = (isSettled: (childId: string) => boolean): number | null => {
    const counting = shards.flatMap(({ shard: shardId, to_version: to }) => {
      const shard = logs.shardOf(shardId);
      const isSealed = to > 0 && shard.entries[to - 1].entry.kind === 'seal';
      const isOver = isSealed && shard.head.children.every(isSettled);
      return isOver ? [] : [watermarkBehind(shard, to)];
    });
    if (counting.length === 0 || counting.includes(null)) return null;
    return Math.min(...counting.map(Number));
  };
  // A child that was gone before anybody met it may have been there still when this was planned.
  const expected = [
    smallest((childId) => planned.has(childId)),
    smallest((childId) => planned.has(childId) || logs.isUnmet(childId)),
  ];
  expectThat(expected.includes(watermarkMs), '6', () => {
    return `G of epoch ${epoch} is ${watermarkMs}, its shards say ${expected}`;
  });
  if (watermarkMs === null) return;
  for (const { shardId, head, model } of logs.shards.values()) {
    const isThere = head.sealed || hasReached(model.watermarkMs, watermarkMs);
    expectThat(isThere, '6', () => `${shardId} is behind G of epoch ${epoch}`);
  }
  const { scheduler } = world;
  scheduler.note(`  epoch ${epoch} is committed, G ${new Date(watermarkMs).toISOString()}`);
}
