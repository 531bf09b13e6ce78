import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../aws-host.ts';
import { heldBytesOfMap } from '../held-bytes.ts';
import { createMapStep } from './map-step.ts';

export const handler = lambdaHandler(() => {
  const { host, limits } = awsBatchHost();
  return createMapStep(host, heldBytesOfMap(limits.functionMemoryBytes));
});
