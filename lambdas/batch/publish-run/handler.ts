import { lambdaHandler, metrics } from '../../shared/runtime/lambda-handler.ts';
import { awsBatchHost } from '../run/aws-batch-host.ts';
import { type PublishStepEvent, publishStep } from './publish-step.ts';

export const handler = lambdaHandler(() => {
  const { host } = awsBatchHost();
  return async (event: PublishStepEvent) => {
    const published = await publishStep(host, event);
    metrics.gauge('RunsPublished', 1);
    metrics.gauge('RecordsRead', published.counts.read);
    metrics.gauge('RecordsQuarantined', published.counts.quarantined);
    for (const { code, count } of published.warnings) metrics.gauge(`Warning_${code}`, count);
    return published;
  };
});
