import { assert, TerminalError } from '../../../shared/model/errors.ts';
import { rowsOfOutcomes } from '../../../shared/rows/table-parts.ts';
import { isConserved, OUTCOMES } from '../../../shared/rules/outcome.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import type { StreamLakeKeys } from '../../../shared/state/lake-keys.ts';
import type { ShardResult } from '../../../shared/state/shard-result.ts';

/** Asserts that what a plan says about earlier epochs is consistent. */
export function checkPlan(plan: EpochPlan, keys: StreamLakeKeys): void {
  const { epoch, previous, previousEpoch, watermarkMs, previousWatermarkMs } = plan;
  const previousKey = previousEpoch === 0 ? null : keys.manifest(previousEpoch);
  assert(previous === previousKey, `epoch ${epoch} follows the manifest of epoch ${previousEpoch}`);
  assert(epoch > previousEpoch, `epoch ${epoch} comes after epoch ${previousEpoch}`);
  const isForward =
    previousWatermarkMs === null || (watermarkMs !== null && watermarkMs >= previousWatermarkMs);
  assert(isForward, `the watermark of epoch ${epoch} does not move back`);
}

/**
 * Checks conservation of each shard (contract §2.1): its rows, its counts and each of its sums
 * agree. Throws `TerminalError` `not_conserved`.
 */
export function checkResults(plan: EpochPlan, results: readonly ShardResult[]): void {
  assert(results.length === plan.shards.length, 'there is a result for each shard of the plan');
  for (const [index, result] of results.entries()) {
    const { shard } = plan.shards[index];
    assert(result.shard === shard, `result ${index} is that of ${shard}`);
    assert(result.epoch === plan.epoch, `the result of ${shard} is of epoch ${plan.epoch}`);
    const { counts } = result;
    const stored = rowsOfOutcomes(result.files);
    const isStored = OUTCOMES.every((outcome) => stored[outcome] === counts[outcome]);
    const sums = revenueSums(result);
    const areEqual = sums.every(
      ({ orders, cents }) => orders === counts.active && cents === sums[0].cents,
    );
    if (isConserved(counts) && isStored && areEqual) continue;
    const printed = sums.map(({ orders, cents }) => `${orders} orders, ${cents} cents`);
    const numbers = JSON.stringify({ counts, stored, sums: printed });
    throw new TerminalError('not_conserved', `record counts of ${shard} do not match: ${numbers}`);
  }
}

/** Sums over all days, hours, products, and cells of windows. */
function revenueSums({ days, hours, products, windows }: ShardResult) {
  const cells = windows.flatMap((window) => window.products);
  return [days, hours, products, cells].map((list) => {
    let orders = 0;
    let cents = 0n;
    for (const [, count, text] of list) {
      orders += count;
      cents += BigInt(text);
    }
    return { orders, cents };
  });
}
