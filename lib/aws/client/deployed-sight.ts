import type { Config } from '../../../lambdas/shared/model/config.ts';
import type { Metrics } from '../../../lambdas/shared/ports/metrics.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { CODE_VERSION } from '../../common/code-version.ts';
import { openSight, type StreamSight } from '../../common/stream-sight.ts';
import type { DeployedResources } from './open-deployment.ts';

/** Opens a consumer of the deployed stream for reading; nothing is changed. */
export async function openDeployedSight(
  { stream, state, lake, landing }: DeployedResources,
  { config, consumer, metrics }: { config: Config; consumer: string; metrics: Metrics },
): Promise<StreamSight> {
  return await openSight(
    { stream, state, lake, landing, clock: new SystemClock(), metrics },
    { config, consumer, codeVersion: CODE_VERSION, isPublisher: false },
    () => undefined,
  );
}
