import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import type { ReplayStepResult } from '../../lambdas/stream/operate/replay/replay-step.ts';
import type { ReplayRequest } from '../../lib/aws/client/replay-executions.ts';
import type { CommandContext } from '../base/command.ts';
import { openAws } from '../options/target.ts';
import type { EpochView } from '../text/stream-view.ts';
import { sightOf, watchWork } from './while-waiting.ts';

/** Steps take minutes; a deployment is asked this often whether the last one is over. */
const POLL_MS = 1_000;

export interface DeployedReplay {
  /** Name of the execution. */
  readonly name: string;
  readonly result: ReplayStepResult;
  readonly epoch: EpochView | null;
  readonly lakeBucket: string;
}

/** Starts a replay, or finds the one under way, and follows it to its end. */
export async function replayDeployed(
  request: ReplayRequest,
  currentEpoch: (sight: Awaited<ReturnType<typeof sightOf>>) => Promise<EpochView | null>,
  context: CommandContext,
): Promise<DeployedReplay> {
  const { io, signal } = context;
  const resources = await openAws(context);
  const sight = await sightOf(resources, context, request.consumer);
  const { name, isNew } = await resources.replays.begin(request);
  io.writeErr(
    `replay ${name} ${isNew ? 'started' : 'is already running'} on AWS; ctrl-C does not stop it\n`,
  );
  const options = { clock: new SystemClock(), pollMs: POLL_MS, signal };
  const work = resources.replays.follow(name, options);
  const result = await watchWork(
    { verb: 'replaying', name: `replay ${name}`, work },
    sight,
    context,
  );
  const epoch = await currentEpoch(sight);
  return { name, result, epoch, lakeBucket: resources.outputs.LakeBucket };
}
