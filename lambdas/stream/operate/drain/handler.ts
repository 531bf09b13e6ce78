import { lambdaHandler } from '../../../shared/runtime/lambda-handler.ts';
import { fannedWriter, openOnce } from '../../publish/aws-writers.ts';
import { type DrainStepEvent, drainStep } from './drain-step.ts';

export const handler = lambdaHandler(() => {
  const open = openOnce();
  return async (event: DrainStepEvent) => {
    const { context, inline } = await open();
    return await drainStep(context, fannedWriter(context, inline), event);
  };
});
