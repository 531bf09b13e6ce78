import { RetryableError, TerminalError } from '../../shared/model/errors.ts';
import {
  type EpochHead,
  findPlan,
  setCommitted,
  setPlanned,
} from '../../shared/state/epoch-head.ts';
import { type EpochPlan, PLAN_FORMAT } from '../../shared/state/epoch-plan.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import type { StreamManifest } from '../../shared/state/stream-manifest.ts';
import { type EpochDimensions, isOfDimensions } from '../plan-epoch/epoch-dimensions.ts';
import { type PlanEpochOptions, planEpoch } from '../plan-epoch/plan-epoch.ts';
import { rollForward } from '../roll-forward/roll-forward.ts';

/** Writes all files of a planned epoch, its manifest last (stream protocol §3, W and C1). */
export interface EpochWriter {
  /** Those that it writes with, and that planning reads. */
  readonly dimensions: EpochDimensions;
  /**
   * A function of the plan and of immutable objects: repeated, interrupted or side by side it
   * writes the same. `planKey` is where the plan stands in the lake. Throws `TerminalError`
   * `epoch_differs` where a file is there with other bytes.
   */
  write(plan: EpochPlan, planKey: string): Promise<StreamManifest>;
}

export interface PublishOptions extends PlanEpochOptions {
  /** Plan anew although another version's plan is still young, or our own cannot be written. */
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
      'to replace it without waiting: npx tandem drain --replan',
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
  const planned = await resumeOrPlan({ context, writer, options }, head, committed);
  if (planned.status !== 'planned') return planned;
  const written = await writeOrReplan({ context, writer, options }, planned);
  if (written === null) return { status: 'superseded' };
  const { plan, key, manifest } = written;
  const status = await setCommitted(context, { epoch: plan.epoch, key });
  const { head: after } = await rollForward(context);
  // No answer came, or another publisher committed this very plan: HEAD says which one counts.
  const isCommitted = status === 'committed' || after.committedPlan === key;
  return isCommitted ? { status: 'published', plan, manifest } : { status: 'superseded' };
}

/** What one run of the publisher goes by. */
interface Run {
  readonly context: StreamContext;
  readonly writer: EpochWriter;
  readonly options: PublishOptions;
}

interface Planned {
  readonly status: 'planned';
  readonly plan: EpochPlan;
  readonly key: string;
}

type NotPlanned = Exclude<PublishResult, { status: 'published' }>;

async function resumeOrPlan(
  run: Run,
  head: EpochHead,
  committed: EpochPlan | null,
): Promise<Planned | NotPlanned> {
  const { context, options } = run;
  if (head.plannedPlan !== null) {
    const plan = await findPlan(context, head.plannedPlan);
    // Nobody can write what cannot be read.
    if (plan === null) return await planAnew(run, head, committed);
    const isOurs = plan.codeVersion === context.codeVersion && plan.planFormat === PLAN_FORMAT;
    if (isOurs) return { status: 'planned', plan, key: head.plannedPlan };
    const ageMs = context.clock.now() - Date.parse(plan.createdAt);
    const isGivenUp = options.isReplan === true || ageMs > context.config.stream.replanAfterMs;
    if (!isGivenUp) return { status: 'waiting', plannedEpoch: plan.epoch };
  }
  return await planAnew(run, head, committed);
}

/** Nothing is planned where `isWanted` says no to the plan. */
async function planAnew(
  { context, writer, options }: Run,
  head: EpochHead,
  committed: EpochPlan | null,
  isWanted: (plan: EpochPlan) => boolean = () => true,
): Promise<Planned | NotPlanned> {
  const planned = await planEpoch(context, head, committed, writer.dimensions, options);
  if (planned.status === 'superseded') return { status: 'superseded' };
  if (planned.status === 'nothing_new' || !isWanted(planned.plan)) {
    return { status: 'nothing_new', plan: committed };
  }
  const { plan, key } = planned;
  const status = await setPlanned(context, head, { epoch: plan.epoch, key });
  return status === 'committed' ? { status: 'planned', plan, key } : { status: 'superseded' };
}

interface Written extends Planned {
  readonly manifest: StreamManifest;
}

/**
 * A plan that cannot be written as it is, is planned anew under the next number: where files are
 * there that it would not write (W1; the next run goes on, so the answer is null); where its
 * dimensions cannot be read, if the new plan has others; and whatever is wrong, if somebody asks.
 */
async function writeOrReplan(run: Run, planned: Planned): Promise<Written | null> {
  const { writer, context, options } = run;
  const { plan, key } = planned;
  try {
    return { ...planned, manifest: await writer.write(plan, key) };
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const isLeftOver = error.code === 'epoch_differs';
    const isAsked = options.isReplan === true;
    if (!isLeftOver && !isAsked && !isOfDimensions(error)) throw error;
    const { head, plan: committed } = await rollForward(context);
    if (head.plannedPlan !== key) return null;
    const hasOthers = ({ dimensions }: EpochPlan) =>
      JSON.stringify(dimensions) !== JSON.stringify(plan.dimensions);
    const isWanted = isOfDimensions(error) && !isAsked ? hasOthers : () => true;
    const again = await planAnew({ ...run, options: {} }, head, committed, isWanted);
    // Another publisher that met the same files was faster: its plan is the one to go on with.
    if (again.status === 'superseded' || (again.status === 'planned' && isLeftOver)) return null;
    if (again.status !== 'planned') throw error;
    return { ...again, manifest: await writer.write(again.plan, again.key) };
  }
}
