import { RetryableError } from '../../../shared/model/errors.ts';
import type { EpochMs } from '../../../shared/model/time.ts';
import { NO_TIME } from '../../../shared/rules/lateness.ts';
import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { OrderConsumer } from '../../consume/consume-orders.ts';
import { endOfStream } from '../../publish/plan/raise-floors.ts';
import { publishEpoch, waitingFor } from '../../publish/publish-epoch.ts';
import type { EpochWriter } from '../../publish/write/epoch-writer.ts';
import { settleShards } from '../../shards/shard-registry.ts';
import { consumeToTips } from './consume-to-tips.ts';

/** Publications after which a drain gives up: records keep coming in between. */
const MAX_ROUNDS = 1_000;

export interface DrainOptions {
  /**
   * Instant to raise floors to instead of E; later records before it will be late, so `drain --all`
   * asks first.
   */
  readonly toMs?: EpochMs;
  /** Plan again although another version's plan is still young. */
  readonly isReplan?: boolean;
}

export interface DrainResult {
  /** The instant that all floors have reached; null: the stream holds nothing. */
  readonly drainedToMs: EpochMs | null;
  /** Plan of the last committed epoch; null while nothing is published. */
  readonly plan: EpochPlan | null;
}

/**
 * Makes the windows up to E final now (stream protocol §4): consumes what has arrived, raises all
 * floors to the end of the window that holds the largest event time, and publishes until nothing is
 * new. The stream goes on afterwards; records that arrive meanwhile follow the same rules.
 * Repeated, it changes nothing more.
 */
export async function drainStream(
  context: StreamContext,
  consumer: OrderConsumer,
  writer: EpochWriter,
  options: DrainOptions = {},
): Promise<DrainResult> {
  const askedAtMs = await context.stream.now();
  await consumeToTips(context, consumer, askedAtMs);
  const shards = await settleShards(context);
  const toMs = options.toMs ?? endOfStream(context, shards);
  const { isReplan = false } = options;
  if (toMs === NO_TIME) {
    const plan = await publishAll(context, writer, isReplan);
    return { drainedToMs: null, plan };
  }
  const drain = { toMs, askedAtMs };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const result = await publishEpoch(context, writer, { drain, isReplan });
    if (result.status === 'waiting') throw waitingFor(result.plannedEpoch);
    const isDrained = result.status === 'nothing_new' && reaches(result.plan, toMs);
    if (isDrained) return { drainedToMs: toMs, plan: result.plan };
    // A shard that has records again is not idle: they come first, E stays.
    if (result.status === 'nothing_new') await consumeToTips(context, consumer, askedAtMs);
  }
  throw new RetryableError(
    `not drained after ${MAX_ROUNDS} publications, as records keep arriving; run it again`,
  );
}

function reaches(plan: EpochPlan | null, timeMs: EpochMs): boolean {
  return plan?.watermarkMs !== null && plan !== null && plan.watermarkMs >= timeMs;
}

/** Publishes until nothing is new, windows left open. */
async function publishAll(
  context: StreamContext,
  writer: EpochWriter,
  isReplan: boolean,
): Promise<EpochPlan | null> {
  for (;;) {
    const result = await publishEpoch(context, writer, { isReplan });
    if (result.status === 'nothing_new') return result.plan;
    if (result.status === 'waiting') throw waitingFor(result.plannedEpoch);
  }
}
