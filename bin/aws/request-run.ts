import type { BatchPlan } from '../../lambdas/batch/run/batch-plan.ts';
import { StreamLakeKeys } from '../../lambdas/shared/state/lake-keys.ts';
import type { FollowedRun } from '../../lib/aws/client/follow-run.ts';
import type { DeployedResources } from '../../lib/aws/client/open-deployment.ts';
import type { CommandContext } from '../base/command.ts';
import { followWithProgress } from './follow-with-progress.ts';

/**
 * Asks the starter for a run over the landing bucket, or over the raw archive of a consumer, and
 * follows it to its end.
 */
export async function requestRun(
  resources: DeployedResources,
  context: CommandContext,
  fromRaw?: { readonly consumer: string },
): Promise<FollowedRun> {
  const { knownRuns } = await import('../../lib/aws/client/follow-run.ts');
  const before = await knownRuns(resources);
  const request = { tandem: 'request', ...(fromRaw === undefined ? {} : { fromRaw }) };
  const { launched } = await resources.functions.invoke<{ readonly launched: string | null }>(
    'StartFunction',
    request,
    context.signal,
  );
  // Null: one is under way, and the next one is the one that was asked for.
  const isWanted = ({ runId, inputs }: BatchPlan) =>
    fromRaw === undefined
      ? launched === null || runId === launched
      : isOver(inputs, new StreamLakeKeys(fromRaw.consumer, context.config.stream.name));
  return await followWithProgress(resources, { isWanted, before }, context);
}

/** True if a run reads this archive: other runs may come before it. */
function isOver(inputs: BatchPlan['inputs'], { segments }: StreamLakeKeys): boolean {
  return inputs.some(({ kind, key }) => kind === 'segment' && key.startsWith(segments));
}
