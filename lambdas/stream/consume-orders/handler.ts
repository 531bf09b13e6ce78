import { lambdaHandler, metrics } from '../../shared/runtime/lambda-handler.ts';
import { openAwsStream } from '../aws-host.ts';
import type { KinesisEvent } from '../kinesis-event.ts';
import { createConsumeStep } from './consume-step.ts';

export const handler = lambdaHandler(() => {
  const step = createConsumeStep(openAwsStream, () => metrics.gauge('DeadlinesReached', 1));
  return async (event: KinesisEvent, context) =>
    await step(event, { remainingMs: () => context.getRemainingTimeInMillis() });
});
