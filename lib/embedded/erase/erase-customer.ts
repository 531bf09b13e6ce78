import { dimensionForms } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import { CUSTOMERS } from '../../../lambdas/shared/model/dimension.ts';
import { RetryableError, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import { jsonBytes } from '../../../lambdas/shared/runtime/json.ts';
import {
  type EpochHead,
  findEpochHead,
  findPlan,
  readPlan,
  replaceCommittedPlan,
} from '../../../lambdas/shared/state/epoch-head.ts';
import type { EpochPlan } from '../../../lambdas/shared/state/epoch-plan.ts';
import type { StreamContext } from '../../../lambdas/shared/state/stream-context.ts';
import { EpochDimensions } from '../../../lambdas/stream/publish/plan/epoch-dimensions.ts';
import { nap } from '../../common/nap.ts';
import { EpochTally, eraseInEpochs, type StaleFile } from './erase-epochs.ts';
import { landingValues } from './landing-row.ts';
import { findLeftovers, isStaleCopy, type Leftovers } from './leftovers.ts';
import type { Erasure } from './order-file.ts';

export interface EraseCustomerOptions {
  readonly customerId: string;
  /** Take what landing says also where that is a name or an e-mail address. */
  readonly mayHaveNames: boolean;
  readonly isDryRun: boolean;
  /** How long an epoch that is under way is waited for. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly onEpoch: (epoch: number, newest: number) => void;
  /** Tells the catalogue the new places of epochs' files, before the old ones go. */
  readonly moveParts?: (folders: ReadonlyMap<number, string>) => Promise<void>;
}

export interface ErasedCustomer {
  /** What rows of the customer say now, or would say. */
  readonly wanted: Erasure['wanted'];
  readonly staleFiles: readonly StaleFile[];
  readonly manifests: number;
  readonly replacedManifests: number;
  /** The plan of the newest epoch was put again, with the dimensions of now. */
  readonly isPlanReplaced: boolean;
  /** What was removed, or would be. */
  readonly leftovers: Leftovers;
}

const ASK_EVERY_MS = 500;

/**
 * Replaces what a consumer of the stream has published about a customer by what landing says now:
 * rows of `orders` in all epochs, copies of dimensions, reports. Sums and row counts stay. May run
 * beside the publisher and itself; if interrupted, readers find whole tables and the next run
 * finishes. Throws `TerminalError` `customer_not_erased`, `dimension_unreadable`; `RetryableError`
 * if an epoch under way takes too long.
 */
export async function eraseCustomer(
  context: StreamContext,
  options: EraseCustomerOptions,
): Promise<ErasedCustomer> {
  const { customerId, isDryRun, signal } = options;
  const { lake } = context;
  const wanted = await landingValues(context, customerId, options);
  const customerForms = dimensionForms(CUSTOMERS, context.config);
  const erasure = { customerId, wanted, customerForms };
  const tally = new EpochTally();
  const { head, isPlanReplaced } = await eraseUntilSettled(context, erasure, tally, options);
  if (!isDryRun) await options.moveParts?.(tally.movedTo);
  const needed = isDryRun ? new Set<string>() : await neededCopies(context);
  const epochs = { tally, committedEpoch: head.committedEpoch };
  const found = await findLeftovers(context, erasure, epochs, needed, signal);
  // The files that a run would replace count as leftovers.
  const leftovers = isDryRun ? { ...found, orderFiles: withStale(found, tally) } : found;
  if (!isDryRun) {
    const { orderFiles, dimensionCopies, reports } = leftovers;
    await lake.delete([...orderFiles, ...dimensionCopies, ...reports]);
  }
  const { staleFiles, manifests, replacedManifests } = tally;
  return { wanted, staleFiles, manifests, replacedManifests, isPlanReplaced, leftovers };
}

function withStale({ orderFiles }: Leftovers, { staleFiles }: EpochTally): string[] {
  return [...new Set([...staleFiles.map(({ key }) => key), ...orderFiles])].sort();
}

/**
 * Repeats until no epoch is under way that read a manifest before its replacement: if complete, its
 * manifest might name files that are removed. Later plans read the new ones.
 */
async function eraseUntilSettled(
  context: StreamContext,
  erasure: Erasure,
  tally: EpochTally,
  options: EraseCustomerOptions,
): Promise<{ readonly head: EpochHead; readonly isPlanReplaced: boolean }> {
  const { isDryRun, signal, onEpoch, waitMs } = options;
  const { clock, lakeKeys } = context;
  const giveUpAtMs = clock.now() + waitMs;
  let afterEpoch = 0;
  let isPlanReplaced = false;
  for (;;) {
    signal.throwIfAborted();
    const head = await findEpochHead(context);
    const { committedEpoch } = head;
    if (committedEpoch > afterEpoch) {
      const epochs = { newestKey: lakeKeys.manifest(committedEpoch), afterEpoch };
      await eraseInEpochs(context, epochs, erasure, tally, {
        isDryRun,
        signal,
        onEpoch: (epoch) => onEpoch(epoch, committedEpoch),
      });
      afterEpoch = committedEpoch;
    }
    if (isDryRun) return { head, isPlanReplaced };
    const isReplaced = await replacePlan(context, erasure, head);
    isPlanReplaced ||= isReplaced;
    const now = await findEpochHead(context);
    const isQuiet = now.committedEpoch === committedEpoch && now.plannedPlan === null;
    if (isQuiet && !(await isStalePlan(context, erasure, now.committedPlan))) {
      return { head: now, isPlanReplaced };
    }
    if (clock.now() >= giveUpAtMs) throw stillUnderWay(now);
    await nap(clock, ASK_EVERY_MS, signal);
  }
}

function stillUnderWay({ plannedEpoch, committedEpoch }: EpochHead): RetryableError {
  const epoch = plannedEpoch ?? committedEpoch;
  return new RetryableError(
    `epoch ${epoch} is being published, and old files stay until it ends; finish it (npx tandem ` +
      'stream --until-idle, on AWS the next run of the publisher), then run this again',
  );
}

/** True: the plan of the committed epoch named a copy with stale rows, and is another one now. */
async function replacePlan(
  context: StreamContext,
  erasure: Erasure,
  head: EpochHead,
): Promise<boolean> {
  const { lake, lakeKeys, randomness } = context;
  if (head.committedPlan === null || head.plannedPlan !== null) return false;
  if (!(await isStalePlan(context, erasure, head.committedPlan))) return false;
  const plan = await readPlan(context, head.committedPlan);
  const { dimensions, warnings } = await new EpochDimensions(context).plan(plan);
  if (warnings.length > 0) throw new TerminalError('dimension_unreadable', warnings[0].hint);
  const { customers } = dimensions;
  const key = lakeKeys.plan(plan.epoch, randomness.id());
  const replaced: EpochPlan = { ...plan, dimensions: { ...plan.dimensions, customers } };
  await lake.put(key, jsonBytes(replaced), { ifNoneMatch: true });
  return (await replaceCommittedPlan(context, head, key)) === 'committed';
}

/** True if a copy of customers that the plan names has stale rows. */
async function isStalePlan(
  context: StreamContext,
  erasure: Erasure,
  planKey: string | null,
): Promise<boolean> {
  if (planKey === null) return false;
  const { dimensions } = await readPlan(context, planKey);
  for (const { copyKey } of dimensions.customers) {
    if (await isStaleCopy(context.lake, copyKey, erasure)) return true;
  }
  return false;
}

/** Copies named by the plan of the committed epoch, and of one that was planned meanwhile. */
async function neededCopies(context: StreamContext): Promise<ReadonlySet<string>> {
  const { committedPlan, plannedPlan } = await findEpochHead(context);
  const needed = new Set<string>();
  for (const key of [committedPlan, plannedPlan]) {
    const plan = key === null ? null : await findPlan(context, key);
    for (const { copyKey } of plan?.dimensions.customers ?? []) needed.add(copyKey);
  }
  return needed;
}
