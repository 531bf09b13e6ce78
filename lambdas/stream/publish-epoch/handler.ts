import { bucketStore } from '../../shared/adapters/aws/function-ports.ts';
import { lambdaHandler, metrics } from '../../shared/runtime/lambda-handler.ts';
import { fannedWriter, openOnce } from '../aws-host.ts';
import { countMessages } from '../redrive-records/count-messages.ts';
import { type PublishStepResult, publishStep } from './publish-step.ts';

export const handler = lambdaHandler(() => {
  const open = openOnce();
  return async (_event: unknown, { getRemainingTimeInMillis }) => {
    const { context, inline } = await open();
    const writer = fannedWriter(context, inline);
    const result = await publishStep(context, writer, () => getRemainingTimeInMillis());
    tell(result);
    const failures = bucketStore('FAILURES_BUCKET', context);
    metrics.gauge('GivenUpBatches', await countMessages(failures));
    return result;
  };
});

function tell(result: PublishStepResult): void {
  const { status, epochs, read, quarantined, warnings, watermarkLagSec } = result;
  if (status === 'published' || status === 'nothing_new') metrics.gauge('Publications', 1);
  if (watermarkLagSec !== null) metrics.gauge('WatermarkLag', watermarkLagSec);
  if (epochs.length === 0) return;
  metrics.gauge('EpochsPublished', epochs.length);
  metrics.gauge('RecordsRead', read);
  metrics.gauge('RecordsQuarantined', quarantined);
  for (const { code, count } of warnings) metrics.gauge(`Warning_${code}`, count);
}
