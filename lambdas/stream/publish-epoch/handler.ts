import { lambdaHandler, metrics } from '../../shared/runtime/lambda-handler.ts';
import { fannedWriter, openOnce } from '../aws-host.ts';
import { publishStep } from './publish-step.ts';

export const handler = lambdaHandler(() => {
  const open = openOnce();
  return async (_event: unknown, { getRemainingTimeInMillis }) => {
    const { context, inline } = await open();
    const writer = fannedWriter(context, inline);
    const result = await publishStep(context, writer, () => getRemainingTimeInMillis());
    const { status, epochs, watermarkLagSec } = result;
    if (status === 'published' || status === 'nothing_new') metrics.gauge('Publications', 1);
    if (epochs.length > 0) metrics.gauge('EpochsPublished', epochs.length);
    if (watermarkLagSec !== null) metrics.gauge('WatermarkLag', watermarkLagSec);
    return result;
  };
});
