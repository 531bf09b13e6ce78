import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../run/aws-batch-host.ts';
import { heldBytes } from '../run/held-bytes.ts';
import { createReduceStep } from './reduce-step.ts';

export const handler = lambdaHandler(() => {
  const { host, limits } = awsBatchHost();
  return createReduceStep(host, heldBytes(limits.functionMemoryBytes));
});
