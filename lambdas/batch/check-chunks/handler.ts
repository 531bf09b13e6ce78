import { lambdaHandler } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../run/aws-batch-host.ts';
import { type CheckEvent, checkAfterMap } from './check-step.ts';

export const handler = lambdaHandler(() => {
  const { host } = awsBatchHost();
  return async (event: CheckEvent) => await checkAfterMap(host, event);
});
