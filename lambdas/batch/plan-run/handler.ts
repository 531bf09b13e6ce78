import { makeLambdaQuota } from '../../shared/adapters/aws/lambda-quota.ts';
import { lambdaHandler, logger, metrics } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../run/aws-batch-host.ts';
import { type PlanStepEvent, planStep } from './plan-step.ts';
import { stepsSideBySide } from './side-by-side.ts';

export const handler = lambdaHandler(() => {
  const { host, limits } = awsBatchHost();
  const quota = makeLambdaQuota();
  return async (event: PlanStepEvent) => {
    const planned = await planStep(host, limits, event);
    if (planned.status !== 'planned') return planned;
    metrics.gauge('PlanLimitUsed', planned.limitUsed);
    const unreserved = await quota.unreserved();
    if (unreserved.status === 'unknown') {
      logger.warn('quota of functions unknown: aws.maxParallel applies', { ...unreserved });
    }
    return { ...planned, maxConcurrency: stepsSideBySide(planned.maxConcurrency, unreserved) };
  };
});
