import { TerminalError } from '../model/errors.ts';
import type { AttributeTest, StateItem } from '../ports/state-store.ts';
import { EPOCH_PLAN, type EpochPlan } from './epoch-plan.ts';
import { readStored } from './stored-json.ts';
import type { StreamContext } from './stream-context.ts';
import { type TransactStatus, transact } from './transact.ts';

/** Which epoch is committed, and which one is on its way (stream protocol §1). */
export interface EpochHead {
  /** 0: none yet. */
  readonly committedEpoch: number;
  /** Key, below the lake, of its plan. */
  readonly committedPlan: string | null;
  readonly plannedEpoch: number | null;
  readonly plannedPlan: string | null;
}

const NOTHING_COMMITTED = { committedEpoch: 0 };

/**
 * Reads the epoch HEAD, strongly consistent. Creates it if it is missing, so that every later
 * change can be conditional.
 */
export async function readEpochHead(context: StreamContext): Promise<EpochHead> {
  const { state, keys } = context;
  let item = await state.get(keys.epochHead);
  if (item === null) {
    const attributes = NOTHING_COMMITTED;
    await transact(context, [{ kind: 'put', key: keys.epochHead, attributes, ifAbsent: true }]);
    item = await state.get(keys.epochHead);
  }
  return epochHeadOf(item);
}

/** Reads the epoch HEAD, strongly consistent, without creating it: a missing one reads as empty. */
export async function findEpochHead({ state, keys }: StreamContext): Promise<EpochHead> {
  return epochHeadOf(await state.get(keys.epochHead));
}

function epochHeadOf(item: StateItem | null): EpochHead {
  const stored = (item?.attributes ?? NOTHING_COMMITTED) as Partial<EpochHead>;
  return {
    committedEpoch: stored.committedEpoch ?? 0,
    committedPlan: stored.committedPlan ?? null,
    plannedEpoch: stored.plannedEpoch ?? null,
    plannedPlan: stored.plannedPlan ?? null,
  };
}

/**
 * Makes a plan the planned one (protocol P9). `raced` if another writer planned or committed
 * meanwhile.
 */
export async function setPlanned(
  context: StreamContext,
  head: EpochHead,
  plan: { readonly epoch: number; readonly key: string },
): Promise<TransactStatus> {
  const asRead = (attribute: 'plannedPlan' | 'committedPlan'): AttributeTest => {
    const value = head[attribute];
    return value === null ? { attribute, absent: true } : { attribute, equals: value };
  };
  return await transact(context, [
    {
      kind: 'update',
      key: context.keys.epochHead,
      set: { plannedEpoch: plan.epoch, plannedPlan: plan.key },
      tests: [
        { attribute: 'committedEpoch', equals: head.committedEpoch },
        // A plan that took dimensions from the committed one must not go on if they were replaced
        // meanwhile.
        asRead('committedPlan'),
        asRead('plannedPlan'),
      ],
    },
  ]);
}

/** Commits an epoch (protocol C2), on condition that this plan is the planned one. */
export async function setCommitted(
  context: StreamContext,
  plan: { readonly epoch: number; readonly key: string },
): Promise<TransactStatus> {
  return await transact(context, [
    {
      kind: 'update',
      key: context.keys.epochHead,
      set: { committedEpoch: plan.epoch, committedPlan: plan.key },
      remove: ['plannedEpoch', 'plannedPlan'],
      tests: [{ attribute: 'plannedPlan', equals: plan.key }],
    },
  ]);
}

/**
 * Replaces the plan of the committed epoch by one that differs only in its dimensions, on condition
 * that no epoch is planned and the committed plan is unchanged.
 */
export async function replaceCommittedPlan(
  context: StreamContext,
  { committedEpoch, committedPlan }: EpochHead,
  planKey: string,
): Promise<TransactStatus> {
  return await transact(context, [
    {
      kind: 'update',
      key: context.keys.epochHead,
      set: { committedPlan: planKey },
      tests: [
        { attribute: 'committedEpoch', equals: committedEpoch },
        { attribute: 'committedPlan', equals: committedPlan ?? '' },
        { attribute: 'plannedPlan', absent: true },
      ],
    },
  ]);
}

/**
 * Reads a plan; plans are immutable. Throws `TerminalError` with the key: `plan_missing`,
 * `plan_damaged`.
 */
export async function readPlan(
  { lake }: Pick<StreamContext, 'lake'>,
  key: string,
): Promise<EpochPlan> {
  return await readStored<EpochPlan>(lake, key, EPOCH_PLAN);
}

/** Reads a plan; null if it is missing or damaged. */
export async function findPlan(
  context: Pick<StreamContext, 'lake'>,
  key: string,
): Promise<EpochPlan | null> {
  try {
    return await readPlan(context, key);
  } catch (error) {
    if (error instanceof TerminalError && error.code.startsWith('plan_')) return null;
    throw error;
  }
}
