import type { TableName } from '../../shared/model/tables.ts';
import { tablesOf } from '../../shared/model/tables.ts';
import { ObjectNotFoundError } from '../../shared/runtime/errors.ts';
import type { EpochHead } from '../../shared/state/epoch-head.ts';
import { readPlan } from '../../shared/state/epoch-head.ts';
import type { EpochPlan } from '../../shared/state/epoch-plan.ts';
import { digits } from '../../shared/state/state-keys.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';

/** Tables that every epoch writes as a whole. */
const CUMULATIVE: readonly TableName[] = [
  'daily_revenue',
  'hourly_revenue',
  'product_revenue',
  'top_products',
];

/**
 * Removes plans that are older than `stream.keepObjectsFor`, and with each what only it explains
 * (stream protocol §6): results, snapshot, cumulative tables; of a plan that was never committed
 * also its row tables; of one that was, segments of attempts that lost. Never those of the
 * committed epoch, the one before, or any later one: others may have planned or committed it since
 * `head` was read, and clocks are not to be relied on alone.
 */
export async function cleanObjects(context: StreamContext, head: EpochHead): Promise<void> {
  const { lake, lakeKeys, clock, config } = context;
  const beforeMs = clock.now() - config.stream.keepObjectsForMs;
  const committed =
    head.committedPlan === null ? null : await readPlan(context, head.committedPlan);
  const isOver = ({ epoch }: EpochPlan) =>
    epoch < head.committedEpoch && epoch !== committed?.previousEpoch;
  for await (const { key, modifiedAtMs } of lake.list(`${lakeKeys.state}plans/`)) {
    if (modifiedAtMs >= beforeMs) continue;
    const plan = await planOrNull(context, key);
    if (plan === null || !isOver(plan)) continue;
    await removeEpochObjects(context, plan);
    await lake.delete([key]);
  }
}

/** Null where another publisher, which cleans too, was faster. */
async function planOrNull(context: StreamContext, key: string): Promise<EpochPlan | null> {
  try {
    return await readPlan(context, key);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}

async function removeEpochObjects(context: StreamContext, plan: EpochPlan): Promise<void> {
  const { lake, lakeKeys } = context;
  const { epoch } = plan;
  const isCommitted = (await lake.head(lakeKeys.manifest(epoch))) !== null;
  if (isCommitted) await removeOrphanSegments(context, plan);
  const tables = isCommitted ? CUMULATIVE : tablesOf('stream').map(({ name }) => name);
  for (const table of tables) await removeBelow(context, lakeKeys.table(table, epoch));
  await removeBelow(context, lakeKeys.results(epoch));
  await lake.delete([lakeKeys.snapshot(epoch), lakeKeys.productTotals(epoch)]);
}

/** Segments of attempts that lost lie beside those that the entries name. */
async function removeOrphanSegments(
  { lake, lakeKeys }: StreamContext,
  { shards }: EpochPlan,
): Promise<void> {
  for (const { shard, entries } of shards) {
    for (const { version, segment } of entries) {
      const orphans: string[] = [];
      const prefix = `${lakeKeys.segmentsOf(shard)}${digits(version)}-`;
      for await (const { key } of lake.list(prefix)) if (key !== segment) orphans.push(key);
      await lake.delete(orphans);
    }
  }
}

async function removeBelow({ lake }: StreamContext, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of lake.list(prefix)) keys.push(key);
  await lake.delete(keys);
}
