import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../run/aws-batch-host.ts';
import { heldBytesOfMap } from '../run/held-bytes.ts';
import { createMapStep } from './map-step.ts';

export const handler = lambdaHandler(() => {
  const { host, limits } = awsBatchHost();
  return createMapStep(host, heldBytesOfMap(limits.functionMemoryBytes));
});
