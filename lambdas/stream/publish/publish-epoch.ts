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
import { isOfDimensions } from './plan/epoch-dimensions.ts';
import { type PlanEpochOptions, planEpoch } from './plan/plan-epoch.ts';
import { rollForward } from './roll-forward/roll-forward.ts';
import type { EpochWriter } from './write/epoch-writer.ts';

export interface PublishOptions extends PlanEpochOptions {
  /** Plan again although another version's plan is still young, or our own cannot be written. */
  readonly isReplan?: boolean;
}

export type PublishResult =
  | { readonly status: 'published'; readonly plan: EpochPlan; readonly manifest: StreamManifest }
  /** No entry is new and the watermark has not moved; `plan` is that of the committed epoch. */
  | { readonly status: 'nothing_new'; readonly plan: EpochPlan | null }
  /** Another publisher was faster; run again. */
  | { readonly status: 'superseded' }
  /** Another version's plan is under way, and that version may still finish it. */
  | { readonly status: 'waiting'; readonly plannedEpoch: number };

/** The `RetryableError` of a caller that cannot continue without the epoch that is `waiting`. */
export function waitingFor(plannedEpoch: number): RetryableError {
  return new RetryableError(
    `epoch ${plannedEpoch} was planned by another version, which may still finish it; ` +
      'to replace it without waiting: npx tandem drain --replan',
  );
}

/**
 * One run of the publisher (stream protocol §3): finishes what was committed, resumes what was
 * planned or plans what is new, writes it, and commits it by one conditional step. Runs may be
 * repeated, interrupted at any await, or concurrent: an epoch is committed once, with one plan.
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
    // An unreadable plan cannot be written.
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
 * Writes a plan, or plans again under the next number if it cannot be written as it is: if files
 * exist that it would not write (W1; the next run continues, so the answer is null); if its
 * dimensions cannot be read and a new plan has others; and for any failure on request.
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
    // Another publisher that met the same files was faster: continue with its plan.
    if (again.status === 'superseded' || (again.status === 'planned' && isLeftOver)) return null;
    if (again.status !== 'planned') throw error;
    return { ...again, manifest: await writer.write(again.plan, again.key) };
  }
}
