import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../aws-host.ts';
import { type PlanStepEvent, planStep } from './plan-step.ts';

export const handler = lambdaHandler(() => {
  const { host, limits } = awsBatchHost();
  return async (event: PlanStepEvent) => await planStep(host, limits, event);
});
