import type { EpochPlan } from '../../lambdas/shared/state/epoch-plan.ts';
import { readHead, readLog } from '../../lambdas/shared/state/fold.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';

/** A plan with the entries that the logs have now. */
export async function planFromLog(context: StreamContext, plan: EpochPlan): Promise<EpochPlan> {
  const shards: EpochPlan['shards'][number][] = [];
  for (const planned of plan.shards) {
    const head = await readHead(context, planned.shard);
    const to = head?.version ?? planned.to_version;
    const entries = [...planned.entries];
    for (const entry of await readLog(context, planned.shard, planned.to_version + 1, to)) {
      const isRecords = entry.kind === 'records' || entry.kind === 'redrive';
      entries.push({
        version: entry.version,
        kind: entry.kind,
        segment: isRecords ? entry.segment.key : null,
        sha256: isRecords ? entry.segment.sha256 : null,
        first_sequence_number: isRecords ? entry.firstSequenceNumber : null,
        last_sequence_number: isRecords ? entry.lastSequenceNumber : null,
        floor: null,
        source_shard: isRecords ? entry.sourceShard : null,
        gap_after: isRecords ? entry.gapAfter : null,
        end_reached: null,
      });
    }
    shards.push({ ...planned, entries, to_version: planned.from_version + entries.length });
  }
  return { ...plan, shards };
}
