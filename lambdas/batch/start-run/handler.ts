import { tableStore, variable } from '../../shared/adapters/aws/function-ports.ts';
import { AwsRunLauncher } from '../../shared/adapters/aws/run-launcher.ts';
import { SystemClock } from '../../shared/runtime/clock.ts';
import { functionSettings } from '../../shared/runtime/function-settings.ts';
import { lambdaHandler, metrics } from '../../shared/runtime/lambda-handler.ts';
import { SystemRandomness } from '../../shared/runtime/randomness.ts';
import { startStep } from './start-step.ts';
import { starterEvents } from './starter-events.ts';

export const handler = lambdaHandler(() => {
  const { quietForMs, maxWaitMs, minIntervalMs, maxRunMs } = functionSettings().config.batch;
  const clock = new SystemClock();
  const launcher = new AwsRunLauncher({
    stateMachineArn: variable('STATE_MACHINE_ARN'),
    queueUrl: variable('STARTER_QUEUE_URL'),
    clock,
  });
  const settings = { quietForMs, maxWaitMs, minIntervalMs, maxRunMs };
  const tellWait = (waitMs: number) => metrics.gauge('UploadWait', waitMs / 1_000);
  const randomness = new SystemRandomness();
  const ports = { state: tableStore(), launcher, clock, randomness, settings, tellWait };
  return async (event: unknown) => await startStep(ports, starterEvents(event));
});
