import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../aws-host.ts';
import { createMapStep } from './map-step.ts';

export const handler = lambdaHandler(() => {
  const { host, maxHeldBytes } = awsBatchHost();
  return createMapStep(host, maxHeldBytes);
});
