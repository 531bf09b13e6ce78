import { bucketStore } from '../../../shared/adapters/aws/function-ports.ts';
import { lambdaHandler, metrics } from '../../../shared/runtime/lambda-handler.ts';
import { openOnce } from '../../publish/aws-writers.ts';
import { type RedriveStepEvent, redriveStep } from './redrive-step.ts';

export const handler = lambdaHandler(() => {
  const open = openOnce();
  return async (event: RedriveStepEvent, { getRemainingTimeInMillis }) => {
    const { context } = await open();
    const failures = bucketStore('FAILURES_BUCKET', context);
    const remainingMs = () => getRemainingTimeInMillis();
    const result = await redriveStep(context, failures, event, remainingMs);
    const redriven = result.reports.reduce((sum, report) => sum + report.redriven, 0);
    if (event.isDryRun !== true) metrics.gauge('RecordsRedriven', redriven);
    return result;
  };
});
