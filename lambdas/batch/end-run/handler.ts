import { lambdaHandler, logger, metrics } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../run/aws-batch-host.ts';
import { type EndStepEvent, endStep } from './end-step.ts';

export const handler = lambdaHandler(() => {
  const { host } = awsBatchHost();
  return async (event: EndStepEvent) => {
    const ended = await endStep(host, event);
    if (ended.outcome !== 'failed') return ended;
    metrics.gauge('RunsFailed', 1);
    logger.error('run failed', { runId: event.runId, reason: ended.message });
    return ended;
  };
});
