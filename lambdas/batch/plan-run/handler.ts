import { lambdaHandler, metrics } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../aws-host.ts';
import { type PlanStepEvent, planStep } from './plan-step.ts';

export const handler = lambdaHandler(() => {
  const { host, limits } = awsBatchHost();
  return async (event: PlanStepEvent) => {
    const planned = await planStep(host, limits, event);
    if (planned.status === 'planned') metrics.gauge('PlanLimitUsed', planned.limitUsed);
    return planned;
  };
});
