import { RetryableError } from '../../../shared/model/errors.ts';
import { readPlan } from '../../../shared/state/epoch-head.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { InlineEpochWriter } from '../write/inline-epoch-writer.ts';

export interface ShardStepEvent {
  readonly planKey: string;
  readonly shardIndex: number;
}

/** Publishes one shard of a planned epoch; the publisher goes on from its result. */
export async function shardStep(
  context: StreamContext,
  writer: InlineEpochWriter,
  { planKey, shardIndex }: ShardStepEvent,
): Promise<{ readonly shard: string }> {
  const plan = await readPlan(context, planKey);
  if (plan.codeVersion !== context.codeVersion) {
    const versions = `${plan.codeVersion} planned it, this is ${context.codeVersion}`;
    throw new RetryableError(
      `${planKey}: ${versions}; the publisher plans it again after stream.replanAfter`,
    );
  }
  await writer.writeShard(plan, shardIndex);
  return { shard: plan.shards[shardIndex].shard };
}
