import { setTimeout as wait } from 'node:timers/promises';
import { DEFAULT_CONSUMER } from '../../lambdas/shared/state/lake-keys.ts';
import { readShards } from '../../lambdas/stream/shards/shard-registry.ts';
import type { FunctionOutput } from '../../lib/aws/client/deployed-functions.ts';
import type { DeployedResources } from '../../lib/aws/client/open-deployment.ts';
import { currentManifest } from '../../lib/common/current-manifest.ts';
import type { StreamSight } from '../../lib/common/stream-sight.ts';
import type { CommandContext } from '../base/command.ts';
import { InterruptedError } from '../base/failure.ts';
import { ageText } from '../text/instant-text.ts';
import { createLiveScreen } from '../text/live-screen.ts';
import { counted } from '../text/text-table.ts';
import { warningMetrics } from '../text/warning-metrics.ts';

const ASK_EVERY_MS = 2_000;

/**
 * Calls a deployed function and shows the stream's progress on a terminal meanwhile. Throws
 * `InterruptedError` when the signal comes, while the function goes on.
 */
export async function callAndWatch<Answer>(
  { verb, name, event }: { verb: string; name: FunctionOutput; event: object },
  { functions }: DeployedResources,
  sight: StreamSight,
  context: CommandContext,
): Promise<Answer> {
  const work = functions.invoke<Answer>(name, event, context.signal);
  return await watchWork({ verb, name, work }, sight, context);
}

/**
 * Shows the stream's progress on a terminal during work that goes on even if the command ends.
 * Throws `InterruptedError` when the signal comes.
 */
export async function watchWork<Answer>(
  { verb, name, work }: { verb: string; name: string; work: Promise<Answer> },
  sight: StreamSight,
  context: CommandContext,
): Promise<Answer> {
  try {
    return await watched(verb, sight, context, work);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    const { consumer } = sight.context;
    const whose = consumer === DEFAULT_CONSUMER ? '' : ` --consumer ${consumer}`;
    const message = `interrupted; ${name} continues on AWS: npx tandem status --target aws${whose}`;
    throw new InterruptedError(message, { cause: error });
  }
}

async function watched<Answer>(
  verb: string,
  sight: StreamSight,
  { io, isJson }: CommandContext,
  work: Promise<Answer>,
): Promise<Answer> {
  if (!io.isErrTerminal || isJson) return await work;
  const ended = new AbortController();
  const screen = createLiveScreen(io);
  const startedAtMs = performance.now();
  const showing = (async () => {
    for (;;) {
      const line = await progressText(sight).catch((error: Error) => error.message);
      if (ended.signal.aborted) return;
      screen.draw([`${verb} for ${ageText(performance.now() - startedAtMs)}: ${line}`]);
      await wait(ASK_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  try {
    return await work;
  } finally {
    ended.abort();
    await showing;
    screen.clear();
  }
}

async function progressText({ context }: StreamSight): Promise<string> {
  const shards = await readShards(context);
  const read = shards.reduce((sum, { head }) => sum + head.counts.read, 0);
  const manifest = await currentManifest(context);
  const epoch = manifest === null ? 'no epoch yet' : `epoch ${manifest.epoch}`;
  return `${counted(read, 'record')} consumed, ${epoch}`;
}

/** Opens a consumer of the deployed stream for reading; loads the AWS clients only then. */
export async function sightOf(
  resources: DeployedResources,
  { config, io }: CommandContext,
  consumer: string,
): Promise<StreamSight> {
  const { openDeployedSight } = await import('../../lib/aws/client/deployed-sight.ts');
  return await openDeployedSight(resources, { config, consumer, metrics: warningMetrics(io) });
}
