import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../aws-host.ts';
import { heldBytes } from '../held-bytes.ts';
import { createReduceStep } from './reduce-step.ts';

export const handler = lambdaHandler(() => {
  const { host, limits } = awsBatchHost();
  return createReduceStep(host, heldBytes(limits.functionMemoryBytes));
});
