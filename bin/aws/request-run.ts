import type { FollowedRun } from '../../lib/aws/client/follow-run.ts';
import type { DeployedResources } from '../../lib/aws/client/open-deployment.ts';
import type { CommandContext } from '../command.ts';
import { followWithProgress } from './follow-with-progress.ts';

/** Asks the starter for a run over what the landing bucket holds, and follows it to its end. */
export async function requestRun(
  resources: DeployedResources,
  context: CommandContext,
): Promise<FollowedRun> {
  const { knownRuns } = await import('../../lib/aws/client/follow-run.ts');
  const before = await knownRuns(resources);
  const request = { tandem: 'request' };
  const { launched } = await resources.functions.invoke<{ readonly launched: string | null }>(
    'StartFunction',
    request,
    context.signal,
  );
  // Null: one is under way, and the next one is the one that was asked for.
  const isWanted = ({ runId }: { readonly runId: string }) =>
    launched === null || runId === launched;
  return await followWithProgress(resources, { isWanted, before }, context);
}
