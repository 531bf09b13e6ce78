import { lambdaHandler, logger, metrics } from '../../shared/runtime/lambda-handler.ts';
import { openAwsStream } from '../open-aws-stream.ts';
import { createConsumeStep } from './consume-step.ts';
import type { KinesisEvent } from './kinesis-event.ts';

export const handler = lambdaHandler(() => {
  const step = createConsumeStep(
    () => openAwsStream(),
    (cause) => {
      metrics.gauge('ConsumerFailedBatches', 1);
      if (cause === null) metrics.gauge('DeadlinesReached', 1);
      logger.warn('the batch is given back', cause ?? 'its time is over');
    },
  );
  return async (event: KinesisEvent, context) =>
    await step(event, { remainingMs: () => context.getRemainingTimeInMillis() });
});
