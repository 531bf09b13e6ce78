import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../aws-host.ts';
import { createReduceStep } from './reduce-step.ts';

export const handler = lambdaHandler(() => {
  const { host, maxHeldBytes } = awsBatchHost();
  return createReduceStep(host, maxHeldBytes);
});
