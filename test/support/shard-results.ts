import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import type { EpochPlan } from '../../lambdas/shared/state/epoch-plan.ts';
import type { StreamLakeKeys } from '../../lambdas/shared/state/lake-keys.ts';
import { readShardResult, type ShardResult } from '../../lambdas/shared/state/shard-result.ts';

/**
 * Reads the results of a plan's shards, in the plan's order. Throws `TerminalError`
 * `result_missing` or `result_damaged`, which name the key.
 */
export async function readShardResults(
  plan: EpochPlan,
  lake: ObjectStore,
  keys: StreamLakeKeys,
): Promise<ShardResult[]> {
  const results: ShardResult[] = [];
  for (const { shard } of plan.shards) {
    results.push(await readShardResult(lake, keys.result(plan.epoch, shard)));
  }
  return results;
}
