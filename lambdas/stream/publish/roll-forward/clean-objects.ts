import { TerminalError } from '../../../shared/model/errors.ts';
import type { TableName } from '../../../shared/model/tables.ts';
import { tablesOf } from '../../../shared/model/tables.ts';
import { type EpochHead, findPlan, readPlan } from '../../../shared/state/epoch-head.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import { epochOfKey } from '../../../shared/state/lake-keys.ts';
import { readStreamManifest } from '../../../shared/state/manifest-chain.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import { removeOrphanSegments } from './orphan-segments.ts';

/** Tables that every epoch writes as a whole. */
const CUMULATIVE: readonly TableName[] = [
  'daily_revenue',
  'hourly_revenue',
  'product_revenue',
  'top_products',
];

/** Plans that are read and removed together. */
const PLANS_AT_ONCE = 100;

/** Later plans to read as well: the one that follows an epoch tells what became of it. */
const PLANS_BEHIND = 4;

/**
 * Removes plans older than `stream.keepObjectsFor`, and what each alone explains (stream protocol
 * §6): results, snapshot, cumulative tables; for a number that was never committed also its row
 * tables and manifest; for the entries it names, segments of lost attempts. Never those of the
 * committed epoch, the one before, or a later one: another publisher may have planned or committed
 * it since `head` was read, and clocks alone are not reliable.
 */
export async function cleanObjects(context: StreamContext, head: EpochHead): Promise<void> {
  const { lake, lakeKeys, clock, config } = context;
  if (head.committedPlan === null) return;
  const beforeMs = clock.now() - config.stream.keepObjectsForMs;
  const { previousEpoch } = await readPlan(context, head.committedPlan);
  const all: { readonly key: string; readonly isOver: boolean }[] = [];
  for await (const { key, modifiedAtMs } of lake.list(lakeKeys.plans)) {
    const epoch = epochOfKey(key);
    const isKept = epoch >= head.committedEpoch || epoch === previousEpoch;
    all.push({ key, isOver: !isKept && modifiedAtMs < beforeMs });
  }
  const over = all.flatMap(({ isOver }, index) => (isOver ? [index] : []));
  for (let from = 0; from < over.length; from += PLANS_AT_ONCE) {
    const indexes = over.slice(from, from + PLANS_AT_ONCE);
    const last = indexes[indexes.length - 1];
    const behind = all.slice(last + 1, last + 1 + PLANS_BEHIND).map(({ key }) => key);
    const keys = indexes.map((index) => all[index].key);
    await removePlans(context, head, keys, behind);
  }
}

/**
 * A plan that cannot be read goes, too: another publisher was faster, or it is damaged, and its
 * number says what belongs to it.
 */
async function removePlans(
  context: StreamContext,
  { committedEpoch }: EpochHead,
  keys: readonly string[],
  behind: readonly string[],
): Promise<void> {
  const plans = await readable(context, keys);
  // A plan that builds on an epoch found it committed.
  const committed = new Set([committedEpoch, ...plans.map((plan) => plan.previousEpoch)]);
  for (const plan of await readable(context, behind)) committed.add(plan.previousEpoch);
  await removeOrphanSegments(
    context,
    plans.flatMap(({ shards }) => shards),
  );
  for (const epoch of new Set(keys.map(epochOfKey))) {
    await removeEpochObjects(context, epoch, committed);
  }
  await context.lake.delete(keys);
}

async function readable(context: StreamContext, keys: readonly string[]): Promise<EpochPlan[]> {
  const plans: EpochPlan[] = [];
  for (const key of keys) {
    const plan = await findPlan(context, key);
    if (plan !== null) plans.push(plan);
  }
  return plans;
}

async function removeEpochObjects(
  context: StreamContext,
  epoch: number,
  committed: ReadonlySet<number>,
): Promise<void> {
  const { lake, lakeKeys } = context;
  const hasManifest = (await lake.head(lakeKeys.manifest(epoch))) !== null;
  // A committed epoch keeps its rows even if its manifest got lost.
  const isBurned =
    !committed.has(epoch) && (!hasManifest || (await isPassedOver(context, epoch, committed)));
  // First, so that none ever names a file that is gone.
  if (isBurned && hasManifest) await lake.delete([lakeKeys.manifest(epoch)]);
  const tables = isBurned ? tablesOf('stream').map(({ name }) => name) : CUMULATIVE;
  for (const table of tables) await removeBelow(context, lakeKeys.table(table, epoch));
  await removeBelow(context, lakeKeys.results(epoch));
  await lake.delete([lakeKeys.snapshot(epoch), lakeKeys.productTotals(epoch)]);
}

/**
 * True if a number that has a manifest was given up: the next committed epoch follows an earlier
 * one. False if that is not certain.
 */
async function isPassedOver(
  { lake, lakeKeys }: StreamContext,
  epoch: number,
  committed: ReadonlySet<number>,
): Promise<boolean> {
  const next = Math.min(...[...committed].filter((candidate) => candidate > epoch));
  try {
    const { previous } = await readStreamManifest(lake, lakeKeys.manifest(next));
    return previous === null || epochOfKey(previous) < epoch;
  } catch (error) {
    // Publishing must not stop because of what could be cleaned; readers name the manifest.
    if (error instanceof TerminalError && error.code.startsWith('manifest_')) return false;
    throw error;
  }
}

async function removeBelow({ lake }: StreamContext, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of lake.list(prefix)) keys.push(key);
  await lake.delete(keys);
}
