import { lambdaHandler } from '../../../shared/runtime/lambda-handler.ts';
import { openOnce } from '../aws-writers.ts';
import { type ShardStepEvent, shardStep } from './shard-step.ts';

export const handler = lambdaHandler(() => {
  const open = openOnce();
  return async (event: ShardStepEvent) => {
    const { context, inline } = await open();
    return await shardStep(context, inline, event);
  };
});
