import { RetryableError, TerminalError } from '../../shared/runtime/errors.ts';
import {
  type EpochHead,
  readPlan,
  setCommitted,
  setPlanned,
} from '../../shared/state/epoch-head.ts';
import type { EpochPlan } from '../../shared/state/epoch-plan.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import type { StreamManifest } from '../../shared/state/stream-manifest.ts';
import { planEpoch } from '../plan-epoch/plan-epoch.ts';
import type { Drain } from '../plan-epoch/raise-floors.ts';
import { rollForward } from '../roll-forward/roll-forward.ts';

/** Writes all files of a planned epoch, its manifest last (stream protocol §3, W and C1). */
export interface EpochWriter {
  /**
   * A function of the plan and of immutable objects: repeated, interrupted or side by side it
   * writes the same. `planKey` is where the plan stands in the lake. Throws `TerminalError`
   * `epoch_differs` where a file is there with other bytes.
   */
  write(plan: EpochPlan, planKey: string): Promise<StreamManifest>;
}

export interface PublishOptions {
  readonly drain?: Drain;
  /** Plan anew although another version's plan is still young. */
  readonly isReplan?: boolean;
}

export type PublishResult =
  | { readonly status: 'published'; readonly plan: EpochPlan; readonly manifest: StreamManifest }
  /** No entry is new and the watermark stands; `plan` is that of the committed epoch. */
  | { readonly status: 'nothing_new'; readonly plan: EpochPlan | null }
  /** Another publisher was faster; run again. */
  | { readonly status: 'superseded' }
  /** Another version's plan is on its way and may still be finished by it. */
  | { readonly status: 'waiting'; readonly plannedEpoch: number };

/** What a caller that cannot go on without the epoch says of `waiting`. */
export function waitingFor(plannedEpoch: number): RetryableError {
  return new RetryableError(
    `epoch ${plannedEpoch} was planned by another version, which may still finish it; ` +
      '`tandem drain --replan` does not wait for it',
  );
}

/**
 * One run of the publisher (stream protocol §3): finishes what was committed, resumes what was
 * planned or plans what is new, writes it, and commits it by one conditional step. Runs may be
 * repeated, interrupted at any await, or side by side: an epoch is committed once, with one plan.
 */
export async function publishEpoch(
  context: StreamContext,
  writer: EpochWriter,
  options: PublishOptions = {},
): Promise<PublishResult> {
  const { head, plan: committed } = await rollForward(context);
  const planned = await resumeOrPlan(context, head, committed, options);
  if (planned.status !== 'planned') return planned;
  const { plan, key } = planned;
  const manifest = await writeOrReplan(context, writer, planned);
  if (manifest === null) return { status: 'superseded' };
  const status = await setCommitted(context, { epoch: plan.epoch, key });
  const { head: after } = await rollForward(context);
  // No answer came, or another publisher committed this very plan: HEAD says which one counts.
  const isCommitted = status === 'committed' || after.committedPlan === key;
  return isCommitted ? { status: 'published', plan, manifest } : { status: 'superseded' };
}

interface Planned {
  readonly status: 'planned';
  readonly plan: EpochPlan;
  readonly key: string;
}

async function resumeOrPlan(
  context: StreamContext,
  head: EpochHead,
  committed: EpochPlan | null,
  options: PublishOptions,
): Promise<Planned | Exclude<PublishResult, { status: 'published' }>> {
  if (head.plannedPlan !== null) {
    const plan = await readPlan(context, head.plannedPlan);
    const isOurs = plan.codeVersion === context.codeVersion;
    if (isOurs) return { status: 'planned', plan, key: head.plannedPlan };
    const ageMs = context.clock.now() - Date.parse(plan.createdAt);
    const isGivenUp = options.isReplan === true || ageMs > context.config.stream.replanAfterMs;
    if (!isGivenUp) return { status: 'waiting', plannedEpoch: plan.epoch };
  }
  return await planAnew(context, head, committed, options);
}

async function planAnew(
  context: StreamContext,
  head: EpochHead,
  committed: EpochPlan | null,
  { drain }: PublishOptions,
): Promise<Planned | Exclude<PublishResult, { status: 'published' }>> {
  const planned = await planEpoch(context, head, committed, drain === undefined ? {} : { drain });
  if (planned.status === 'nothing_new') return { status: 'nothing_new', plan: committed };
  if (planned.status === 'superseded') return { status: 'superseded' };
  const { plan, key } = planned;
  const status = await setPlanned(context, head, { epoch: plan.epoch, key });
  return status === 'committed' ? { status: 'planned', plan, key } : { status: 'superseded' };
}

/**
 * Null where files are there that this plan would not write: it was planned anew, under the next
 * number, and the next run goes on with that (W1).
 */
async function writeOrReplan(
  context: StreamContext,
  writer: EpochWriter,
  { plan, key }: Planned,
): Promise<StreamManifest | null> {
  try {
    return await writer.write(plan, key);
  } catch (error) {
    const differs = error instanceof TerminalError && error.code === 'epoch_differs';
    if (!differs) throw error;
    const { head, plan: committed } = await rollForward(context);
    if (head.plannedPlan !== key) return null;
    const again = await planAnew(context, head, committed, {});
    // Another publisher that met the same files was faster: its plan is the one to go on with.
    if (again.status === 'planned' || again.status === 'superseded') return null;
    throw error;
  }
}
